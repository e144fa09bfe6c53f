//! A token that Confluence refuses in the middle of things is renewed once, and the request is sent once more.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use jiff::SignedDuration;
use sluice::confluence::Failure;
use sluice::confluence::api::pages::{self, NewPage};
use sluice::connect::record::State;
use sluice::domain::access::{AccessClass, Create};
use sluice::domain::group::Group;
use sluice::domain::ids::{ApprovalId, SpaceId, SpaceKey};
use sluice::domain::place::Place;
use sluice::policy::ask::AgentId;
use sluice::policy::ports::{Approver, Freshness, LocateError, Locator, RecordError, Recorder, Row, Verdict};
use sluice::policy::{Caller, Gate, Permit, Proposal, ToolFacts, Usage};
use sluice::sandbox::signin::Revocation;

use super::house::{HOUR, House, app};
use crate::desk::{FULL, profile};

const PAGE: &str = "GET /wiki/api/v2/pages/{id}";
const NEW_PAGE: &str = "POST /wiki/api/v2/pages";

/// Says yes to everything, and keeps nothing.
struct Yes;

impl Locator for Yes {
    fn space_of<'a>(&'a self, _: &'a Place, _: Freshness) -> BoxFuture<'a, Result<Option<SpaceId>, LocateError>> {
        async { Ok(Some("100".parse().unwrap())) }.boxed()
    }

    fn key_of<'a>(&'a self, _: &'a SpaceId) -> BoxFuture<'a, Result<Option<SpaceKey>, LocateError>> {
        async { Ok(Some("ITSD".parse().unwrap())) }.boxed()
    }
}

impl Approver for Yes {
    fn ask<'a>(&'a self, _: &'a Caller, _: &'a Proposal) -> BoxFuture<'a, Verdict> {
        async { Verdict::Approved { by: "maria".to_owned() } }.boxed()
    }
}

impl Recorder for Yes {
    fn record(&self, _: Row) -> BoxFuture<'_, Result<(), RecordError>> {
        async { Ok(()) }.boxed()
    }

    fn usage(&self, _: &AgentId) -> Usage {
        Usage::default()
    }
}

/// Makes a page with the connection.
async fn make_page(house: &House, keeper: &Arc<sluice::connect::Keeper>, title: &str) -> Result<(), Failure> {
    let space = "100".parse().unwrap();
    let request = pages::create_page(&NewPage { space: &space, title, parent: None, storage: "<p>New</p>" });
    let tool = ToolFacts { name: "create_page", group: Group::Pages, class: AccessClass::Create };
    let proposal = Proposal {
        approval: ApprovalId::of(1),
        tool,
        effect: AccessClass::Create,
        places: vec![Place::Space(space.clone())],
        target: title.to_owned(),
        summary: "a page".to_owned(),
        preview: String::new(),
        digest: request.digest(),
    };
    let gate = Gate::new(Arc::new(Yes), Arc::new(Yes), Arc::new(Yes));
    let caller = Caller::new(AgentId::new("agent"), profile(FULL));
    let permit: Permit<Create> = gate.pass(&caller, &proposal, Freshness::Live).await.unwrap();
    house.client(keeper).send(permit, request).await.map(drop)
}

fn pages_titled(house: &House, title: &str) -> usize {
    house.sandbox.with_site(|site| {
        site.contents.values().filter(|content| content.versions.last().unwrap().title == title).count()
    })
}

fn count(house: &House, template: &str) -> u64 {
    house.sandbox.requests().get(template).copied().unwrap_or_default()
}

#[tokio::test]
async fn a_read_whose_token_is_refused_is_sent_once_more_with_a_new_one() {
    let house = House::new().await;
    let keeper = house.connected().await;
    house.works(&keeper).await.unwrap();
    for round in 1..=3 {
        // At the site the hour is over; here half of it has passed.
        house.pass(HOUR / 2);
        house.sandbox.advance(SignedDuration::from_hours(2));
        let before = count(&house, PAGE);
        house.works(&keeper).await.unwrap();
        assert_eq!((house.exchanges(), count(&house, PAGE) - before), (round, 2));
    }
}

