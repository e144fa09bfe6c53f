//! What keeps a fault of the site from emptying the copies: much of a space goes only after a second look.

use super::Kind;

/// So few may always go.
const FEW: u64 = 5;
/// More than one in so many is much.
const SHARE: u64 = 5;

/// Whether that many of a space's documents may be removed. `held` is how many the last sweep would have removed.
pub fn may_remove(gone: u64, of: u64, held: Option<u64>, kind: Kind) -> bool {
    let much = gone > FEW && u128::from(gone) * u128::from(SHARE) > u128::from(of);
    !much || kind == Kind::Full || held.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_a_fifth_goes_only_after_a_second_look_or_when_a_person_asks() {
        let table = [
            (1, 1, None, Kind::Sweep, true),
            (5, 5, None, Kind::Sweep, true),
            (6, 30, None, Kind::Sweep, true),
            (6, 29, None, Kind::Sweep, false),
            (6, 29, Some(6), Kind::Sweep, true),
            (6, 29, Some(1), Kind::Sweep, true),
            (6, 29, None, Kind::Full, true),
            (2_001, 10_000, None, Kind::Sweep, false),
            (2_000, 10_000, None, Kind::Sweep, true),
            (u64::MAX, u64::MAX, None, Kind::Sweep, false),
        ];
        for (gone, of, held, kind, expected) in table {
            assert_eq!(may_remove(gone, of, held, kind), expected, "{gone} of {of}, {held:?}, {kind:?}");
        }
    }
}
