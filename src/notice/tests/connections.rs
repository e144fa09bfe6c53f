//! Which troubles of connections are told, when, and how often.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::connect::record::{Method, Place};
use crate::connect::{CabinetError, Record, record};
use crate::notice::connections::{News, Seen, TABLE, Told, Trouble, What, news, tell};
use crate::notice::{ConnectionNotice, Listening, outbox};
use crate::store::memory::MemoryStore;
use crate::store::{Scan, Store};

fn start() -> Timestamp {
    "2026-11-22T10:30:00Z".parse().unwrap()
}

fn later(hours: i64) -> Timestamp {
    start() + SignedDuration::from_hours(hours)
}

fn trouble(what: What) -> Trouble {
    let (id, connection, site) = ("c-1".into(), "acme".into(), "https://acme.atlassian.net".into());
    Trouble { id, connection, site, what, since: start(), why: "the grant was revoked".into() }
}

fn seen(troubles: impl IntoIterator<Item = Trouble>) -> Seen {
    Seen { troubles: troubles.into_iter().collect(), ..Seen::default() }
}

fn well() -> Seen {
    Seen { well: ["c-1".to_owned()].into(), ..Seen::default() }
}

/// What is told of a connection that needs somebody.
pub(super) fn notice() -> ConnectionNotice {
    let told = news(start(), &seen([trouble(What::ReconnectNeeded)]), &BTreeMap::new());
    told[0].notice.clone().unwrap()
}

/// Looks at one state after the other; the states that were told.
fn told(looks: impl IntoIterator<Item = (Timestamp, Seen)>) -> Vec<String> {
    let (mut known, mut said) = (BTreeMap::<String, Told>::new(), Vec::new());
    for (now, seen) in looks {
        for News { id, notice, told, .. } in news(now, &seen, &known) {
            said.extend(notice.map(|notice| notice.state));
            match told {
                Some(told) => drop(known.insert(id, told)),
                None => drop(known.remove(&id)),
            }
        }
    }
    said
}

#[test]
fn that_somebody_has_to_sign_in_again_is_told_at_once_and_once() {
    let needed = || seen([trouble(What::ReconnectNeeded)]);
    // Its reason and its moment are said anew whenever it is tried.
    let again = Trouble { since: later(1), why: "still".into(), ..trouble(What::ReconnectNeeded) };
    let looks = [(start(), needed()), (later(1), needed()), (later(2), seen([again]))];
    assert_eq!(told(looks), ["reconnect needed"]);
    let notice = notice();
    assert_eq!(notice.how.as_deref(), Some("sluice connect --reconnect acme"));
    assert!(notice.id.starts_with("cn-") && notice.id.len() == 29 && !notice.is_good(), "{notice:?}");
}

#[test]
fn what_fails_is_told_after_a_day_and_not_before() {
    let failing = || seen([trouble(What::Failing)]);
    assert_eq!(told([(start(), failing()), (later(23), failing())]), Vec::<String>::new());
    assert_eq!(told([(later(23), failing()), (later(24), failing()), (later(50), failing())]), ["failing"]);
    let worse = seen([trouble(What::ReconnectNeeded)]);
    assert_eq!(told([(later(24), failing()), (later(25), worse)]), ["failing", "reconnect needed"]);
}

#[test]
fn that_it_is_well_again_is_told_once_and_only_where_a_trouble_was() {
    let needed = || seen([trouble(What::ReconnectNeeded)]);
    let looks = [(start(), needed()), (later(1), well()), (later(2), well()), (later(3), needed())];
    assert_eq!(told(looks), ["reconnect needed", "well again", "reconnect needed"]);
    let short = [(start(), seen([trouble(What::Failing)])), (later(1), well())];
    assert_eq!(told(short), Vec::<String>::new());
}

#[test]
fn what_cannot_be_read_is_neither_well_nor_gone_and_what_is_gone_is_forgotten_in_silence() {
    let needed = || seen([trouble(What::ReconnectNeeded)]);
    let unreadable = Seen { unreadable: true, ..Seen::default() };
    assert_eq!(told([(start(), needed()), (later(1), unreadable), (later(2), needed())]), ["reconnect needed"]);
    let looks = [(start(), needed()), (later(1), Seen::default()), (later(2), well())];
    assert_eq!(told(looks), ["reconnect needed"]);
}

#[test]
fn records_say_what_is_the_matter_and_no_secret() {
    let record = |state| Record {
        id: "c-1".into(),
        name: "acme".parse().unwrap(),
        method: Method::OAuth,
        place: Place {
            site: "https://acme.atlassian.net".into(),
            cloud_id: None,
            gateway: None,
            account_id: "1".into(),
            account_name: "Ada".into(),
        },
        auth_host: None,
        scopes: Vec::new(),
        connected_at: start(),
        access: None,
        generation: 1,
        state,
    };
    let (since, why) = (start(), "the grant was revoked".to_owned());
    let name = || "acme".parse().unwrap();
    let listed = [
        (name(), Ok(record(record::State::ReconnectNeeded { since, why }))),
        (name(), Ok(record(record::State::Connected))),
        (name(), Err(CabinetError::Busy(name()))),
    ];
    let expected =
        Seen { troubles: vec![trouble(What::ReconnectNeeded)], well: ["c-1".to_owned()].into(), unreadable: true };
    assert_eq!(Seen::of(&listed), expected);
}

async fn waiting(store: &MemoryStore) -> usize {
    store.scan(Scan::of(outbox::TABLE, 9)).await.unwrap().len()
}

#[tokio::test]
async fn what_is_told_is_queued_once_whatever_restarts_and_taken_back_where_it_was_not_sent_in_time() {
    let (store, needed) = (MemoryStore::new(), seen([trouble(What::ReconnectNeeded)]));
    for _ in 0..3 {
        tell(&store, start(), &needed, Listening::Yes).await.unwrap();
    }
    assert_eq!(waiting(&store).await, 1);
    tell(&store, later(1), &well(), Listening::Yes).await.unwrap();
    let left = store.scan(Scan::of(outbox::TABLE, 9)).await.unwrap();
    assert_eq!(left.len(), 1);
    assert!(String::from_utf8_lossy(&left[0].1.value).contains("well again"));
    assert_eq!(store.scan(Scan::of(TABLE, 9)).await.unwrap(), []);
}

#[tokio::test]
async fn without_a_webhook_it_is_remembered_and_nothing_waits_to_be_sent() {
    let (store, needed) = (MemoryStore::new(), seen([trouble(What::ReconnectNeeded)]));
    tell(&store, start(), &needed, Listening::No).await.unwrap();
    assert_eq!(waiting(&store).await, 0);
    assert_eq!(store.scan(Scan::of(TABLE, 9)).await.unwrap().len(), 1);
}
