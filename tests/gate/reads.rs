//! Reads: admitted by the profile, sifted by the scope.

use sluice::domain::place::Place;
use sluice::policy::gate::{BuiltIn, may_ever};
use sluice::policy::ports::Freshness;
use sluice::policy::{Reason, Refusal, Unsifted};

use super::fakes::{DELETE_PAGE, Day, GET_PAGE, GET_USER, UPDATE_PAGE, World, page};

const IT_ONLY: &str = "[pages]\nmode = \"read-only\"\n[scope]\nallow_spaces = [\"IT\"]";
const EVERYTHING: &str = "[pages]\nmode = \"read-only\"";

fn reason(refusal: Refusal) -> Reason {
    match refusal {
        Refusal::Profile { reason, .. } => reason,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_hidden_tool_is_refused_without_any_look_up() {
    let world = World::new(IT_ONLY);
    for (tool, expected) in
        [(UPDATE_PAGE, Reason::ReadOnly), (DELETE_PAGE, Reason::ReadOnly), (GET_USER, Reason::GroupDisabled)]
    {
        assert_eq!(may_ever(&world.caller, tool), Err(expected));
        assert_eq!(reason(world.gate.admit(&world.caller, tool, "id: text 3".into()).await.unwrap_err()), expected);
    }
    assert!(world.look_ups().is_empty());
    assert_eq!(
        world.record(),
        [
            "update_page update: refused read_only",
            "delete_page delete: refused read_only",
            "get_user read: refused group_disabled"
        ]
    );
}

#[tokio::test]
async fn a_tool_the_profile_denies_is_refused_by_name() {
    let world = World::new("[pages]\nmode = \"read-only\"\n[tools]\ndeny = [\"get_page\"]");
    let refusal = world.gate.admit(&world.caller, GET_PAGE, "id: text 3".into()).await.unwrap_err();
    assert_eq!(refusal.to_string(), "profile `test` denies the tool `get_page`");
    assert_eq!(refusal.hint(), "an administrator can remove `get_page` from [tools] deny in the profile");
}

#[tokio::test]
async fn an_admitted_read_is_written_down_and_looks_nothing_up() {
    let world = World::new(IT_ONLY);
    let permit = world.gate.admit(&world.caller, GET_PAGE, "id: text 3".into()).await.unwrap();
    assert_eq!(permit.agent().as_str(), "agent");
    assert_eq!(world.record(), ["get_page read: called with id: text 3"]);
    assert!(world.look_ups().is_empty());
}

#[tokio::test]
async fn a_read_that_cannot_be_written_down_does_not_happen() {
    let world = World::on(IT_ONLY, Day { book_full_after: Some(0), ..Day::default() });
    assert_eq!(world.gate.admit(&world.caller, GET_PAGE, "id: text 3".into()).await.unwrap_err(), Refusal::NotRecorded);
}

#[tokio::test]
async fn a_refusal_that_cannot_be_written_down_is_still_a_refusal() {
    let world = World::on(IT_ONLY, Day { book_full_after: Some(0), ..Day::default() });
    assert_eq!(
        world.gate.admit(&world.caller, UPDATE_PAGE, "id: text 3".into()).await.unwrap_err(),
        Refusal::NotRecorded
    );
}

#[tokio::test]
async fn a_page_out_of_scope_looks_like_one_that_is_not_there() {
    let world = World::new(IT_ONLY);
    let hidden = world.gate.sift(&world.caller, Unsifted::one(page("200"), "secret")).await.unwrap_err();
    let missing = world.gate.sift(&world.caller, Unsifted::one(page("900"), "nothing")).await.unwrap_err();
    assert_eq!(hidden, Refusal::NotFound);
    assert_eq!((hidden.to_string(), hidden.hint()), (missing.to_string(), missing.hint()));
    assert_eq!(world.gate.sift(&world.caller, Unsifted::one(page("100"), "runbook")).await.unwrap(), "runbook");
}

#[tokio::test]
async fn a_denied_space_is_hidden_even_where_it_is_allowed_under_its_id() {
    let world =
        World::new("[pages]\nmode = \"read-only\"\n[scope]\nallow_spaces = [\"IT\", \"22\"]\ndeny_spaces = [\"HR\"]");
    assert_eq!(world.gate.visible(&world.caller, &page("200")).await, Err(Refusal::NotFound));
    assert_eq!(world.gate.visible(&world.caller, &page("100")).await, Ok(()));
}

#[tokio::test]
async fn a_scope_of_no_space_hides_every_page() {
    let world = World::new("[pages]\nmode = \"read-only\"\n[scope]\nallow_spaces = []");
    assert_eq!(world.gate.visible(&world.caller, &page("100")).await, Err(Refusal::NotFound));
    assert_eq!(world.gate.visible(&world.caller, &Place::Nowhere).await, Ok(()));
}

#[tokio::test]
async fn what_cannot_say_where_it_is_counts_as_hidden() {
    let world = World::new(IT_ONLY);
    assert_eq!(world.gate.visible(&world.caller, &Place::Unknown).await, Err(Refusal::NotFound));
    let denying = World::new("[pages]\nmode = \"read-only\"\n[scope]\ndeny_spaces = [\"HR\"]");
    assert_eq!(denying.gate.visible(&denying.caller, &Place::Unknown).await, Err(Refusal::NotFound));
}

#[tokio::test]
async fn hidden_entries_of_a_list_are_dropped_and_the_rest_keeps_its_order() {
    let world = World::new(IT_ONLY);
    let entries = [("100", 'a'), ("200", 'b'), ("101", 'c'), ("900", 'd'), ("102", 'e')];
    let answer = Unsifted::many(entries.map(|(id, entry)| (page(id), entry)), |stays| stays);
    assert_eq!(world.gate.sift(&world.caller, answer).await.unwrap(), ['a', 'c', 'e']);
    assert!(world.look_ups().iter().all(|(_, freshness)| *freshness == Freshness::Cached));
}

#[tokio::test]
async fn a_scope_of_everything_looks_nothing_up() {
    let world = World::new(EVERYTHING);
    let answer = Unsifted::many([(page("100"), 1), (page("200"), 2), (Place::Unknown, 3)], |stays| stays);
    assert_eq!(world.gate.sift(&world.caller, answer).await.unwrap(), [1, 2, 3]);
    assert_eq!(world.gate.visible(&world.caller, &page("200")).await, Ok(()));
    assert!(world.look_ups().is_empty());
}

#[tokio::test]
async fn a_site_that_does_not_answer_shows_nothing() {
    let world = World::on(IT_ONLY, Day { site_is_down: true, ..Day::default() });
    let refusal = world.gate.sift(&world.caller, Unsifted::one(page("100"), "runbook")).await.unwrap_err();
    assert_eq!(refusal, Refusal::NotLocated("the site did not answer".into()));
    let list = Unsifted::many([(page("100"), 1), (Place::Nowhere, 2)], |stays| stays);
    assert!(matches!(world.gate.sift(&world.caller, list).await, Err(Refusal::NotLocated(_))));
}

#[test]
fn a_built_in_principal_is_told_apart_from_every_agent() {
    assert_eq!(BuiltIn::NameLookUp.permit().agent().as_str(), "sluice:name-look-up");
    assert_eq!(BuiltIn::Doctor.permit().agent().as_str(), "sluice:doctor");
}

#[test]
fn a_tool_is_hidden_only_by_what_can_never_change_with_time() {
    let open = "[pages]\nmode = \"read-write\"\nallow_delete = true\n";
    let nothing_left = World::new(&format!("{open}[limits]\nwrites_per_hour = 0"));
    assert_eq!(may_ever(&nothing_left.caller, UPDATE_PAGE), Err(Reason::WritesSpent));
    assert_eq!(may_ever(&nothing_left.caller, GET_PAGE), Ok(()));
    let no_deletes = World::new(&format!("{open}[limits]\ndeletes_per_day = 0"));
    assert_eq!(may_ever(&no_deletes.caller, DELETE_PAGE), Err(Reason::DeletesSpent));
    assert_eq!(may_ever(&no_deletes.caller, UPDATE_PAGE), Ok(()));
    let one = World::new(&format!("{open}[limits]\nwrites_per_hour = 1\ndeletes_per_day = 1"));
    assert_eq!(may_ever(&one.caller, DELETE_PAGE), Ok(()));
}

#[tokio::test]
async fn a_name_of_digits_denies_the_space_with_that_key_too() {
    let by_id = World::new("[pages]\nmode = \"read-only\"\n[scope]\ndeny_spaces = [\"22\"]");
    assert_eq!(by_id.gate.visible(&by_id.caller, &page("200")).await, Err(Refusal::NotFound));
    let by_key = World::new("[pages]\nmode = \"read-only\"\n[scope]\ndeny_spaces = [\"2024\"]");
    assert_eq!(by_key.gate.visible(&by_key.caller, &page("300")).await, Err(Refusal::NotFound));
    assert_eq!(by_key.gate.visible(&by_key.caller, &page("100")).await, Ok(()));
    // To allow, it is an id alone: a key of digits cannot be told from one.
    let allowed = World::new("[pages]\nmode = \"read-only\"\n[scope]\nallow_spaces = [\"2024\"]");
    assert_eq!(allowed.gate.visible(&allowed.caller, &page("300")).await, Err(Refusal::NotFound));
}
