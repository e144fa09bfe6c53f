//! The client against the simulated site: both hosts, lists, faults, limits, TLS and downloads.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use serde_json::Value;
use sluice::clock::Clock;
use sluice::confluence::api::{Paging, attachments, pages};
use sluice::confluence::client::Extent;
use sluice::confluence::failure::{Defect, Obstacle, TryAgain};
use sluice::confluence::{Address, ApiToken, Bearer, Client, Credentials, Failure, Settings};
use sluice::domain::access::Read;
use sluice::policy::Permit;
use sluice::policy::gate::BuiltIn;
use sluice::sandbox::{Announced, CLOUD_ID, Effect, Fault, Limits, Moment, RetryAfter, Sandbox};

use crate::small_site::{ADMIN, START, start, start_with};

/// A clock that nobody waits for.
#[derive(Default)]
struct Hurried(Mutex<Duration>);

impl Clock for Hurried {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(START).unwrap() + self.steady()
    }

    fn steady(&self) -> Duration {
        *self.0.lock().unwrap()
    }

    fn sleep(&self, wait: Duration) -> BoxFuture<'static, ()> {
        *self.0.lock().unwrap() += wait;
        Box::pin(std::future::ready(()))
    }
}

fn settings(sandbox: &Sandbox) -> Settings {
    let token = ApiToken::new("admin@example.com", "sandbox-token".into()).unwrap();
    Settings {
        clock: Arc::new(Hurried::default()),
        ..Settings::new(Address::site(&sandbox.url()).unwrap(), Arc::new(token))
    }
}

fn on_gateway(sandbox: &Sandbox, credentials: impl Credentials + 'static) -> Client {
    let address = Address::gateway(&sandbox.url(), CLOUD_ID).unwrap();
    Client::new(Settings { address, credentials: Arc::new(credentials), ..settings(sandbox) }).unwrap()
}

fn client(sandbox: &Sandbox) -> Client {
    Client::new(settings(sandbox)).unwrap()
}

fn reads() -> Permit<Read> {
    BuiltIn::NameLookUp.permit()
}

async fn title(client: &Client) -> Result<Value, Failure> {
    let page = client.send(&reads(), pages::get_page(&"1001".parse().unwrap(), None)).await?;
    Ok(page.json::<Value>()?["title"].clone())
}

fn strike(sandbox: &Sandbox, times: u32, effect: Effect) {
    sandbox.set_fault(Fault { template: None, times, effect });
}

#[tokio::test]
async fn the_same_page_comes_over_both_hosts() {
    let sandbox = start().await;
    assert_eq!(title(&client(&sandbox)).await.unwrap(), "Runbook 1");
    let token = sandbox.issue_token(ADMIN, &["read:page:confluence"]);
    assert_eq!(title(&on_gateway(&sandbox, Bearer::new(token.into()).unwrap())).await.unwrap(), "Runbook 1");
}

#[tokio::test]
async fn wrong_tokens_and_missing_scopes_are_told_apart() {
    let sandbox = start().await;
    let wrong = ApiToken::new("admin@example.com", "wrong-token".into()).unwrap();
    let wrong = Client::new(Settings { credentials: Arc::new(wrong), ..settings(&sandbox) }).unwrap();
    assert_eq!(title(&wrong).await.unwrap_err().code(), "not_signed_in");
    let token = sandbox.issue_token(ADMIN, &["read:space:confluence"]);
    let narrow = on_gateway(&sandbox, Bearer::new(token.into()).unwrap());
    assert_eq!(title(&narrow).await.unwrap_err().code(), "scope_missing");
}

#[tokio::test]
async fn cursors_lead_through_a_whole_list_once() {
    let sandbox = start().await;
    let client = client(&sandbox);
    let mut paging = Paging { limit: Some(15), cursor: None };
    let mut ids = Vec::new();
    loop {
        let request = pages::list_pages_in_space(&"100".parse().unwrap(), &paging);
        let reply = client.send(&reads(), request).await.unwrap();
        let list: Value = reply.json().unwrap();
        ids.extend(list["results"].as_array().unwrap().iter().map(|page| page["id"].as_str().unwrap().to_owned()));
        paging.cursor = reply.next_cursor();
        if paging.cursor.is_none() {
            break;
        }
    }
    let listed = ids.len();
    ids.sort();
    ids.dedup();
    assert!(listed > 30, "{listed}");
    assert_eq!(ids.len(), listed);
}

