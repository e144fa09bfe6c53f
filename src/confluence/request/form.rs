//! Form data with one file, encoded once so that the bytes a person approved are the bytes that are sent.

use bytes::{BufMut, Bytes, BytesMut};

use crate::domain::digest::Digest;

/// A multipart form (RFC 7578) as the attachment endpoints take it.
pub(in crate::confluence) struct Form {
    fields: Vec<(&'static str, String)>,
    file_name: String,
    media_type: String,
    content: Bytes,
}

impl Form {
    /// A form with one file in the field `file`.
    pub(in crate::confluence) fn with_file(file_name: &str, media_type: &str, content: Bytes) -> Self {
        Self { fields: Vec::new(), file_name: file_name.into(), media_type: media_type.into(), content }
    }

    /// Adds a text field.
    pub(in crate::confluence) fn field(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.fields.push((name, value.into()));
        self
    }

    /// The boundary and the encoded bytes. The boundary comes from the content's digest, so equal forms are equal
    /// bytes and no content can hold its own boundary.
    pub(in crate::confluence) fn encode(self) -> (String, Bytes) {
        let fields = self.fields.iter().flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]);
        let digest = Digest::of(fields.chain([self.file_name.as_bytes(), self.media_type.as_bytes(), &*self.content]));
        let boundary = format!("sluice-{digest}");
        let mut out = BytesMut::with_capacity(self.content.len() + 1024);
        for (name, value) in &self.fields {
            let head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
            out.put(head.as_bytes());
            out.put(value.as_bytes());
            out.put(b"\r\n".as_slice());
        }
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\nContent-Type: {}\r\n\r\n",
            quoted(&self.file_name),
            one_line(&self.media_type)
        );
        out.put(head.as_bytes());
        out.put(self.content);
        out.put(format!("\r\n--{boundary}--\r\n").as_bytes());
        (boundary, out.freeze())
    }
}

/// As browsers escape file names in forms (WHATWG HTML, multipart/form-data encoding algorithm).
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

fn one_line(text: &str) -> String {
    text.chars().filter(|sign| !sign.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_file_name_stays_inside_its_quotes() {
        let (_, bytes) =
            Form::with_file("a\"; name=\"x\r\n\r\nb", "text/plain\r\nX: y", Bytes::from_static(b"hi")).encode();
        let text = String::from_utf8_lossy(&bytes);
        assert!(
            text.contains("filename=\"a%22; name=%22x%0D%0A%0D%0Ab\"\r\nContent-Type: text/plainX: y\r\n\r\nhi"),
            "{text}"
        );
    }
}
