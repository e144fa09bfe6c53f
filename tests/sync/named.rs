//! Bad things by name: each done on purpose, in the middle of the very run that would have copied it.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use sluice::clock::Clock as _;
use sluice::sandbox::model::{ContentStatus, Id, Site, SpaceKind, SpaceStatus};
use sluice::sandbox::{Effect, Fault, Limits, seed};
use sluice::sync::{Ended, Kind, Outcome, Phase};
use tokio_util::sync::CancellationToken;

use super::edits::{in_one_space, pages, rewrite};
use super::house::{As, House, wishes};

const LIST: &str = "GET /wiki/api/v2/pages";

/// What somebody does to a page.
type Deed = (&'static str, fn(&mut Site, Id, Timestamp));

const DEEDS: [Deed; 7] = [
    ("moved", |site, id, _| {
        let under = *pages(site).iter().find(|other| **other != id && site.contents[other].parent.is_none()).unwrap();
        site.contents.get_mut(&id).unwrap().parent = Some(under);
    }),
    ("moved to another space", |site, id, _| {
        let own = site.contents[&id].space;
        let fits = |space: &&sluice::sandbox::model::Space| {
            space.id != own && space.kind == SpaceKind::Global && space.status == SpaceStatus::Current
        };
        let other = site.spaces.values().find(fits).unwrap().id;
        let content = site.contents.get_mut(&id).unwrap();
        (content.space, content.parent) = (other, None);
    }),
    ("renamed", |site, id, now| {
        rewrite(site, id, "<p>under another name</p>", now);
        site.contents.get_mut(&id).unwrap().versions.last_mut().unwrap().title = "Another name".into();
    }),
    ("restricted", |site, id, _| {
        site.contents.get_mut(&id).unwrap().readers = Some(BTreeSet::from(["712020:somebody".to_owned()]));
    }),
    ("put into the trash", |site, id, _| site.contents.get_mut(&id).unwrap().status = ContentStatus::Trashed),
    ("purged", |site, id, _| drop(site.contents.remove(&id))),
    ("restored", |site, id, _| site.contents.get_mut(&id).unwrap().status = ContentStatus::Current),
];

/// Runs, and does this once the first part of the listing of pages was taken in.
async fn run_and(house: &House, kind: Kind, deed: impl FnOnce(&mut Site, Timestamp)) -> Outcome {
    let token = CancellationToken::new();
    let mut watch = house.sync.watch();
    let doing = async {
        loop {
            watch.changed().await.unwrap();
            let status = watch.borrow_and_update().clone();
            let is_over = status.phase == Phase::Idle && status.last.is_some();
            assert!(!is_over, "the run ended before anything was done: {status:?}");
            if status.phase == Phase::Pages && status.pages.done > 0 {
                let now = house.clock.now();
                return house.site.with_site(|site| deed(site, now));
            }
        }
    };
    let slow = Effect::Slow { milliseconds: 30 };
    house.site.set_fault(Fault { template: Some(LIST.into()), times: 1_000, effect: slow });
    let (outcome, ()) = tokio::join!(house.sync.run(kind, &token), doing);
    house.site.clear_faults();
    outcome
}

/// A site whose pages that have none below them are all in the one space of the first, in several parts; the rest of
/// the spaces stay as targets.
fn site(seed_number: u64) -> Site {
    in_one_space(seed::generate(560, seed_number))
}

/// A page without anything below it, one of the first or of the last in the listing by id.
fn leaf(site: &Site, last: bool) -> Id {
    let is_leaf = |id: &Id| site.contents.values().all(|other| other.parent != Some(*id));
    let mut leaves = pages(site).into_iter().filter(is_leaf);
    if last { leaves.next_back().unwrap() } else { leaves.next().unwrap() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_to_which_something_happens_during_its_own_sync_is_right_after_the_next_sweep() {
    for (number, (what, deed)) in DEEDS.into_iter().enumerate() {
        for (last, first) in [(number % 2 == 0, true), (true, false), (false, false)] {
            let house = House::of(site(40 + number as u64)).await;
            let id = house.site.with_site(|site| {
                let id = leaf(site, last);
                if what == "restored" {
                    site.contents.get_mut(&id).unwrap().status = ContentStatus::Trashed;
                }
                id
            });
            if !first {
                house.run(Kind::Incremental).await;
                house.clock.pass(Duration::from_hours(1));
            }
            let kind = if first { Kind::Incremental } else { Kind::Sweep };
            let outcome = run_and(&house, kind, |site, now| deed(site, id, now)).await;
            let why = format!("{what}, last {last}, in the first run {first}");
            assert_eq!(outcome.record.how, Ended::Done, "{why}: {outcome:?}");
            house.run(Kind::Sweep).await;
            house.is_fresh(&why).await;
        }
    }
}

/// How many copies there are of that space.
fn copies_of(house: &House, key: &str) -> usize {
    house.copies.seen().values().filter(|document| document.space.key == key).count()
}

/// Something that is done to a space or page.
type Change = fn(&mut Site, Id);

/// The space with most pages that is copied.
fn largest(site: &Site) -> (Id, String) {
    let copied = |space: &&sluice::sandbox::model::Space| {
        space.kind == SpaceKind::Global && space.status == SpaceStatus::Current && !space.key.starts_with('~')
    };
    let held = |space: &&sluice::sandbox::model::Space| {
        pages(site).iter().filter(|id| site.contents[id].space == space.id).count()
    };
    let space = site.spaces.values().filter(copied).max_by_key(held).unwrap();
    (space.id, space.key.clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_space_that_is_archived_deleted_or_made_personal_goes_without_a_sweep() {
    let deeds: [(&str, Change, bool); 4] = [
        ("archived", |site, id| site.spaces.get_mut(&id).unwrap().status = SpaceStatus::Archived, false),
        ("trashed", |site, id| site.spaces.get_mut(&id).unwrap().status = SpaceStatus::Trashed, true),
        ("made personal", |site, id| site.spaces.get_mut(&id).unwrap().kind = SpaceKind::Personal, false),
        (
            "deleted",
            |site, id| {
                site.spaces.remove(&id);
                site.contents.retain(|_, content| content.space != id);
                let contents = &site.contents;
                site.attachments.retain(|_, file| contents.contains_key(&file.container));
            },
            true,
        ),
    ];
    for (what, deed, twice) in deeds {
        let house = House::of(seed::generate(250, 51)).await;
        house.run(Kind::Incremental).await;
        let (id, key) = house.site.with_site(|site| largest(site));
        let before = copies_of(&house, &key);
        assert!(before > 5, "{what}: {before}");
        house.site.with_site(|site| deed(site, id));
        let outcome = house.try_run(Kind::Incremental).await;
        if twice && copies_of(&house, &key) > 0 {
            // What is nowhere any more is looked for once more before its copies go, and that is said.
            assert!(outcome.record.troubles.iter().any(|one| one.what.contains("missing")), "{what}: {outcome:?}");
            house.run(Kind::Incremental).await;
        }
        assert_eq!(copies_of(&house, &key), 0, "{what}: {outcome:?}");
        house.is_fresh(what).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_space_that_is_archived_deleted_or_made_personal_during_its_own_sync_is_gone_soon_after() {
    let deeds: [(&str, Change); 3] = [
        ("archived", |site, id| site.spaces.get_mut(&id).unwrap().status = SpaceStatus::Archived),
        ("made personal", |site, id| site.spaces.get_mut(&id).unwrap().kind = SpaceKind::Personal),
        ("deleted", |site, id| {
            site.spaces.remove(&id);
            site.contents.retain(|_, content| content.space != id);
            let contents = &site.contents;
            site.attachments.retain(|_, file| contents.contains_key(&file.container));
        }),
    ];
    for (what, deed) in deeds {
        for first in [true, false] {
            let house = House::of(site(52)).await;
            if !first {
                house.run(Kind::Incremental).await;
                house.clock.pass(Duration::from_hours(1));
            }
            let id = house.site.with_site(|site| site.contents.values().next().unwrap().space);
            let kind = if first { Kind::Incremental } else { Kind::Sweep };
            run_and(&house, kind, |site, _| deed(site, id)).await;
            house.try_run(Kind::Full).await;
            house.run(Kind::Full).await;
            house.is_fresh(&format!("{what}, in the first run {first}")).await;
            assert!(house.copies.seen().is_empty(), "{what}, in the first run {first}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn half_the_pages_not_there_for_a_moment_are_all_still_copied_after_it() {
    let house = House::of(site(53)).await;
    house.run(Kind::Incremental).await;
    let before = house.copies.seen();
    // Half of what the run is told of is hidden while it goes on, and back when it is over.
    let mut hidden = Vec::new();
    run_and(&house, Kind::Sweep, |site, _| {
        for id in pages(site).into_iter().step_by(2) {
            site.contents.get_mut(&id).unwrap().status = ContentStatus::Trashed;
            hidden.push(id);
        }
    })
    .await;
    assert!(house.copies.seen().len() > before.len() * 9 / 10);
    house.site.with_site(|site| {
        for id in hidden {
            site.contents.get_mut(&id).unwrap().status = ContentStatus::Current;
        }
    });
    // Then every second request of a listing says that it is not there.
    for _ in 0..20 {
        house.site.set_fault(Fault { template: Some(LIST.into()), times: 1, effect: Effect::NotFound });
        house.site.set_fault(Fault { template: Some(LIST.into()), times: 1, effect: Effect::Slow { milliseconds: 0 } });
    }
    house.try_run(Kind::Sweep).await;
    house.site.clear_faults();
    assert!(house.copies.seen().len() > before.len() * 9 / 10);
    house.run(Kind::Sweep).await;
    assert_eq!(house.copies.seen().len(), before.len());
    house.is_fresh("all are back").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_hours_quota_that_is_gone_at_the_third_part_is_waited_out_and_no_part_is_read_twice() {
    let house = House::with(site(54), As::App, wishes()).await;
    let listings = |house: &House| {
        let log = house.site.log();
        let of_pages = log.into_iter().filter(|one| one.path.ends_with("/wiki/api/v2/pages"));
        of_pages.filter(|one| one.query.contains("space-id") && !one.query.contains("sort=-")).count()
    };
    house.fresh().await;
    let parts = listings(&house);
    house.site.reset_counts();
    // Two parts of 250 pages with what belongs to them, and no third one.
    house.site.set_limits(Limits { points_per_hour: Some(1_100), ..Limits::default() });
    let began = house.clock.steady();
    house.run(Kind::Incremental).await;
    // The next hour begins half an hour later.
    let minutes = house.clock.steady().saturating_sub(began).as_secs() / 60;
    let asked = listings(&house);
    assert!(parts > 2 && minutes >= 25, "{parts} parts, {minutes} minutes");
    assert!(asked <= parts + 8, "{asked} requests for {parts} parts");
    house.site.set_limits(Limits::default());
    house.is_fresh("an hour later").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_five_megabytes_is_copied_with_all_others() {
    let house = House::of(seed::generate(60, 55)).await;
    let sizes = [5_000_000, 6_000_000];
    let ids: Vec<Id> = house.site.with_site(|site| {
        let ids = pages(site);
        for (id, size) in ids.iter().zip(sizes) {
            let body = format!("<p>first words</p>{}", "<p>more of the same kind</p>".repeat(size / 28));
            rewrite(site, *id, &body, "2026-11-22T10:00:00Z".parse().unwrap());
        }
        ids
    });
    let outcome = house.run(Kind::Incremental).await;
    let seen = house.copies.seen();
    for id in &ids[..2] {
        let body = &seen[&id.to_string()].body;
        assert!(body.starts_with("first words") && body.contains("more of the same kind"), "{}", body.len());
    }
    // Only the one that is larger than Confluence takes lost anything, and that is said.
    let about: Vec<_> = outcome.record.troubles.iter().filter_map(|trouble| trouble.id.clone()).collect();
    assert_eq!(about, [ids[1].to_string()], "{outcome:?}");
    house.is_fresh("two large pages").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_will_not_convert_are_kept_as_far_as_they_can_be_read() {
    let house = House::of(seed::generate(60, 56)).await;
    let bodies = [
        "<p>word".to_owned(),
        "</p></p></div>word<<<<".to_owned(),
        format!("{}word", "<div>".repeat(200_000)),
        format!("<table>{}</table>word", "<tr><td>".repeat(50_000)),
        "<ac:structured-macro ac:name=\"code\"><ac:plain-text-body><![CDATA[word".to_owned(),
        "word &nosuch; &#x110000; &#0; \u{0}\u{ffff}".to_owned(),
        format!("<p {}>word</p>", "a=\"b\" ".repeat(100_000)),
    ];
    let ids = house.site.with_site(|site| {
        let ids = pages(site);
        for (id, body) in ids.iter().zip(&bodies) {
            rewrite(site, *id, body, "2026-11-22T10:00:00Z".parse().unwrap());
        }
        ids
    });
    let outcome = house.run(Kind::Incremental).await;
    let seen = house.copies.seen();
    for (id, body) in ids.iter().zip(&bodies) {
        let copy = &seen[&id.to_string()];
        assert!(copy.body.contains("word"), "{}: {:?} {outcome:?}", &body[..body.len().min(60)], copy.body.get(..200));
    }
    assert!(ids.iter().all(|id| seen.contains_key(&id.to_string())));
    house.is_fresh("odd bodies").await;
}
