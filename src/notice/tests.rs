//! Notices against receivers and commands that do as they please.

#[cfg(unix)]
mod command;
mod connections;
mod settings;
mod shapes;
mod webhook;

use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use tokio::sync::watch;

use super::*;
use crate::clock::Clock;

/// A clock that stands still until it is moved, and then ends the waits that are over.
struct Ticks(watch::Sender<Duration>);

impl Ticks {
    fn new() -> Self {
        Self(watch::Sender::new(Duration::ZERO))
    }

    fn advance(&self, by: Duration) {
        self.0.send_modify(|passed| *passed += by);
    }
}

impl Clock for Ticks {
    fn now(&self) -> Timestamp {
        notice(1).asked_at + self.steady()
    }

    fn steady(&self) -> Duration {
        *self.0.borrow()
    }

    fn sleep(&self, wait: Duration) -> BoxFuture<'static, ()> {
        let (mut passed, end) = (self.0.subscribe(), self.steady() + wait);
        Box::pin(async move {
            // Without its clock a test is over.
            let _ = passed.wait_for(|passed| *passed >= end).await;
        })
    }
}

fn notice(number: u128) -> Notice {
    Notice {
        approval: ApprovalId::of(number),
        agent: AgentId::new("local"),
        owner: "Ada".into(),
        tool: "update_page".into(),
        class: AccessClass::Update,
        target: "page 123 \"VPN runbook\"".into(),
        summary: "Replaces the body of page 123".into(),
        preview: "- old\n+ new".into(),
        places: vec![Place::SpaceKey("IT".parse().unwrap()), Place::Nowhere],
        asked_at: "2026-11-22T10:30:00Z".parse().unwrap(),
        decide_by: "2026-11-23T10:30:00Z".parse().unwrap(),
        digest: Digest::of([b"x".as_slice()]),
        review_url: None,
        site: "https://acme.atlassian.net".into(),
    }
}

#[test]
fn a_notice_is_cut_and_comes_back_as_it_was() {
    let long = "ö\u{1}".repeat(100_000);
    let hostile =
        Notice { target: long.clone(), summary: long.clone(), preview: long.clone(), owner: long, ..notice(1) };
    let cut = hostile.cut();
    assert_eq!((cut.preview.chars().count(), cut.target.chars().count()), (LONGEST_PREVIEW + 1, LONGEST_LINE + 1));
    let written = serde_json::to_vec(&cut).unwrap();
    assert!(written.len() < 64 * 1024, "{}", written.len());
    assert_eq!(serde_json::from_slice::<Notice>(&written).unwrap(), cut);
    assert_eq!(notice(1).cut(), notice(1));
}
