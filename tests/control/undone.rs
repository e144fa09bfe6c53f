//! A person takes a write back: through the server, without one, and not without the right for it.

use super::{ASKS_AND_LEAVES, Place, id_in};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_takes_a_write_back_in_their_own_name_and_only_with_the_right_for_it() {
    for served in [true, false] {
        let place = Place::new(ASKS_AND_LEAVES).await;
        let (secret, other) = (place.approver(&["anna"]), place.approver(&["ben", "--spaces", "NOWHERE"]));
        let mut agent = place.serve();
        let before = place.page();
        let id = id_in(&agent.call("update_page", &before.update("Something else.")).0);
        let early = place.run_as(&secret, &["undo", &id]);
        assert!(early.errors.contains("only what succeeded can be undone"), "{}", early.errors);
        assert_eq!(place.run_as(&secret, &["approvals", "approve", &id]).code, Some(0));
        let agent = if served {
            Some(agent)
        } else {
            agent.leave();
            None
        };
        let ran = place.run_as(&other, &["undo", &id]);
        assert!(ran.code == Some(1) && ran.errors.contains("in this space"), "{}{}", ran.output, ran.errors);
        assert_eq!(place.writes(), 1);
        let ran = place.run_as(&secret, &["undo", &id]);
        assert_eq!(ran.code, Some(0), "{}{}", ran.output, ran.errors);
        assert_eq!((place.page().body, place.writes()), (before.body, 2));
        let undone = place.show(&id);
        let by = undone["undone_by"].as_str().unwrap();
        let record = place.show(by);
        assert_eq!((record["agent"].as_str(), record["undoes"].as_str()), (Some("person:anna"), Some(id.as_str())));
        assert_eq!(
            (record["decision"]["by"].as_str(), record["decision"]["via"].as_str()),
            (Some("anna"), Some("terminal"))
        );
        let again = place.run_as(&secret, &["undo", &id]);
        assert!(again.errors.contains("it was undone already by"), "{}", again.errors);
        // What a person did can be taken back as well.
        let ran = place.run_as(&secret, &["undo", by]);
        assert_eq!((ran.code, place.writes()), (Some(0), 3), "{}{}", ran.output, ran.errors);
        agent.map(crate::program::Program::leave);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_came_after_a_write_is_not_overwritten_by_its_undoing() {
    let place = Place::new(ASKS_AND_LEAVES).await;
    let secret = place.approver(&["anna"]);
    let mut agent = place.serve();
    let [first, second] = ["One.", "Two."].map(|body| {
        let id = id_in(&agent.call("update_page", &place.page().update(body)).0);
        assert_eq!(place.run_as(&secret, &["approvals", "approve", &id]).code, Some(0));
        id
    });
    let ran = place.run_as(&secret, &["undo", &first]);
    assert!(ran.code == Some(1) && ran.errors.contains("nothing was overwritten"), "{}", ran.errors);
    assert_eq!(place.run_as(&secret, &["undo", &second]).code, Some(0));
    agent.leave();
}
