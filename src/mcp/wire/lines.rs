//! Reads what a client sends line by line, however long a line is and whatever it holds.

use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};

use crate::domain::limits;

/// A reader of lines that never holds more of one than allowed.
pub(crate) struct Lines<R> {
    input: BufReader<R>,
    longest: usize,
    line: Vec<u8>,
    skipping: bool,
}

/// What was read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// A line without its end.
    Whole(Vec<u8>),
    /// A line that was longer than allowed; none of it is kept.
    TooLong,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    /// Lines of up to [`limits::LINE`] bytes.
    pub(crate) fn new(input: R) -> Self {
        Self::up_to(input, limits::LINE)
    }

    /// Lines of up to that many bytes.
    pub(crate) fn up_to(input: R, longest: usize) -> Self {
        Self { input: BufReader::new(input), longest, line: Vec::new(), skipping: false }
    }

    /// The next line; `None` at the end. Nothing is lost when the future is dropped: what has been taken from the
    /// input is already in `self`.
    pub(crate) async fn next(&mut self) -> std::io::Result<Option<Line>> {
        loop {
            let chunk = self.input.fill_buf().await?;
            if chunk.is_empty() {
                // A last line may lack its end.
                let rest = std::mem::take(&mut self.line);
                return Ok((!rest.is_empty()).then_some(Line::Whole(rest)));
            }
            let end = chunk.iter().position(|byte| *byte == b'\n');
            let part = chunk.get(..end.unwrap_or(chunk.len())).unwrap_or_default();
            let taken = part.len() + usize::from(end.is_some());
            let too_long = !self.skipping && self.line.len() + part.len() > self.longest;
            if too_long {
                self.line = Vec::new();
            } else if !self.skipping {
                self.line.extend_from_slice(part);
            }
            let was_skipping = self.skipping;
            self.skipping = (self.skipping || too_long) && end.is_none();
            self.input.consume(taken);
            if too_long {
                return Ok(Some(Line::TooLong));
            }
            if end.is_some() && !was_skipping {
                return Ok(Some(Line::Whole(std::mem::take(&mut self.line))));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn all(input: &[u8]) -> Vec<Line> {
        let mut lines = Lines::new(input);
        let mut found = Vec::new();
        while let Some(line) = lines.next().await.unwrap() {
            found.push(line);
        }
        found
    }

    #[tokio::test]
    async fn lines_come_one_by_one_and_the_last_may_lack_its_end() {
        let whole = |text: &str| Line::Whole(text.into());
        assert_eq!(all(b"a\n\nb\r\nc").await, [whole("a"), whole(""), whole("b\r"), whole("c")]);
        assert_eq!(all(b"").await, []);
    }

    #[tokio::test]
    async fn a_line_that_is_too_long_is_told_once_and_the_next_is_read() {
        let mut input = vec![b'x'; limits::LINE + 1];
        input.extend_from_slice(b"yyy\nz\n");
        assert_eq!(all(&input).await, [Line::TooLong, Line::Whole("z".into())]);
        let mut input = vec![b'x'; limits::LINE];
        input.extend_from_slice(b"\nz");
        let lines = all(&input).await;
        assert!(matches!(&lines[..], [Line::Whole(long), Line::Whole(_)] if long.len() == limits::LINE));
    }
}
