//! What is found by which words, in which order.

use super::*;

fn library() -> Index {
    let mut labelled = page("5", "Onboarding", "What new people need.");
    labelled.labels = vec!["vpn-access".to_owned(), "howto".to_owned()];
    index_of([
        page("1", "Reset a VPN password", "Open the portal and follow the steps."),
        page(
            "2",
            "Printer trouble",
            "## Error 0x80070005\n\nRestart `srv-dc01.acme.local`, see C:\\Windows\\System32\\spool.",
        ),
        page(
            "3",
            "Network",
            "The VPN client **GlobalProtect** v2.3.1 replaces AnyConnect. Passwords are reset elsewhere.",
        ),
        page(
            "4",
            "Release notes",
            "ERR_CONNECTION_RESET was fixed, E-1042 too. See /etc/nginx/nginx.conf. Running shoes.",
        ),
        labelled,
        page("6", "パスワードの再設定", "東京オフィスで密码重置をお願いします。"),
        page("7", "Café Zürich", "Die Straße zum naïve Büro."),
    ])
}

#[test]
fn words_are_found_whatever_their_ending_case_and_accents() {
    let index = library();
    for (words, hits) in [
        ("password", &["1", "3"][..]),
        ("PASSWORDS resetting", &["1", "3"]),
        ("cafe zurich", &["7"]),
        ("strasse", &["7"]),
        ("NAÏVE", &["7"]),
        ("run shoe", &["4"]),
    ] {
        let all = found(&index, words);
        assert!(all.starts_with(&hits.iter().map(ToString::to_string).collect::<Vec<_>>()), "{words}: {all:?}");
    }
}

#[test]
fn names_codes_hosts_paths_and_versions_are_found_whole_and_in_parts() {
    let index = library();
    for (words, hit) in [
        ("0x80070005", "2"),
        ("srv-dc01.acme.local", "2"),
        ("srv-dc01", "2"),
        ("dc01", "2"),
        (r"C:\Windows\System32", "2"),
        ("system32", "2"),
        ("GlobalProtect", "3"),
        ("globalprotect", "3"),
        ("global protect", "3"),
        ("v2.3.1", "3"),
        ("2.3.1", "3"),
        ("ERR_CONNECTION_RESET", "4"),
        ("connection reset", "4"),
        ("E-1042", "4"),
        ("/etc/nginx/nginx.conf", "4"),
        ("nginx.conf", "4"),
        ("vpn-access", "5"),
    ] {
        assert_eq!(found(&index, words).first().map(String::as_str), Some(hit), "{words}");
    }
}

#[test]
fn scripts_without_spaces_are_found_by_any_piece() {
    let index = library();
    for words in ["パスワード", "再設定", "東京", "密码重置", "京", "パスワードの再設定", "\"オフィス\""]
    {
        assert_eq!(found(&index, words), ["6"], "{words}");
    }
    assert_eq!(found(&index, "大阪"), [""; 0]);
}

#[test]
fn the_language_of_searches_means_what_it_says() {
    let index = library();
    for (words, hits) in [
        ("\"vpn password\"", &["1"][..]),
        ("\"password vpn\"", &[]),
        ("vpn -globalprotect", &["1", "5"]),
        ("vpn NOT password", &["5"]),
        ("printer OR shoes", &["2", "4"]),
        ("vpn AND (portal OR globalprotect)", &["1", "3"]),
        ("print*", &["2"]),
        ("globalpr* -x1", &["3"]),
        ("srv-dc*", &["2"]),
        ("vpn AND shoes", &[]),
        ("vpn -\"vpn password\"", &["3", "5"]),
        ("vpn -vpn-access -(portal OR shoes)", &["3"]),
        ("-srv-dc01.acme.local -vpn", &["4", "6", "7"]),
        ("-\"running shoes\" -vpn -print*", &["6", "7"]),
    ] {
        let mut all = found(&index, words);
        all.sort();
        assert_eq!(all, hits, "{words}");
    }
}

#[test]
fn where_no_document_has_all_words_some_are_enough_and_those_with_more_come_first() {
    let index = library();
    let all = index.search(&query("vpn password reset portal shoes")).unwrap();
    assert!(all.some_words);
    assert_eq!(ids(&all).first().map(String::as_str), Some("1"));
    assert!(ids(&all).contains(&"4".to_owned()));
    assert_eq!(all.total, 4);
}

