//! The first sync: what is copied and what never is, what it says meanwhile, what it costs and what the next one does.

use std::collections::BTreeSet;
use std::time::Duration;

use sluice::index::{Document, DocumentKind};
use sluice::sandbox::model::{ContentKind, ContentStatus, Id, Site, SpaceKind, SpaceStatus};
use sluice::sandbox::seed;
use sluice::sync::{Kind, Phase};
use tokio_util::sync::CancellationToken;

use super::edits::edit_anything;
use super::house::{As, House, wishes};

fn is_copied(site: &Site, id: Id) -> bool {
    let content = &site.contents[&id];
    let space = &site.spaces[&content.space];
    let kinds = [SpaceKind::Global, SpaceKind::Collaboration, SpaceKind::KnowledgeBase];
    kinds.contains(&space.kind)
        && space.status == SpaceStatus::Current
        && content.status == ContentStatus::Current
        && matches!(content.kind, ContentKind::Page | ContentKind::LiveDoc | ContentKind::BlogPost)
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_current_of_organizational_spaces_is_copied_and_nothing_else() {
    let house = House::of(seed::service_desk()).await;
    let outcome = house.run(Kind::Incremental).await;
    assert_eq!(outcome.record.errors, 0, "{outcome:?}");
    let seen = house.copies.seen();
    let (expected, files) = house.site.with_site(|site| {
        let admin = site.users.values().find(|user| user.admin).unwrap().account_id.clone();
        let hidden = |id: &Id| {
            let mut next = Some(*id);
            std::iter::from_fn(|| {
                let content = &site.contents[&next?];
                next = content.parent;
                Some(content)
            })
            .any(|content| content.readers.as_ref().is_some_and(|readers| !readers.contains(&admin)))
        };
        let expected: BTreeSet<Id> =
            site.contents.keys().copied().filter(|id| is_copied(site, *id) && !hidden(id)).collect();
        let files = site.attachments.values().filter(|file| file.status == ContentStatus::Current);
        let files = files.filter(|file| expected.contains(&file.container)).count();
        (expected, files)
    });
    let of = |kind: DocumentKind| seen.values().filter(move |document| document.kind == kind);
    let pages = of(DocumentKind::Page).chain(of(DocumentKind::BlogPost));
    let copied: BTreeSet<Id> = pages.map(|document| document.id.parse().unwrap()).collect();
    assert_eq!(copied, expected);
    assert!(copied.len() > 300 && files > 5);
    assert_eq!(of(DocumentKind::Attachment).count(), files);
    assert!(seen.values().all(|document| !document.space.key.starts_with('~')));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_says_what_the_page_is_where_it_stands_and_who_wrote_it() {
    let house = House::of(seed::service_desk()).await;
    house.run(Kind::Incremental).await;
    let seen = house.copies.seen();
    let deep = |document: &&Document| document.kind == DocumentKind::Page && document.breadcrumb.len() > 2;
    let page = seen.values().find(|document| deep(document) && !document.labels.is_empty()).unwrap();
    house.site.with_site(|site| {
        let content = &site.contents[&page.id.parse::<Id>().unwrap()];
        let version = content.versions.last().unwrap();
        assert_eq!((page.title.as_str(), page.version), (version.title.as_str(), u64::from(version.number)));
        assert_eq!(page.modified, Some(version.created));
        let mut above = Vec::new();
        let mut next = content.parent;
        while let Some(id) = next {
            above.insert(0, site.contents[&id].versions.last().unwrap().title.clone());
            next = site.contents[&id].parent;
        }
        assert_eq!(page.breadcrumb, above);
        assert_eq!(page.author.as_ref().unwrap().account_id, content.author);
        assert_eq!(page.editor.as_ref().unwrap().account_id, version.author);
    });
    assert!(!page.body.contains("<p>") && page.url.starts_with("https://acme.atlassian.net/wiki/spaces/"));
    let restricted = seen.values().filter(|document| document.restricted).count();
    let bound = house.site.with_site(|site| site.contents.values().filter(|one| one.readers.is_some()).count());
    assert!((1..seen.len() / 2).contains(&restricted), "{restricted} {bound}");
    let names: BTreeSet<&str> =
        seen.values().filter_map(|document| Some(document.editor.as_ref()?.name.as_str())).collect();
    assert!(names.contains(sluice::sync::CLOSED), "{names:?}");
}

/// How many different states searches see until a run publishes what it has made, and that none is younger than told.
async fn states_seen(house: &House, kind: Kind) -> usize {
    let mut watch = house.sync.watch();
    let (token, first) = (CancellationToken::new(), house.sync.status().synced.is_none());
    let mut states = vec![house.copies.seen()];
    let watching = async {
        while watch.changed().await.is_ok() {
            let now = watch.borrow_and_update().clone();
            if matches!(now.phase, Phase::Publishing | Phase::Idle) {
                break;
            }
            assert_eq!(now.synced.is_none(), first, "{now:?}");
            states.push(house.copies.seen());
        }
    };
    tokio::join!(house.sync.run(kind, &token), watching);
    states.dedup();
    states.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_sync_is_searched_while_it_goes_on_and_a_later_one_all_at_once() {
    let house = House::of(seed::generate(400, 1)).await;
    assert!(states_seen(&house, Kind::Incremental).await > 1);
    house.is_fresh("after the first").await;
    let mut random = fastrand::Rng::with_seed(1);
    // What an ordinary run holds back, because it is much of a space at once, goes with a full one.
    for kind in [Kind::Incremental, Kind::Sweep, Kind::Full] {
        let now = sluice::clock::Clock::now(&*house.clock);
        house.site.with_site(|site| (0..30).for_each(|_| edit_anything(site, &mut random, now)));
        assert_eq!(states_seen(&house, kind).await, 1);
    }
    house.is_fresh("after the last").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn spaces_are_chosen_by_key() {
    let some = sluice::sync::Settings {
        choice: sluice::sync::plan::spaces::Choice {
            include: vec!["IT".parse().unwrap(), "HR".parse().unwrap()],
            exclude: vec!["hr".parse().unwrap()],
        },
        ..wishes()
    };
    let house = House::with(seed::service_desk(), As::Administrator, some).await;
    house.run(Kind::Incremental).await;
    let seen = house.copies.seen();
    assert!(!seen.is_empty() && seen.values().all(|document| document.space.key == "IT"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_tells_what_is_done_and_what_the_last_runs_came_to() {
    let house = House::of(seed::service_desk()).await;
    let mut watch = house.sync.watch();
    let mut phases = BTreeSet::new();
    let token = CancellationToken::new();
    let watching = async {
        while watch.changed().await.is_ok() {
            let status = watch.borrow_and_update().clone();
            phases.insert(format!("{:?}", status.phase));
            if status.phase == Phase::Idle && status.last.is_some() {
                break;
            }
        }
    };
    let (outcome, ()) = tokio::join!(house.sync.run(Kind::Full, &token), watching);
    assert!(phases.contains("Pages") && phases.contains("Idle"), "{phases:?}");
    let status = house.sync.status();
    assert_eq!(status.pages.total, Some(status.pages.done), "{status:?}");
    assert_eq!(status.spaces.total, Some(status.spaces.done));
    assert!(status.requests > 10 && status.points > 300 && status.written > 300);
    assert_eq!(status.last.as_ref(), Some(&outcome.record));
    assert!(status.synced.is_some() && status.swept.is_some());
    for _ in 0..60 {
        house.run(Kind::Incremental).await;
    }
    let history = house.sync.history().await.unwrap();
    assert_eq!((history.len(), history[0].number), (50, 61));
    let text = serde_json::to_value(&status).unwrap();
    assert_eq!((&text["phase"], &text["last"]["how"]), (&"idle".into(), &"done".into()));
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stderr, reason = "figures for whoever runs it with --nocapture")]
async fn an_unchanged_site_of_ten_thousand_pages_costs_few_requests() {
    let house = House::with(seed::generate(10_000, 7), As::App, wishes()).await;
    let spaces = house.site.with_site(|site| site.spaces.len());
    house.site.reset_counts();
    let first = house.run(Kind::Incremental).await.record;
    let (requests, copies) = (house.site.total_requests(), house.copies.count());
    assert!(copies >= 10_000 && (90..=110).contains(&spaces), "{copies} {spaces}");
    eprintln!("first: {requests} requests, {} points for {copies} copies in {spaces} spaces", first.points);
    // A page costs a point where it is read, and one where its labels and restrictions are; a folder costs three.
    assert!(first.points < 5 * copies as u64 / 2, "{}", first.points);
    house.site.reset_counts();
    let second = house.run(Kind::Incremental).await.record;
    eprintln!("again: {} requests, {} points", house.site.total_requests(), second.points);
    assert!(house.site.total_requests() <= 60, "{}", house.site.total_requests());
    assert_eq!((second.written, second.removed), (0, 0));
    house.clock.pass(Duration::from_hours(2));
    house.site.reset_counts();
    let sweep = house.run(Kind::Sweep).await.record;
    eprintln!("sweep: {} requests, {} points", house.site.total_requests(), sweep.points);
    assert_eq!((sweep.written, sweep.removed), (0, 0));
}
