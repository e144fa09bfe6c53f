//! A bridge's connection to whoever owns the data directory: another process, or this one.

use bytes::Bytes;
use tokio::io::{AsyncWriteExt as _, ReadHalf, split};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::doors::Stream;
use crate::domain::limits;
use crate::mcp::wire::lines::Lines;
use crate::mcp::write_out;

/// How many messages may wait to be written.
const OUTBOX: usize = 32;
/// Longest answer, in bytes.
const ANSWER: usize = 4 * limits::LINE;

/// A connection to whoever serves.
pub(super) struct Link {
    /// What it says.
    pub(super) lines: Lines<ReadHalf<Stream>>,
    /// What waits to be sent to it; `None` once nothing more will be said.
    pub(super) queue: Option<mpsc::Sender<Bytes>>,
    /// Where it is.
    pub(super) whose: Whose,
    /// Writes out the queue; ends with the link.
    _writer: JoinSet<()>,
}

/// Whose process serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// This one.
    Ours,
    /// Another one.
    Another,
}

impl Link {
    /// A link over this stream.
    pub(super) fn new(stream: Stream, whose: Whose) -> Self {
        let (reader, mut writer) = split(stream);
        let (queue, outbox) = mpsc::channel::<Bytes>(OUTBOX);
        let mut writing = JoinSet::new();
        writing.spawn(async move {
            write_out(&mut writer, outbox).await;
            // Where the other end has left there is nothing to close.
            let _ = writer.shutdown().await;
        });
        Self { lines: Lines::up_to(reader, ANSWER), queue: Some(queue), whose, _writer: writing }
    }
}