#[tokio::test]
async fn faults_that_pass_are_not_noticed_and_others_are_named() {
    let sandbox = start().await;
    let client = client(&sandbox);
    let passing = [
        Effect::TooManyRequests { retry_after: Some(RetryAfter::Seconds(3)) },
        Effect::TooManyRequests { retry_after: None },
        Effect::Unavailable { retry_after: None },
        Effect::Truncated,
        Effect::Reset { moment: Moment::default() },
    ];
    for effect in passing {
        strike(&sandbox, 1, effect.clone());
        sandbox.reset_counts();
        assert!(title(&client).await.is_ok(), "{effect:?}");
    }
    let lasting = [
        (Effect::ServerError { moment: Moment::default() }, "unavailable"),
        (Effect::LoginPage, "unreadable"),
        (Effect::EdgeRefusal, "forbidden"),
        (Effect::NotFound, "not_found"),
        (Effect::HugeBody { bytes: 33 << 20 }, "too_big"),
        (Effect::GzipBomb { bytes: 33 << 20 }, "too_big"),
    ];
    for (effect, code) in lasting {
        strike(&sandbox, 1, effect.clone());
        assert_eq!(title(&client).await.unwrap_err().code(), code, "{effect:?}");
        sandbox.clear_faults();
    }
    strike(&sandbox, 1, Effect::LoginPage);
    let failure = title(&client).await.unwrap_err();
    assert!(matches!(failure, Failure::Unreadable { defect: Defect::WebPage, .. }), "{failure:?}");
}

#[tokio::test]
async fn a_spent_quota_is_told_with_the_time_to_come_back() {
    let sandbox = start().await;
    sandbox.set_limits(Limits { points_per_hour: Some(50), announced: Announced::Enforced, ..Limits::default() });
    let token = sandbox.issue_token(ADMIN, &["read:page:confluence"]);
    let client = on_gateway(&sandbox, Bearer::new(token.into()).unwrap());
    let list = || pages::list_pages(&[], &Paging { limit: Some(35), cursor: None });
    client.send(&reads(), list()).await.unwrap();
    let left = client.points().unwrap();
    assert_eq!((left.quota, left.left), (50, 14));
    client.send(&reads(), list()).await.unwrap();
    assert_eq!(client.points().unwrap().left, 0);
    let requests = sandbox.total_requests();
    let failure = title(&client).await.unwrap_err();
    assert!(matches!(failure.try_again(), TryAgain::After(wait) if wait > Duration::from_mins(1)), "{failure:?}");
    assert_eq!(sandbox.total_requests(), requests, "nothing is asked of a spent quota");
}

#[tokio::test]
async fn the_throwaway_authority_is_trusted_only_where_it_is_named() {
    let sandbox = start_with(|options| options.tls = true).await;
    let authorities = sandbox.ca_pem().map(|pem| pem.as_bytes().to_vec());
    assert!(authorities.is_some());
    let trusting = Client::new(Settings { authorities, ..settings(&sandbox) }).unwrap();
    assert_eq!(title(&trusting).await.unwrap(), "Runbook 1");
    let file = attachments::download_attachment(&"1001".parse().unwrap(), &"att4000".parse().unwrap());
    assert_eq!(&*trusting.download(&reads(), file, 100, drop).await.unwrap().bytes, b"hello");
    let failure = title(&client(&sandbox)).await.unwrap_err();
    assert!(matches!(failure, Failure::NotStarted { obstacle: Obstacle::Tls, .. }), "{failure:?}");
}

#[tokio::test]
async fn attachments_of_a_site_on_this_machine_come_from_whatever_port_their_media_host_has() {
    let sandbox = start().await;
    let file = || attachments::download_attachment(&"1001".parse().unwrap(), &"att4000".parse().unwrap());
    let download = client(&sandbox).download(&reads(), file(), 100, drop).await.unwrap();
    assert_eq!((&*download.bytes, download.extent), (b"hello".as_slice(), Extent::Whole));
    assert_eq!(download.media_type.as_deref(), Some("text/plain"));
}
