//! How much of the hourly points a run may use.

/// What was used in this hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spent {
    /// Points of the hour.
    pub quota: u32,
    /// What is left of them, whoever used the rest.
    pub left: u32,
    /// What runs used.
    pub own: u32,
    /// Whether agents used some in the last minutes.
    pub busy: bool,
}

/// Hundredths of the quota that runs may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shares {
    /// While agents are quiet.
    pub quiet: u8,
    /// While they are busy.
    pub busy: u8,
}

/// Whether another request may be sent in this hour. Whatever agents have used, a tenth is left to them.
pub fn has_room(spent: Spent, shares: Shares) -> bool {
    let share = u64::from(if spent.busy { shares.busy } else { shares.quiet }.min(100));
    let quota = u64::from(spent.quota);
    let within = u64::from(spent.own) * 100 < quota * share;
    let reserve = if share == 100 { 0 } else { quota / 10 };
    within && u64::from(spent.left) > reserve
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_stay_within_their_share() {
        let shares = Shares { quiet: 60, busy: 30 };
        let table = [
            (1_000, 0, false, true),
            (1_000, 599, false, true),
            (1_000, 600, false, false),
            (1_000, 299, true, true),
            (1_000, 300, true, false),
            (101, 0, false, true),
            (100, 0, false, false),
            (0, 0, false, false),
        ];
        for (left, own, busy, expected) in table {
            let spent = Spent { quota: 1_000, left, own, busy };
            assert_eq!(has_room(spent, shares), expected, "{spent:?}");
        }
        let all = Shares { quiet: 100, busy: 100 };
        assert!(has_room(Spent { quota: 10, left: 1, own: 9, busy: true }, all));
        assert!(!has_room(Spent { quota: 0, left: 0, own: 0, busy: false }, all));
    }
}
