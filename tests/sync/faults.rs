//! A site that misbehaves: cursors, failing listings, spent quotas, pages that come and go.

use sluice::index::CopiesError;
use sluice::sandbox::model::{ContentStatus, Site};
use sluice::sandbox::{Effect, Fault, Limits, RetryAfter, seed};
use sluice::sync::{Ended, Kind, Stop};

use super::edits::in_one_space;
use super::house::{As, House, wishes};

const LIST: &str = "GET /wiki/api/v2/pages";

fn fault(template: &str, times: u32, effect: Effect) -> Fault {
    Fault { template: Some(template.into()), times, effect }
}

#[tokio::test(flavor = "multi_thread")]
async fn being_told_to_wait_ends_no_run() {
    let house = House::of(seed::generate(150, 1)).await;
    for retry_after in [Some(RetryAfter::Seconds(1_800)), Some(RetryAfter::Seconds(5)), None] {
        house.site.set_fault(Fault { template: None, times: 7, effect: Effect::TooManyRequests { retry_after } });
    }
    house.run(Kind::Incremental).await;
    house.is_fresh("after twenty-one refusals").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spent_quota_is_waited_out_and_a_share_is_left_to_others() {
    let house = House::with(seed::generate(600, 1), As::App, wishes()).await;
    let quota = 1_000;
    house.site.set_limits(Limits { points_per_hour: Some(quota), ..Limits::default() });
    let began = sluice::clock::Clock::steady(&*house.clock);
    let outcome = house.run(Kind::Incremental).await;
    let hours = sluice::clock::Clock::steady(&*house.clock).saturating_sub(began).as_secs() / 3_600;
    assert!(outcome.record.points > 1_200 && hours >= 1, "{outcome:?} {hours}");
    house.site.set_limits(Limits::default());
    house.is_fresh("after waiting").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listing_that_fails_is_got_round_and_the_run_goes_on() {
    for effect in [
        Effect::ServerError { moment: sluice::sandbox::Moment::Before },
        Effect::Unavailable { retry_after: None },
        Effect::Truncated,
        Effect::LoginPage,
        Effect::EdgeRefusal,
        Effect::HugeBody { bytes: 64 << 20 },
    ] {
        let house = House::of(seed::generate(150, 2)).await;
        house.site.set_fault(fault(LIST, 3, effect.clone()));
        house.try_run(Kind::Incremental).await;
        house.site.clear_faults();
        house.run(Kind::Full).await;
        house.is_fresh(&format!("{effect:?}")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_are_not_there_for_a_moment_stay() {
    let house = House::of(seed::generate(300, 3)).await;
    house.run(Kind::Incremental).await;
    let before = house.copies.seen();
    house.site.set_fault(fault(LIST, 40, Effect::NotFound));
    house.try_run(Kind::Sweep).await;
    house.site.clear_faults();
    assert_eq!(house.copies.seen().len(), before.len());
    // Half of the pages vanish and come back: the guard keeps them meanwhile.
    let trashed = |site: &mut Site, from, to| {
        for content in site.contents.values_mut().filter(|one| one.id % 2 == 0 && one.status == from) {
            content.status = to;
        }
    };
    house.site.with_site(|site| trashed(site, ContentStatus::Current, ContentStatus::Trashed));
    let outcome = house.run(Kind::Sweep).await;
    assert!(outcome.record.errors > 0 && outcome.record.removed < 20, "{outcome:?}");
    house.site.with_site(|site| trashed(site, ContentStatus::Trashed, ContentStatus::Current));
    house.run(Kind::Sweep).await;
    house.is_fresh("they are back").await;
    house.site.with_site(|site| trashed(site, ContentStatus::Current, ContentStatus::Trashed));
    house.run(Kind::Sweep).await;
    house.run(Kind::Sweep).await;
    house.is_fresh("gone at the second look").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_and_damaged_copies_end_a_run_and_the_next_makes_good() {
    let house = House::of(seed::generate(150, 4)).await;
    house.copies.fail(Some(CopiesError::Full));
    let outcome = house.try_run(Kind::Incremental).await;
    assert_eq!((outcome.record.how, outcome.stopped), (Ended::Failed, Some(Stop::Copies(CopiesError::Full))));
    house.copies.fail(None);
    house.run(Kind::Incremental).await;
    house.is_fresh("room again").await;
    let id = house.copies.seen().into_keys().next().unwrap();
    house.copies.lose(&id);
    house.run(Kind::Sweep).await;
    house.is_fresh("a lost copy").await;
    house.copies.fail(Some(CopiesError::Damaged("bits".into())));
    house.site.with_site(|site| site.contents.values_mut().for_each(|one| one.labels.clear()));
    let now = sluice::clock::Clock::now(&*house.clock);
    house.site.with_site(|site| {
        for content in site.contents.values_mut() {
            let mut version = content.versions.last().unwrap().clone();
            (version.number, version.created) = (version.number + 1, now);
            content.versions.push(version);
        }
    });
    assert_eq!(house.try_run(Kind::Incremental).await.record.how, Ended::Failed);
    house.copies.fail(None);
    assert_eq!(house.copies.count(), 0);
    house.run(Kind::Incremental).await;
    house.is_fresh("made anew").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damage_found_between_runs_is_told_and_mended_by_the_next_run() {
    let house = House::of(seed::generate(150, 4)).await;
    house.run(Kind::Incremental).await;
    let whole = house.copies.count();
    house.copies.harm();
    assert!(house.sync.status().damage.is_some_and(|damage| damage.contains("damaged") && damage.contains("bits")));
    // Cut off before anything was compared, and a little later.
    for polls in [0, 1, 3] {
        let ended = house.run_and_kill(Kind::Incremental, polls).await;
        assert!(!ended && house.sync.status().damage.is_some(), "{polls}");
    }
    let outcome = house.run(Kind::Incremental).await;
    assert_eq!((outcome.record.kind, house.sync.status().damage), (Kind::Sweep, None));
    house.is_fresh("mended").await;
    assert!(outcome.record.written <= whole as u64);
    assert_eq!(house.run(Kind::Incremental).await.record.kind, Kind::Incremental);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_search_may_lag_behind_or_fail() {
    let house = House::of(seed::generate(120, 5)).await;
    house.site.set_fault(fault("GET /wiki/rest/api/content/search", 2, Effect::NotFound));
    house.run(Kind::Incremental).await;
    house.site.clear_faults();
    house.run(Kind::Full).await;
    house.is_fresh("labels came one by one").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cursors_that_lead_in_circles_and_parts_without_anything_remove_nothing() {
    for (effect, times, goes_on) in [(Effect::Circle, 14, false), (Effect::Hollow, 9, true)] {
        let house = House::of(in_one_space(seed::generate(700, 6))).await;
        house.run(Kind::Incremental).await;
        let before = house.copies.seen().len();
        house.site.set_fault(fault(LIST, times, effect.clone()));
        let outcome = house.try_run(Kind::Sweep).await;
        house.site.clear_faults();
        assert_eq!(house.copies.seen().len(), before, "{effect:?}: {outcome:?}");
        let expected = if goes_on { Ended::Done } else { Ended::Incomplete };
        assert_eq!(outcome.record.how, expected, "{effect:?}: {outcome:?}");
        house.run(Kind::Full).await;
        house.is_fresh(&format!("{effect:?}")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_one_page_whose_body_will_not_come_is_named_and_all_others_are_copied() {
    let house = House::of(seed::generate(300, 7)).await;
    let page = house.site.with_site(|site| {
        let current = |one: &&sluice::sandbox::model::Content| {
            one.kind == sluice::sandbox::model::ContentKind::Page && one.status == ContentStatus::Current
        };
        site.contents.values().filter(current).nth(77).unwrap().id.to_string()
    });
    house.site.set_fault(fault(LIST, 1_000_000, Effect::ChokesOn { page: page.clone() }));
    let outcome = house.run(Kind::Incremental).await;
    let trouble = outcome.record.troubles.iter().find(|trouble| trouble.id.as_ref() == Some(&page));
    assert!(trouble.is_some() && outcome.record.errors == 1, "{outcome:?}");
    let seen = house.copies.seen();
    assert!(seen[&page].body.is_empty() && !seen[&page].title.is_empty());
    house.site.clear_faults();
    house.run(Kind::Sweep).await;
    house.is_fresh("its body comes after all").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_that_has_died_begins_its_listing_again() {
    let house = House::of(in_one_space(seed::generate(700, 8))).await;
    let table = sluice::store::Table::new("sync-leg");
    let mut under_way = false;
    for polls in (1..).step_by(3) {
        assert!(!house.run_and_kill(Kind::Incremental, polls).await, "it never was in the middle of a listing");
        let legs = house.store.scan(sluice::store::Scan::of(table, 100)).await.unwrap();
        let mut batch = sluice::store::Batch::new();
        for (key, record) in legs {
            let mut leg: serde_json::Value = serde_json::from_slice(&record.value).unwrap();
            if leg["cursor"].is_string() && leg["end"].is_null() {
                under_way = true;
                // What another site handed out is no cursor here.
                leg["cursor"] = "bm90IGEgY3Vyc29y".into();
                batch = batch.put(key, serde_json::to_vec(&leg).unwrap());
            }
        }
        house.store.commit(batch).await.unwrap();
        if under_way {
            break;
        }
    }
    house.run(Kind::Incremental).await;
    house.is_fresh("from the beginning").await;
}
