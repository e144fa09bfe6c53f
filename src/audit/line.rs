//! A row of the trail as one line of JSON, from which the row comes back byte for byte.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::de::IgnoredAny;

use crate::store::{Head, Row};

/// `{"number":7,"link":"…","entry":{…}}`, without a line break. The link covers the entry as it stands there, signs and
/// all; what is no JSON stands there as `base64`.
pub(super) fn written(row: &Row) -> Vec<u8> {
    let mut line = Vec::with_capacity(row.text.len() + 120);
    // Writing to memory cannot fail.
    let _ = write!(line, "{{\"number\":{},\"link\":\"{}\",", row.head.number, row.head.link);
    if is_one_line_of_json(&row.text) {
        line.extend_from_slice(b"\"entry\":");
        line.extend_from_slice(&row.text);
    } else {
        let _ = write!(line, "\"base64\":\"{}\"", STANDARD.encode(&row.text));
    }
    line.push(b'}');
    line
}

/// The row of such a line; `None` for anything that was not written so.
pub(super) fn read(bytes: &[u8]) -> Option<Row> {
    let rest = bytes.strip_prefix(b"{\"number\":")?;
    let (number, rest) = rest.split_at_checked(rest.iter().position(|byte| *byte == b',')?)?;
    let (link, rest) = rest.strip_prefix(b",\"link\":\"")?.split_at_checked(64)?;
    let rest = rest.strip_prefix(b"\",")?.strip_suffix(b"}")?;
    let text = match rest.strip_prefix(b"\"entry\":") {
        Some(text) => Bytes::copy_from_slice(text),
        None => STANDARD.decode(rest.strip_prefix(b"\"base64\":\"")?.strip_suffix(b"\"")?).ok()?.into(),
    };
    let ascii = |bytes| std::str::from_utf8(bytes).ok();
    let head = Head { number: ascii(number)?.parse().ok()?, link: ascii(link)?.parse().ok()? };
    let row = Row { head, text };
    // One row, one spelling.
    (written(&row) == bytes).then_some(row)
}

fn is_one_line_of_json(text: &[u8]) -> bool {
    !text.iter().any(|byte| matches!(byte, b'\n' | b'\r')) && serde_json::from_slice::<IgnoredAny>(text).is_ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::store::Chain;

    fn row(text: &[u8]) -> Row {
        let chain = Chain::new(&[7; 32]);
        chain.next(chain.start(), Bytes::copy_from_slice(text))
    }

    proptest! {
        #[test]
        fn a_row_comes_back_byte_for_byte(text in prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..60),
            "\\{\"who\": ?\"[a-z\n}]{0,9}\"\\}".prop_map(String::into_bytes),
        ]) {
            let row = row(&text);
            let line = written(&row);
            prop_assert!(!line.contains(&b'\n'));
            prop_assert_eq!(read(&line), Some(row));
        }

        #[test]
        fn a_line_with_one_byte_changed_is_no_row_or_another_one(place in 0..130_usize, change in 1..=255_u8) {
            let row = row(br#"{"who":"local","event":"read"}"#);
            let mut line = written(&row);
            let place = place % line.len();
            line[place] ^= change;
            prop_assert_ne!(read(&line), Some(row));
        }
    }

    #[test]
    fn what_is_no_row_is_not_read() {
        for line in ["", "{}", "{\"number\":1,\"link\":\"", "{\"number\":1}", "null", "{\"after\":\"0:00\"}"] {
            assert_eq!(read(line.as_bytes()), None, "{line}");
        }
    }
}
