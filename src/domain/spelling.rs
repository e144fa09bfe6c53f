//! Mistakes in what somebody wrote: where in the text they stand, and which word was probably meant.

/// Words longer than this, in characters, are no misspelling of one of ours.
const LONGEST: usize = 60;

/// Line and column, both from 1, of a byte offset; the column counts characters.
pub fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

/// The candidate that looks most like what was written, if any does; letter case is no difference.
pub fn nearest<'c>(written: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    if written.chars().nth(LONGEST).is_some() {
        return None;
    }
    let written = written.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&written, &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_told_in_lines_and_characters() {
        assert_eq!(position("ä = 1\nöb = 2", 0), (1, 1));
        assert_eq!(position("ä = 1\nöb = 2", "ä = 1\nö".len()), (2, 2));
        assert_eq!(position("a", 99), (1, 2));
    }

    #[test]
    fn a_slip_is_recognised_and_another_word_is_not() {
        assert_eq!(nearest("Get_pgae", ["get_space", "get_page"]), Some("get_page"));
        assert_eq!(nearest("zebra", ["get_space", "get_page"]), None);
        assert_eq!(nearest(&"get_page".repeat(20), ["get_page"]), None);
    }
}
