//! Ids as Confluence hands them out, each its own type, none of them able to leave its place in a URL.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::text::is_invisible;

/// A text that is not an id of the kind asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not {expected}")]
pub struct BadId {
    given: String,
    expected: &'static str,
}

/// A decimal id without sign or leading zero that fits 63 bits, as all Confluence content and space ids are.
fn decimal(text: &str) -> bool {
    let first_is_fine = text.as_bytes().first().is_some_and(|first| (b'1'..=b'9').contains(first));
    first_is_fine && text.len() <= 19 && text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<i64>().is_ok()
}

fn space_key(text: &str) -> bool {
    let (body, personal) = text.strip_prefix('~').map_or((text, false), |rest| (rest, true));
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || (personal && matches!(byte, b':' | b'-' | b'_'));
    (1..=255).contains(&body.len()) && body.bytes().all(fits)
}

fn opaque(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'-' | b'_'))
}

/// A number, or the UUID of a template that comes with Confluence.
fn template_id(text: &str) -> bool {
    let hexadecimal = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    decimal(text) || text.len() == 36 && text.split('-').count() == 5 && text.split('-').all(hexadecimal)
}

fn attachment_id(text: &str) -> bool {
    decimal(text.strip_prefix("att").unwrap_or(text))
}

fn approval_id(text: &str) -> bool {
    let fits = |digit: u8| matches!(digit, b'0'..=b'9' | b'a'..=b'v');
    text.strip_prefix("ap-").is_some_and(|digits| digits.len() == 26 && digits.bytes().all(fits))
}

fn long_task_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn cursor(text: &str) -> bool {
    (1..=4096).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Letters, digits and most signs of any script, all visible; Confluence refuses blanks and these signs in labels.
fn label_name(text: &str) -> bool {
    let fits = |sign: char| !sign.is_whitespace() && !is_invisible(sign) && !"():;,.?&[]#^*!@".contains(sign);
    (1..=255).contains(&text.chars().count()) && text.chars().all(fits)
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $fits:path, $expected:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> {
                if $fits(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(BadId { given: shortened(text), expected: $expected })
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                // What fits is told where something does not: a pattern costs every agent and helps none.
                json_schema!({ "type": "string" })
            }
        }
    };
}

text_id!(
    /// Id of a page, blog post, folder or another content.
    ContentId,
    decimal,
    "a page id: digits only, as in \"123456\""
);
text_id!(
    /// Numeric id of a space.
    SpaceId,
    decimal,
    "a space id: digits only"
);
text_id!(
    /// Key of a space, such as `IT`; personal ones start with `~`.
    SpaceKey,
    space_key,
    "a space key: letters and digits, as in \"IT\""
);
text_id!(
    /// Id of an attachment, such as `att123`.
    AttachmentId,
    attachment_id,
    "an attachment id, as in \"att123456\""
);
text_id!(
    /// Id of a footer or inline comment.
    CommentId,
    decimal,
    "a comment id: digits only"
);
text_id!(
    /// Atlassian account id of a person or app.
    AccountId,
    opaque,
    "an account id, as search_users and get_page give it"
);
text_id!(
    /// Id of a template of pages.
    TemplateId,
    template_id,
    "a template id, as list_templates gives it"
);
text_id!(
    /// Id of a task on a page or blog post.
    TaskId,
    decimal,
    "a task id, as list_tasks gives it"
);
text_id!(
    /// Where a listing goes on; opaque.
    Cursor,
    cursor,
    "a cursor: pass next_cursor exactly as the last answer gave it"
);
text_id!(
    /// Name of a label, without blanks.
    LabelName,
    label_name,
    "a label: no blanks and none of ( ) : ; , . ? & [ ] # ^ * ! @"
);
text_id!(
    /// Id of a write's durable record, such as `ap-7q2m…`: 128 random bits, so that it cannot be guessed.
    ApprovalId,
    approval_id,
    "an approval id, as the answer to the write gave it"
);

text_id!(
    /// Id of a long task, as the request that began it answered.
    LongTaskId,
    long_task_id,
    "the id of a long task"
);

impl ApprovalId {
    /// The id of these random bits.
    pub fn of(bits: u128) -> Self {
        // 26 digits of 5 bits, the first of which holds 3.
        let digit = |place: u32| char::from_digit((bits >> (5 * place) & 31) as u32, 32).unwrap_or('0');
        Self(["ap-".to_owned()].into_iter().chain((0..26).rev().map(|place| digit(place).to_string())).collect())
    }
}

impl AttachmentId {
    /// The id without its `att` prefix.
    pub fn digits(&self) -> &str {
        self.0.strip_prefix("att").unwrap_or(&self.0)
    }
}

/// Enough of a caller's text to recognise it, on one line.
fn shortened(text: &str) -> String {
    let mut cut: String = text
        .chars()
        .take(60)
        .map(|sign| if sign.is_control() || is_invisible(sign) { '\u{fffd}' } else { sign })
        .collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut.replace('`', "'")
}

/// Number of a version of a page or comment, counting from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct VersionNumber(#[schemars(range(min = 1))] pub u32);

impl fmt::Display for VersionNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_digits_and_nothing_else() {
        for good in ["1", "123456", "9223372036854775807"] {
            assert!(good.parse::<ContentId>().is_ok(), "{good}");
        }
        let bad = [
            "",
            "0",
            "01",
            "+1",
            "-1",
            "1.0",
            "0x7b",
            "1e3",
            "123/../../space/KEY",
            "%2e%2e%2f",
            "..;/",
            "123?status=trashed",
            "123#",
            "1\0",
            "1\\2",
            "１２３",
            "99999999999999999999",
            "9223372036854775808",
            " 1",
            "1 ",
            "1\n",
        ];
        for bad in bad {
            assert!(bad.parse::<ContentId>().is_err(), "{bad}");
            assert!(bad.parse::<AttachmentId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn an_approval_id_holds_all_of_its_random_bits() {
        for bits in [0, 1, u128::MAX, 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef] {
            let id = ApprovalId::of(bits);
            assert_eq!(id.as_str().parse(), Ok(id.clone()));
            assert_eq!(u128::from_str_radix(&id.as_str()[3..], 32), Ok(bits));
        }
        for bad in ["", "ap-", "ap-0", "AP-00000000000000000000000000", "ap-0000000000000000000000000w"] {
            assert!(bad.parse::<ApprovalId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_space_key_is_ascii_and_only_personal_ones_have_signs() {
        for good in ["IT", "it2", "~712020abc", "~557058:0a-b_c"] {
            assert!(good.parse::<SpaceKey>().is_ok(), "{good}");
        }
        for bad in ["", "~", "I T", "IT/..", "ΙΤ", "IT;x", "A:B", "IT%20", "~a/b", "\u{202e}IT"] {
            assert!(bad.parse::<SpaceKey>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_label_is_visible() {
        for good in ["on-call", "it/desk", "größe", "漢字"] {
            assert!(good.parse::<LabelName>().is_ok(), "{good}");
        }
        for bad in ["", "a b", "a\u{202e}b", "a\u{200b}", "\u{e0041}", "a\u{7}"] {
            assert!(bad.parse::<LabelName>().is_err(), "{bad:?}");
        }
        assert_eq!("1\u{202e}".parse::<ContentId>().unwrap_err().given, "1\u{fffd}");
    }

    #[test]
    fn a_wrong_id_is_quoted_on_one_line_and_cut() {
        let error = "x\n`y".repeat(100).parse::<ContentId>().unwrap_err().to_string();
        assert!(!error.contains('\n') && error.len() < 300, "{error}");
    }
}
