//! Every size and time limit of Sluice, in one table.

use std::borrow::Cow;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

/// Longest message line over stdio, in bytes; a longer one is answered with an error.
pub const LINE: usize = 16 << 20;
/// Largest body of a request over HTTP, in bytes: the largest inline upload as base64, and a message around it.
pub const HTTP_BODY: usize = (8 << 20) + (256 << 10);
/// Largest inline upload, in bytes before base64.
pub const INLINE_UPLOAD: usize = 6 << 20;
/// Largest upload from the configured folder, in bytes.
pub const FILE_UPLOAD: usize = 50 << 20;
/// Largest attachment answered inside a reply, in bytes before base64.
pub const INLINE_DOWNLOAD: usize = 6 << 20;
/// Largest attachment written under the configured folder, in bytes.
pub const FILE_DOWNLOAD: usize = 512 << 20;
/// Largest answer from Confluence, in bytes after decompression.
pub const ANSWER: usize = 32 << 20;
/// Largest page body Confluence takes, in bytes.
pub const PAGE_BODY: usize = 5 << 20;
/// Budget of one reply to an agent, in estimated tokens.
pub const REPLY_TOKENS: usize = 20_000;
/// Bytes of English and Markdown that make a token, by estimate.
pub const BYTES_PER_TOKEN: usize = 4;
/// Longest title, in characters.
pub const TITLE: usize = 255;
/// How long a call waits for Confluence to take requests again.
pub const RETRY_WAIT: Duration = Duration::from_secs(10);
/// How long a place or a space may be remembered for reads.
pub const PLACE_AGE: Duration = Duration::from_mins(1);
/// How long a place counts as just read, for a write that is planned and sent in one go.
pub const PLACE_JUST_READ: Duration = Duration::from_secs(5);
/// How long a person's name may be remembered.
pub const NAME_AGE: Duration = Duration::from_hours(1);
/// How many writes of one agent may wait for a person at a time.
pub const PENDING_PER_AGENT: usize = 20;
/// How much the bodies of all writes that wait for a person may take up together, in bytes.
pub const PENDING_BYTES: usize = 64 << 20;
/// How long after its approval a write may still be sent.
pub const EXECUTE_WITHIN: Duration = Duration::from_mins(15);
/// How long after its success an equal write is answered with the same result instead of being sent.
pub const REPLAYED_FOR: Duration = Duration::from_mins(10);
/// How often a write that provably took no effect is sent before it counts as failed.
pub const SENDINGS: u32 = 5;
/// How many places, spaces and names are remembered at most, each.
pub const REMEMBERED: usize = 10_000;

/// How long a call follows a long task of Confluence's that it has begun.
pub const TASK_FOLLOWED: Duration = Duration::from_secs(45);

/// How many items a list shall hold at most: 1 to 250, as Confluence allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit(u8);

impl Limit {
    /// The number.
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(25)
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u8::deserialize(deserializer) {
            Ok(number @ 1..=250) => Ok(Self(number)),
            _ => Err(de::Error::custom("a limit is a whole number from 1 to 250")),
        }
    }
}

impl JsonSchema for Limit {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Limit".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 1, "maximum": 250 })
    }
}
