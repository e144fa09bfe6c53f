//! Why a source could not be read.

use std::time::Duration;

use crate::outside::OutsideError;

/// A source could not be read; each message follows the source's name and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// Nothing outside can be asked, or it does not answer.
    #[error(transparent)]
    Outside(#[from] OutsideError),
    /// What was given to reach it is of no use.
    #[error("{0}")]
    Unusable(String),
    /// The key is not one.
    #[error("its key is not accepted (status 401); {remedy}")]
    KeyRefused {
        /// Where a good one comes from.
        remedy: &'static str,
    },
    /// The key is good, but not for this.
    #[error("its key may not {right} (status {status}); {remedy}")]
    Lacking {
        /// For what it is not.
        right: &'static str,
        /// The answer's status.
        status: u16,
        /// What to do.
        remedy: &'static str,
    },
    /// What was asked for is not there.
    #[error("it has no such thing (status 404)")]
    Missing,
    /// It wants to be asked later.
    #[error("it takes no more requests for now (status 429); it was waited for {} seconds", waited.as_secs())]
    Busy {
        /// How long it was waited for already.
        waited: Duration,
    },
    /// It does not work.
    #[error("it answered with status {0}; try again later")]
    Down(u16),
    /// It answers what it should not.
    #[error("it answered with status {0}, which means nothing here; look at its address")]
    Strange(u16),
    /// It answered something else.
    #[error("its answer cannot be understood: {0}")]
    Malformed(&'static str),
    /// A list that does not end.
    #[error("its list does not end: {0}")]
    Endless(&'static str),
    /// A file or folder.
    #[error("{0}")]
    File(String),
}

impl SourceError {
    /// Whether it is about everything there, rather than about one article.
    pub const fn is_about_all(&self) -> bool {
        match self {
            Self::Outside(OutsideError::Long(_))
            | Self::Lacking { .. }
            | Self::Missing
            | Self::Down(_)
            | Self::Strange(_)
            | Self::Malformed(_)
            | Self::File(_) => false,
            Self::Outside(_) | Self::Unusable(_) | Self::KeyRefused { .. } | Self::Busy { .. } | Self::Endless(_) => {
                true
            }
        }
    }

    /// Whether a smaller piece might be answered: the answer is too long, broken, or never came.
    pub(super) const fn is_about_a_piece(&self) -> bool {
        matches!(self, Self::Outside(OutsideError::Long(_)) | Self::Down(_) | Self::Malformed(_))
    }
}
