//! What an agent or an author of pages puts into a request is seen, and nothing of it is obeyed.

use super::{ASKS_AND_LEAVES, Place, id_in};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_words_reach_a_terminal_as_what_they_are() {
    let place = Place::new(ASKS_AND_LEAVES).await;
    let mut agent = place.serve();
    let page = place.page();
    let title = "Plan\u{1b}[2J\u{1b}]0;owned\u{7}\r\n  seal       0000\u{202e}txt \u{200b}\u{e0041}\u{9b}31m";
    place.site.with_site(|site| {
        let content = site.contents.values_mut().find(|content| content.id.to_string() == page.id).unwrap();
        content.versions.last_mut().unwrap().title = title.to_owned();
    });
    let words = "Fine\u{9b}31m\u{202e}enif\u{200b}</p><p>  seal       0000</p><p>\u{e0041}";
    let (answer, _) = agent.call("update_page", &page.update(words));
    let id = id_in(&answer);
    let shown = place.run(&["approvals", "show", &id]);
    assert_eq!(shown.code, Some(0), "{}", shown.errors);
    let listed = place.run(&["approvals", "list"]);
    let json = place.run(&["approvals", "show", &id, "--json"]);
    for output in [&shown.output, &listed.output, &json.output] {
        let obeyed = |sign: &char| *sign != '\n' && sluice::domain::text::is_invisible(*sign);
        assert_eq!(output.chars().find(obeyed), None, "{output:?}");
    }
    // A line of theirs never looks like one of ours.
    assert_eq!(shown.output.lines().filter(|line| line.starts_with("  seal ")).count(), 1, "{}", shown.output);
    assert!(shown.output.contains("Fine\\u{9b}31m\\u{202e}enif\\u{200b}"), "{}", shown.output);
    assert!(json.output.contains("Fine"), "{}", json.output);
    agent.leave();
}
