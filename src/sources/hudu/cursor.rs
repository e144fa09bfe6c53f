//! Where a listing of Hudu goes on: articles by their number, fewer at a time where a page cannot be had.

use serde::{Deserialize, Serialize};

use crate::sources::error::SourceError;

/// Articles on one page, which come with their contents.
const WIDE: u64 = 25;
/// Where a page of that size failed.
const NARROW: u64 = 5;
/// After so many articles in a row that could not be had there is no point in going on.
const MOST_FAILED: u32 = 30;

/// A place in the listing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cursor {
    /// How many articles come before.
    pub(super) offset: u64,
    /// Up to there a wide page failed.
    narrow_until: u64,
    /// Up to there a narrow page failed as well.
    single_until: u64,
    /// With which article the page before began.
    before: Option<u64>,
    /// How many articles in a row could not be had.
    failed: u32,
}

impl Cursor {
    /// What [`text`](Self::text) wrote.
    pub(super) fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().filter(|cursor: &Self| cursor.offset.is_multiple_of(cursor.size()))
    }

    /// For whoever keeps it.
    pub(super) fn text(&self) -> String {
        // Numbers: nothing that could fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// How many articles to ask for.
    pub(super) const fn size(&self) -> u64 {
        if self.offset < self.single_until {
            1
        } else if self.offset < self.narrow_until {
            NARROW
        } else {
            WIDE
        }
    }

    /// Whether so many articles in a row could not be had that it is not about them.
    pub(super) const fn is_hopeless(&self) -> bool {
        self.failed >= MOST_FAILED
    }

    /// The same place with fewer articles at a time; `None` where it is about one alone.
    pub(super) fn narrowed(&self) -> Option<Self> {
        match self.size() {
            WIDE => Some(Self { narrow_until: self.offset.saturating_add(WIDE), ..self.clone() }),
            NARROW => Some(Self { single_until: self.offset.saturating_add(NARROW), ..self.clone() }),
            _ => None,
        }
    }

    /// The place after a page that began with that article; `None` where it could not be had.
    pub(super) fn after(&self, first: Option<u64>) -> Result<Self, SourceError> {
        if first.is_some() && self.before == first {
            return Err(SourceError::Endless("two pages are the same"));
        }
        let failed = if first.is_none() { self.failed.saturating_add(1) } else { 0 };
        Ok(Self { offset: self.offset.saturating_add(self.size()), before: first, failed, ..self.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_cannot_be_had_is_narrowed_down_to_the_one_article_and_then_pages_are_wide_again() {
        let mut cursor = Cursor::default();
        let (mut given_up, mut sizes) = (Vec::new(), Vec::new());
        while cursor.offset < 75 {
            let (from, to) = (cursor.offset, cursor.offset + cursor.size());
            cursor = if (from..to).contains(&33) {
                cursor.narrowed().unwrap_or_else(|| {
                    given_up.push(from);
                    cursor.after(None).unwrap()
                })
            } else {
                sizes.push(to - from);
                cursor.after(Some(from)).unwrap()
            };
            cursor = Cursor::read(&cursor.text()).unwrap();
        }
        assert_eq!(given_up, [33]);
        assert_eq!(sizes, [25, 5, 1, 1, 1, 1, 5, 5, 5, 25]);
    }
}