#[test]
fn a_word_that_occurs_nowhere_is_taken_for_the_nearest_that_does() {
    let index = library();
    for (words, hit, asked, searched) in [
        ("pritner", "2", "pritner", "printer"),
        ("globlprotect", "3", "globlprotect", "globalprotect"),
        ("onbaording people", "5", "onbaording", "onboarding"),
    ] {
        let found = index.search(&query(words)).unwrap();
        assert_eq!(ids(&found), [hit], "{words}");
        let correction = Correction { asked: asked.to_owned(), searched: vec![searched.to_owned()] };
        assert_eq!(found.corrected, [correction]);
        assert!(!found.some_words);
    }
    for words in ["0x80070006", "vnp", "qqqqqqqq"] {
        let found = index.search(&query(words)).unwrap();
        assert_eq!((found.total, found.corrected), (0, vec![]), "{words}");
    }
}

#[test]
fn a_title_weighs_more_than_labels_those_more_than_headings_and_those_more_than_text() {
    let filler = "Some text that all of them have, to be of one length and more.";
    let mut labelled = page("label", "One", filler);
    labelled.labels = vec!["kubernetes".to_owned()];
    let index = index_of([
        page("text", "One", &format!("{filler} kubernetes")),
        page("heading", "One", &format!("## Kubernetes\n\n{filler}")),
        labelled,
        page("title", "Kubernetes", filler),
    ]);
    assert_eq!(found(&index, "kubernetes"), ["title", "label", "heading", "text"]);
    let index = index_of([page("1", "Runner", "a server runs"), page("2", "Runner", "a server running")]);
    assert_eq!(found(&index, "running"), ["2", "1"]);
}

#[test]
fn a_search_without_words_shows_everything_newest_first() {
    let changed = |id: &str, at| Document { modified: at, ..page(id, "T", "") };
    let index = index_of([
        changed("1", Some(second(5))),
        changed("2", None),
        changed("3", Some(second(9))),
        changed("4", Some(second(-7))),
    ]);
    assert_eq!(found(&index, ""), ["3", "1", "4", "2"]);
    assert_eq!(found(&index, "-nothing"), ["3", "1", "4", "2"]);
}

#[test]
fn hits_come_page_by_page_without_a_gap_or_a_repetition() {
    let index = index_of((0..57).map(|number| page(&format!("{number:02}"), "Same", "word")));
    let mut all = Vec::new();
    let mut next = Some(0);
    while let Some(offset) = next {
        let found = index.search(&Query { offset, limit: 10, ..query("word") }).unwrap();
        assert_eq!(found.total, 57);
        all.extend(ids(&found));
        next = found.next_offset;
    }
    assert_eq!(all.len(), 57);
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 57);
    let beyond = index.search(&Query { offset: usize::MAX, limit: usize::MAX, ..query("word") }).unwrap();
    assert_eq!((beyond.hits.len(), beyond.total, beyond.next_offset), (0, 57, None));
    let none = index.search(&Query { limit: 0, ..query("word") }).unwrap();
    assert_eq!((none.hits.len(), none.total, none.next_offset), (0, 57, None));
}

#[test]
fn a_hit_carries_its_facts_without_the_body_and_a_snippet() {
    let index = library();
    let found = index.search(&query("portal")).unwrap();
    let hit = found.hits.first().unwrap();
    assert_eq!(hit.document, Document { body: String::new(), ..page("1", "Reset a VPN password", "") });
    assert_eq!(hit.snippet.as_deref(), Some("Open the **portal** and follow the steps."));
    assert!(hit.score > 0.0);
    let corrected = index.search(&query("pritner restart")).unwrap();
    let snippet = corrected.hits.first().unwrap().snippet.clone().unwrap();
    assert!(snippet.contains("**Restart** srv-dc01"), "{snippet}");
}

#[test]
fn hostile_searches_end_with_an_answer() {
    let index = library();
    for words in [
        "(".repeat(5_000),
        "vpn OR ".repeat(5_000),
        "\"a b c d\" ".repeat(500),
        "a* b* c* ab* ac* ad* ae* af*".to_owned(),
        "x".repeat(100_000),
        "zzzzzzzz ".repeat(500),
        "\u{0}\u{202e}\u{feff}🙂\u{10ffff}".to_owned(),
        "title:vpn^9999999999~2 [a TO z] /.*(a+)+$/ \\".to_owned(),
        "NOT NOT NOT (((vpn))) OR".to_owned(),
        "\u{10ffff}*".to_owned(),
        "-".repeat(4_000),
        "密".repeat(5_000),
        "a.b-c_d/".repeat(500),
    ] {
        index.search(&query(&words)).unwrap();
    }
}
