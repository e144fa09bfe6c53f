//! `sluice sync` killed at random moments: the next ones go on where it was, and lose nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use fastrand::Rng;
use sluice::sandbox::model::Site;
use sluice::sandbox::{Effect, Fault, seed};

use super::house::{House, copies, equal, now};
use crate::sync::edits::{self, in_one_space};

/// How often the program is killed in all; `SLUICE_KILLS=200` for more.
const KILLS: u32 = 12;
/// Kills of a site before its copies are compared.
const TOGETHER: u32 = 4;

fn kills() -> u32 {
    let wish = std::env::var_os("SLUICE_KILLS").and_then(|wish| wish.to_str()?.parse().ok());
    wish.unwrap_or(KILLS)
}

/// When the program is killed.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// So long after it began.
    After(Duration),
    /// When files of the index have come or gone this often: while it writes or commits.
    Written(u32),
}

impl Moment {
    fn some(random: &mut Rng, length: Duration) -> Self {
        match random.u8(0..3) {
            0 => Self::Written(random.u32(1..5)),
            _ => Self::After(length.mul_f64(random.f64())),
        }
    }
}

/// The names below the index.
fn names(folder: &Path) -> Vec<std::ffi::OsString> {
    let shards = fs::read_dir(folder.join("index")).into_iter().flatten().flatten();
    let files = shards.flat_map(|shard| fs::read_dir(shard.path()).into_iter().flatten().flatten());
    files.map(|file| file.file_name()).collect()
}

/// Waits for the moment, then kills. Whether the program was still there.
fn kill(mut program: Child, moment: Moment, data: &Path) -> bool {
    let began = Instant::now();
    let (mut before, mut times) = (names(data), 0);
    let alive = loop {
        if program.try_wait().unwrap().is_some() {
            break false;
        }
        let is_now = match moment {
            Moment::After(wait) => began.elapsed() >= wait,
            Moment::Written(wanted) => {
                let after = names(data);
                times += u32::from(after != before);
                before = after;
                times >= wanted
            }
        };
        if is_now {
            break true;
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    program.kill().unwrap();
    program.wait().unwrap();
    alive
}

fn start(house: &House, arguments: &[&str]) -> Child {
    house.syncing(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn edit(house: &House, random: &mut Rng) {
    let now = now();
    house.site.with_site(|site| edits::edit(site, random, now));
}

/// How long a sync takes that nobody kills.
fn length(house: &House) -> Duration {
    let began = Instant::now();
    house.sync(&[]);
    began.elapsed()
}

/// Kills so often at a site, with edits in between, and compares now and then; the figures.
async fn torment(site: Site, kills: u32, random: &mut Rng) -> BTreeMap<&'static str, u32> {
    let house = House::of(site).await;
    let (whole, later) = (length(&house), length(&house));
    let mut counts = BTreeMap::new();
    let of = |counts: &BTreeMap<&'static str, u32>| counts.get("kills").copied().unwrap_or_default();
    while of(&counts) < kills {
        // Every other time the first sync is what is killed.
        let first = random.bool();
        if first {
            let _ = fs::remove_dir_all(house.data());
        }
        let until = of(&counts) + TOGETHER;
        while of(&counts) < until {
            let arguments: &[&str] = if random.u8(0..3) == 0 { &["--full"] } else { &[] };
            let moment = Moment::some(random, if first { whole } else { later });
            let killed = kill(start(&house, arguments), moment, &house.data());
            *counts.entry(if killed { "kills" } else { "ends" }).or_default() += 1;
            if first && !killed {
                let _ = fs::remove_dir_all(house.data());
            }
            if killed && matches!(moment, Moment::Written(_)) {
                *counts.entry("while the index was written").or_default() += 1;
            }
            if !first || random.bool() {
                edit(&house, random);
            }
        }
        // What a sweep held back goes with the second look.
        for _ in 0..2 {
            house.sync(&["--full"]);
        }
        house.is_fresh(&format!("{counts:?}"));
        *counts.entry("comparisons").or_default() += 1;
    }
    counts
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stderr, reason = "figures for whoever runs it with --nocapture")]
async fn a_sync_that_is_killed_anywhere_ends_in_the_copies_of_a_fresh_one() {
    let mut random = Rng::with_seed(8);
    let sites = [seed::generate(120, 61), seed::service_desk(), in_one_space(seed::generate(400, 62))];
    let each = kills().div_ceil(3);
    for site in sites {
        let counts = torment(site, each, &mut random).await;
        eprintln!("{counts:?}");
        assert!(counts["kills"] >= each && counts["comparisons"] > 0, "{counts:?}");
    }
}

/// How often each part of the listing of pages by id was asked for since the counts were reset.
fn parts(house: &House) -> BTreeMap<String, u32> {
    let mut asked = BTreeMap::new();
    for one in house.site.log() {
        if one.path.ends_with("/wiki/api/v2/pages") && one.query.contains("space-id") && !one.query.contains("sort=-") {
            *asked.entry(one.query).or_default() += 1;
        }
    }
    asked
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_costs_no_more_than_the_part_under_way_and_the_one_being_put_away() {
    let mut random = Rng::with_seed(9);
    let house = House::of(in_one_space(seed::generate(2_500, 63))).await;
    let slow = Effect::Slow { milliseconds: 40 };
    house.site.set_fault(Fault { template: Some("GET /wiki/api/v2/pages".into()), times: u32::MAX, effect: slow });
    let began = Instant::now();
    let fresh = house.fresh();
    let length = began.elapsed();
    let whole = parts(&house);
    assert!(whole.len() > 8 && whole.values().all(|times| *times == 1), "{whole:?}");
    let mut killed_within = 0;
    for _ in 0..8 {
        // Those that came while pages were listed are what this is about.
        if killed_within > 1 {
            break;
        }
        let _ = fs::remove_dir_all(house.data());
        house.site.reset_counts();
        let mut kills = 0;
        for _ in 0..3 {
            let before = parts(&house);
            let there = kill(start(&house, &[]), Moment::After(length.mul_f64(random.f64())), &house.data());
            kills += u32::from(there);
            killed_within += u32::from(parts(&house) != before && there && parts(&house).len() < whole.len());
        }
        house.sync(&[]);
        let asked = parts(&house);
        assert_eq!(asked.keys().collect::<Vec<_>>(), whole.keys().collect::<Vec<_>>());
        let again: u32 = asked.values().map(|times| times - 1).sum();
        assert!(again <= 2 * kills, "{again} parts were read again after {kills} kills: {asked:?}");
        equal(&copies(&house.data()), &fresh, "after kills");
    }
    assert!(killed_within > 1, "{killed_within}");
}
