//! From a person's consent to requests at every site that it covers.

use sluice::confluence::api::users;
use sluice::connect::record::{Method, State};
use sluice::connect::sites;
use sluice::policy::gate::BuiltIn;
use sluice::sandbox::signin::SCOPES;
use sluice::sandbox::{CLOUD_ID, SECOND_CLOUD_ID};

use super::house::{HOUR, House, acme, way};
use crate::small_site::ADMIN;

#[tokio::test]
async fn a_consent_becomes_a_connection_that_works_at_every_site_it_covers() {
    let house = House::new().await;
    let granted = house.consent().await;
    assert_eq!((granted.lasts, granted.scopes.len()), (HOUR, SCOPES.len() + 1));
    let gateway = house.sandbox.url().parse().unwrap();
    let access = granted.tokens.access.secret().clone();
    let covered = sites::sites(&gateway, &access, &way()).await.unwrap();
    let ids: Vec<_> = covered.iter().map(|site| site.cloud_id.as_str()).collect();
    assert_eq!(ids, [CLOUD_ID, SECOND_CLOUD_ID], "one is listed twice, one has no Confluence");
    assert_eq!(covered[0].url, house.sandbox.url());
    assert!(covered[0].scopes.iter().any(|scope| scope == "read:jira-work"));
    assert_eq!(sites::me(&gateway, &access, &way()).await.unwrap().account_id, ADMIN);
    let record = house.keep("acme", "id-1", granted).await;
    assert_eq!((record.method, record.generation, record.state), (Method::OAuth, 1, State::Connected));
    assert_eq!(house.cabinet.default(), None);
    house.cabinet.choose(&acme()).unwrap();
    assert_eq!(house.cabinet.default(), Some(acme()));
    let keeper = house.keeper().await;
    assert!(keeper.is_current().await);
    house.works(&keeper).await.unwrap();
    for site in &covered {
        let client = house.client_at(&keeper, &site.cloud_id, &house.sandbox.url());
        client.send(&BuiltIn::NameLookUp.permit(), users::current_user()).await.unwrap();
    }
    assert_eq!(house.exchanges(), 0);
}

#[tokio::test]
async fn a_code_is_exchanged_once_and_only_with_the_right_secret() {
    let house = House::new().await;
    house.consent().await;
    let count = house.sandbox.requests()["POST /oauth/token#authorization_code"];
    assert_eq!(count, 1);
}
