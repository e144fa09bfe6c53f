//! What a request carries: nothing, JSON, or a form with a file.

use std::fmt;

use bytes::Bytes;

/// What a request carries; the bytes are final.
#[derive(Clone, PartialEq, Eq)]
pub enum Body {
    /// Nothing.
    Empty,
    /// A JSON document.
    Json(Bytes),
    /// Form data with files.
    Multipart {
        /// What separates the parts.
        boundary: String,
        /// The whole form, already encoded.
        bytes: Bytes,
    },
}

impl Body {
    /// The bytes that will be sent.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Empty => &[],
            Self::Json(bytes) | Self::Multipart { bytes, .. } => bytes,
        }
    }

    /// The `Content-Type` that goes with them.
    pub fn content_type(&self) -> Option<String> {
        match self {
            Self::Empty => None,
            Self::Json(_) => Some("application/json".into()),
            Self::Multipart { boundary, .. } => Some(format!("multipart/form-data; boundary={boundary}")),
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Page bodies belong neither in logs nor in error messages.
        write!(formatter, "{} bytes", self.bytes().len())
    }
}