#[tokio::test]
async fn a_write_whose_token_is_refused_is_carried_out_once() {
    let house = House::new().await;
    let keeper = house.connected().await;
    house.pass(HOUR / 2);
    house.sandbox.advance(SignedDuration::from_hours(2));
    make_page(&house, &keeper, "Made once").await.unwrap();
    assert_eq!((house.exchanges(), count(&house, NEW_PAGE)), (1, 2));
    assert_eq!(pages_titled(&house, "Made once"), 1);
}

#[tokio::test]
async fn many_whose_token_is_refused_at_once_make_one_exchange() {
    let house = House::new().await;
    let keeper = house.connected().await;
    house.pass(HOUR / 2);
    house.sandbox.advance(SignedDuration::from_hours(2));
    let titles: Vec<String> = (0..5).map(|number| format!("Made {number}")).collect();
    let writes = futures_util::future::join_all(titles.iter().map(|title| make_page(&house, &keeper, title)));
    let reads = futures_util::future::join_all((0..15).map(|_| house.works(&keeper)));
    let (writes, reads) = futures_util::future::join(writes, reads).await;
    assert!(writes.into_iter().chain(reads).all(|answer| answer.is_ok()));
    assert_eq!(house.exchanges(), 1);
    assert!(titles.iter().all(|title| pages_titled(&house, title) == 1));
}

#[tokio::test]
async fn a_token_that_is_refused_just_after_its_renewal_is_not_renewed_again() {
    let house = House::new().await;
    let keeper = house.connected().await;
    house.pass(HOUR);
    house.works(&keeper).await.unwrap();
    house.pass(Duration::from_secs(59));
    house.sandbox.advance(SignedDuration::from_hours(2));
    for _ in 0..3 {
        let failure = house.works(&keeper).await.unwrap_err();
        assert!(matches!(failure, Failure::NotSignedIn(_)), "{failure:?}");
    }
    assert_eq!((house.exchanges(), house.state()), (1, State::Connected));
    house.pass(Duration::from_secs(2));
    house.works(&keeper).await.unwrap();
    assert_eq!(house.exchanges(), 2);
}

#[tokio::test]
async fn who_was_refused_with_an_old_token_only_takes_the_new_one() {
    use sluice::confluence::credentials::{Credentials as _, Refusal, Remedy};
    let house = House::new().await;
    let keeper = house.connected().await;
    let old = keeper.authorization().await.unwrap();
    house.pass(HOUR);
    house.works(&keeper).await.unwrap();
    house.pass(Duration::from_mins(5));
    assert_eq!(keeper.refused(&old, Refusal::First).await.unwrap(), Remedy::SendAgain);
    assert_eq!(house.exchanges(), 1);
}

#[tokio::test]
async fn a_service_account_gets_its_next_token_from_nobody_but_itself() {
    use sluice::connect::host::SignInHost;
    use sluice::connect::secrets::{ClientSecrets, Secrets};
    use sluice::sandbox::signin::{SERVICE_CLIENT_ID, SERVICE_CLIENT_SECRET};
    let house = House::new().await;
    let secret = secrecy::SecretString::from(SERVICE_CLIENT_SECRET);
    let client = ClientSecrets { id: SERVICE_CLIENT_ID.to_owned(), secret: secret.into() };
    let host = SignInHost::new(&house.sandbox.url().parse().unwrap(), &super::house::way()).unwrap();
    let granted = host.client_credentials(&client).await.unwrap();
    let access = Some(sluice::connect::establish::access(&granted, sluice::clock::Clock::now(&*house.time)));
    let secrets = Secrets::ServiceAccount { client, tokens: granted.tokens };
    house.keep_these("acme", "id-1", granted.scopes, access, secrets).await;
    let keeper = house.keeper().await;
    let asked = || count(&house, "POST /oauth/token#client_credentials") - 1;
    for round in 1..=3 {
        house.pass(HOUR);
        house.works(&keeper).await.unwrap();
        assert_eq!(asked(), round);
    }
    house.strike(1, sluice::sandbox::Effect::TooManyRequests { retry_after: None });
    house.pass(HOUR);
    house.works(&keeper).await.unwrap_err();
    assert_eq!(asked(), 4, "who is asked too much is not asked at once again");
    house.sandbox.revoke(&Revocation::default());
    house.pass(Duration::from_mins(1));
    house.works(&keeper).await.unwrap();
    let wrong = app("wrong");
    assert!(host.client_credentials(&wrong).await.is_err());
}
