//! Writes: judged at every place and for what they really do, approved, written down, and only then let pass.

use sluice::domain::access::{AccessClass, Create, Delete, Read, Update};
use sluice::domain::digest::Digest;
use sluice::domain::place::Place;
use sluice::policy::ports::{Freshness, Verdict};
use sluice::policy::{Permit, Reason, Refusal, Usage, Warrant};

use super::fakes::{DELETE_PAGE, Day, UPDATE_PAGE, World, page, proposal};

const WRITER: &str = "[pages]\nmode = \"read-write\"\n[scope]\nallow_spaces = [\"IT\"]";
const DELETER: &str = "[pages]\nmode = \"read-write\"\nallow_delete = true";
const CAREFUL: &str =
    "[pages]\nmode = \"read-write\"\nallow_delete = true\nrequire_approval = true\n[scope]\nallow_spaces = [\"IT\"]";

fn yes() -> Verdict {
    Verdict::Approved { by: "maria".into() }
}

async fn update(world: &World, places: &[Place]) -> Result<Permit<Update>, Refusal> {
    world.gate.pass(&world.caller, &proposal(UPDATE_PAGE, AccessClass::Update, places), Freshness::Live).await
}

fn refused_for(result: Result<Permit<Update>, Refusal>) -> Reason {
    match result.unwrap_err() {
        Refusal::Profile { reason, .. } => reason,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_admitted_write_has_leave_to_read_and_no_more() {
    let world = World::new(WRITER);
    let permit: Permit<Read> = world.gate.admit(&world.caller, UPDATE_PAGE, "id: text 3".into()).await.unwrap();
    assert_eq!(permit.agent().as_str(), "agent");
    assert_eq!(world.record(), ["update_page update: called with id: text 3"]);
}

#[tokio::test]
async fn a_passed_write_is_written_down_before_it_is_sent_and_again_when_it_ended() {
    let world = World::new(WRITER);
    let plan = proposal(UPDATE_PAGE, AccessClass::Update, &[page("100")]);
    let permit: Permit<Update> = world.gate.pass(&world.caller, &plan, Freshness::Live).await.unwrap();
    assert_eq!(permit.agent().as_str(), "agent");
    assert_eq!(world.record(), ["update_page update: intended"]);
    world.gate.answered(&world.caller, UPDATE_PAGE, None).await;
    world.gate.answered(&world.caller, UPDATE_PAGE, Some("conflict".into())).await;
    assert_eq!(world.record()[1..], ["update_page update: answered", "update_page update: answered conflict"]);
}

#[tokio::test]
async fn a_permit_covers_the_one_request_it_names() {
    let world = World::new(WRITER);
    let permit = update(&world, &[page("100")]).await.unwrap();
    assert!(permit.covers(&|| Digest::of([b"the exact request".as_slice()])));
    assert!(!permit.covers(&|| Digest::of([b"another request".as_slice()])));
}

#[tokio::test]
async fn a_write_is_judged_at_every_place_it_touches_and_asks_the_site_now() {
    let world = World::new(WRITER);
    assert!(update(&world, &[page("100"), page("101")]).await.is_ok());
    let look_ups = [(page("100"), Freshness::Live), (page("101"), Freshness::Live)];
    assert_eq!(world.look_ups(), look_ups);

    for places in [[page("100"), page("200")], [page("200"), page("100")], [page("100"), Place::Unknown]] {
        let world = World::new(WRITER);
        assert_eq!(update(&world, &places).await.unwrap_err(), Refusal::NotFound, "{places:?}");
        assert_eq!(world.record(), ["update_page update: refused out_of_scope"]);
    }
}

#[tokio::test]
async fn a_write_out_of_scope_looks_like_one_on_nothing() {
    let world = World::new(WRITER);
    let hidden = update(&world, &[page("200")]).await.unwrap_err();
    let missing = update(&world, &[page("900")]).await.unwrap_err();
    assert_eq!((hidden.to_string(), hidden.hint()), (missing.to_string(), missing.hint()));
    assert_eq!(hidden, missing);
}

#[tokio::test]
async fn nobody_is_asked_about_a_write_out_of_scope() {
    let world = World::on(CAREFUL, Day { verdict: Some(yes()), ..Day::default() });
    assert_eq!(update(&world, &[page("100"), page("200")]).await.unwrap_err(), Refusal::NotFound);
    assert_eq!(world.asked(), []);
}

#[tokio::test]
async fn a_write_that_touches_no_place_is_judged_all_the_same() {
    assert!(update(&World::new(WRITER), &[]).await.is_ok());
    assert_eq!(refused_for(update(&World::new("[pages]\nmode = \"read-only\""), &[]).await), Reason::ReadOnly);
}

#[tokio::test]
async fn an_update_that_amounts_to_a_delete_is_judged_as_one() {
    let emptied = proposal(UPDATE_PAGE, AccessClass::Delete, &[page("100")]);
    let world = World::new(WRITER);
    assert_eq!(refused_for(world.gate.pass(&world.caller, &emptied, Freshness::Live).await), Reason::DeleteOff);
    assert_eq!(world.record(), ["update_page delete: refused delete_not_allowed"]);

    let world = World::new(DELETER);
    assert!(world.gate.pass::<Update>(&world.caller, &emptied, Freshness::Live).await.is_ok());
    assert_eq!(world.record(), ["update_page delete: intended"]);

    let spent = Usage { writes_last_hour: 0, deletes_last_day: 3 };
    let world = World::on(&format!("{DELETER}\n[limits]\ndeletes_per_day = 3"), Day { usage: spent, ..Day::default() });
    assert_eq!(refused_for(world.gate.pass(&world.caller, &emptied, Freshness::Live).await), Reason::DeletesSpent);
}

#[tokio::test]
async fn no_effect_lowers_what_the_tool_or_the_request_declares() {
    let world = World::new(WRITER);
    let claimed = proposal(DELETE_PAGE, AccessClass::Read, &[page("100")]);
    assert!(matches!(
        world.gate.pass::<Update>(&world.caller, &claimed, Freshness::Live).await,
        Err(Refusal::Profile { reason: Reason::DeleteOff, .. })
    ));
    let update_sending_a_delete = proposal(UPDATE_PAGE, AccessClass::Create, &[page("100")]);
    assert!(matches!(
        world.gate.pass::<Delete>(&world.caller, &update_sending_a_delete, Freshness::Live).await,
        Err(Refusal::Profile { reason: Reason::DeleteOff, .. })
    ));
    assert!(world.gate.pass::<Create>(&world.caller, &update_sending_a_delete, Freshness::Live).await.is_ok());
}

#[tokio::test]
async fn a_person_is_asked_only_where_the_profile_says_so_and_once_per_write() {
    let world = World::on(WRITER, Day { verdict: Some(yes()), ..Day::default() });
    assert!(update(&world, &[page("100")]).await.is_ok());
    assert_eq!(world.asked(), []);

    let world = World::on(CAREFUL, Day { verdict: Some(yes()), ..Day::default() });
    assert!(update(&world, &[page("100"), page("101"), page("102")]).await.is_ok());
    assert_eq!(world.asked(), [AccessClass::Update]);
    assert_eq!(world.record(), ["update_page update: intended, approved by maria"]);
}

#[tokio::test]
async fn a_person_is_asked_about_what_the_write_amounts_to() {
    let world = World::on(CAREFUL, Day { verdict: Some(yes()), ..Day::default() });
    let emptied = proposal(UPDATE_PAGE, AccessClass::Delete, &[page("100")]);
    let understated = proposal(DELETE_PAGE, AccessClass::Update, &[page("100")]);
    assert!(world.gate.pass::<Update>(&world.caller, &emptied, Freshness::Live).await.is_ok());
    assert!(world.gate.pass::<Delete>(&world.caller, &understated, Freshness::Live).await.is_ok());
    assert_eq!(world.asked(), [AccessClass::Delete, AccessClass::Delete]);
}

#[tokio::test]
async fn without_an_approver_a_write_that_needs_one_is_refused() {
    let world = World::new(CAREFUL);
    assert_eq!(update(&world, &[page("100")]).await.unwrap_err(), Refusal::NoApprover { profile: "test".into() });
    assert_eq!(world.record(), ["update_page update: not approved"]);
}

#[tokio::test]
async fn a_denied_write_says_who_denied_it_and_why() {
    let verdict = Some(Verdict::Denied { by: "maria".into(), reason: "wrong page".into() });
    let world = World::on(CAREFUL, Day { verdict, ..Day::default() });
    let refusal = update(&world, &[page("100")]).await.unwrap_err();
    assert_eq!(refusal.to_string(), "maria denied this write: wrong page");
    assert_eq!(world.record(), ["update_page update: not approved"]);
}

#[tokio::test]
async fn a_write_that_cannot_be_written_down_is_not_sent() {
    for (profile, verdict) in [(WRITER, None), (CAREFUL, Some(yes()))] {
        let world = World::on(profile, Day { verdict, book_full_after: Some(0), ..Day::default() });
        assert_eq!(update(&world, &[page("100")]).await.unwrap_err(), Refusal::NotRecorded);
    }
}

#[tokio::test]
async fn a_write_whose_place_cannot_be_looked_up_is_not_sent() {
    let world = World::on(WRITER, Day { site_is_down: true, ..Day::default() });
    assert!(matches!(update(&world, &[page("100")]).await, Err(Refusal::NotLocated(_))));
    assert!(world.record().is_empty());
}

#[tokio::test]
async fn a_limit_that_is_used_up_stops_a_write_before_its_plan() {
    let usage = Usage { writes_last_hour: 2, deletes_last_day: 0 };
    let world = World::on(&format!("{DELETER}\n[limits]\nwrites_per_hour = 2"), Day { usage, ..Day::default() });
    let refusal = world.gate.admit(&world.caller, UPDATE_PAGE, "id: text 3".into()).await.unwrap_err();
    assert_eq!(refusal.to_string(), "profile `test` allows no more writes in this hour");
    assert_eq!(refused_for(update(&world, &[page("100")]).await), Reason::WritesSpent);
    assert!(world.look_ups().is_empty());

    let usage = Usage { writes_last_hour: 1, deletes_last_day: 0 };
    let world = World::on(&format!("{DELETER}\n[limits]\nwrites_per_hour = 2"), Day { usage, ..Day::default() });
    assert!(update(&world, &[page("100")]).await.is_ok());
}

#[tokio::test]
async fn a_scope_of_everything_looks_nothing_up_for_writes_either() {
    let world = World::new(DELETER);
    assert!(update(&world, &[page("100"), page("200")]).await.is_ok());
    assert!(world.look_ups().is_empty());
}
