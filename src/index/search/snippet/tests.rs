//! What of a body is shown for a search.

use super::*;

fn shown(body: &str, words: &str) -> String {
    of(body, &Lights::of(words, &[])).unwrap_or_default()
}

#[test]
fn a_snippet_shows_the_words_that_were_asked_for() {
    let far = "filler words ".repeat(500);
    let body = format!("# Begin\n\nvpn once.\n\n{far}\n\n## Reset\n\nTo reset the `VPN` passwords, call.\n\n{far}");
    let snippet = shown(&body, "reset vpn password");
    assert!(snippet.contains("To **reset** the **VPN** **passwords**, call."), "{snippet}");
    assert!(snippet.starts_with('…') && snippet.ends_with('…'), "{snippet}");
    assert!(!snippet.contains(['\n', '`', '#']), "{snippet}");
}

#[test]
fn a_snippet_of_a_body_without_the_words_is_its_begin() {
    assert_eq!(shown("## Hello\n\nthere", "vpn"), "Hello there");
    assert_eq!(of("", &Lights::of("vpn", &[])), None);
}

#[test]
fn names_prefixes_and_scripts_without_spaces_are_marked() {
    for (body, words, snippet) in [
        ("See srv-dc01.acme.local now", "srv-dc01.acme.local", "See **srv**-**dc01**.**acme**.**local** now"),
        ("The servers serve", "serv*", "The **servers** **serve**"),
        ("请重置密码。", "重置密码", "请**重置密码**。"),
        ("Das Café", "cafe", "Das **Café**"),
        ("no java here", "vpn -java", "no java here"),
    ] {
        assert_eq!(shown(body, words), snippet, "{words}");
    }
}

#[test]
fn a_body_of_megabytes_and_one_without_spaces_have_short_snippets() {
    for body in ["a".repeat(5 << 20), "word ".repeat(1 << 20), "密".repeat(1 << 20), "`".repeat(1 << 20)] {
        assert!(shown(&body, "word a 密").chars().count() < 2_000);
    }
}
