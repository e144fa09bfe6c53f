//! When the next run is due, and how thorough it is.

use jiff::{SignedDuration, Timestamp};

use super::Kind;
use super::facts::SiteRow;

/// How often what happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rhythm {
    /// Runs.
    pub every: SignedDuration,
    /// Runs that look at every page.
    pub sweep_every: SignedDuration,
}

/// The next run after one that ended then, or without one: at once where the site was never synced or copies of it may
/// be missing, else as long after the last good one as runs are apart. `scatter` is 0 for as early as may be and 1 for as late: a tenth both ways.
pub fn next(
    site: &SiteRow,
    ended: Option<Timestamp>,
    rhythm: Rhythm,
    now: Timestamp,
    scatter: f64,
) -> (Timestamp, Kind) {
    let last = if site.doubtful { ended } else { ended.max(site.synced) };
    let apart = rhythm.every.as_secs_f64() * (0.9 + 0.2 * scatter.clamp(0.0, 1.0));
    let apart = SignedDuration::try_from_secs_f64(apart).unwrap_or(rhythm.every);
    let at = match last {
        // A clock that was set back must not put the next run off for long.
        Some(last) if last <= now => last.checked_add(apart).unwrap_or(now).max(now),
        Some(_) => now.checked_add(apart).unwrap_or(now),
        None => now,
    };
    (at, kind_at(site, rhythm, at))
}

/// How thorough a run at that time is.
pub fn kind_at(site: &SiteRow, rhythm: Rhythm, at: Timestamp) -> Kind {
    // A first run is as good as a sweep.
    let since = site.swept.or(site.synced);
    let due = site.doubtful || since.is_some_and(|since| since > at || at.duration_since(since) >= rhythm.sweep_every);
    if due { Kind::Sweep } else { Kind::Incremental }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RHYTHM: Rhythm = Rhythm { every: SignedDuration::from_mins(15), sweep_every: SignedDuration::from_hours(24) };

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + minutes * 60).unwrap()
    }

    #[test]
    fn the_first_run_is_at_once_and_the_next_a_quarter_of_an_hour_later_and_one_a_day_sweeps() {
        let site = |synced: Option<i64>, swept: Option<i64>| SiteRow {
            synced: synced.map(at),
            swept: swept.map(at),
            ..SiteRow::default()
        };
        let table = [
            (site(None, None), None, 0, (at(0), Kind::Incremental)),
            (site(Some(0), Some(0)), Some(0), 1, (at(15), Kind::Incremental)),
            (site(Some(0), Some(0)), None, 100, (at(100), Kind::Incremental)),
            (site(Some(1_430), Some(0)), None, 1_431, (at(1_445), Kind::Sweep)),
            (site(Some(1_430), None), None, 1_431, (at(1_445), Kind::Incremental)),
            (site(None, None), Some(5), 6, (at(20), Kind::Incremental)),
            (site(Some(500), Some(500)), None, 0, (at(15), Kind::Sweep)),
            (SiteRow { doubtful: true, ..site(Some(0), Some(0)) }, None, 1, (at(1), Kind::Sweep)),
            (SiteRow { doubtful: true, ..site(Some(0), Some(0)) }, Some(1), 2, (at(16), Kind::Sweep)),
        ];
        for (site, ended, now, expected) in table {
            assert_eq!(next(&site, ended.map(at), RHYTHM, at(now), 0.5), expected, "{site:?} {now}");
        }
    }

    #[test]
    fn runs_are_scattered_by_a_tenth() {
        let site = SiteRow { synced: Some(at(0)), swept: Some(at(0)), ..SiteRow::default() };
        let after = |scatter| next(&site, None, RHYTHM, at(0), scatter).0.duration_since(at(0)).as_secs();
        assert_eq!([after(0.0), after(0.5), after(1.0)], [810, 900, 990]);
    }
}
