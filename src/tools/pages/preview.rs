//! What a person is shown of a write before it happens: differences, with nothing hidden, and what else would change.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use similar::TextDiff;

use crate::confluence::people::Names;
use crate::domain::text::{escaped, is_invisible, quoted, replace_invisible};
use crate::markup::resolve_entities;

use super::body::rendered;

/// Longest preview of each format, in characters; what is cut is said.
const LONGEST: usize = 20_000;
/// How long to look for the smallest difference of two bodies.
const FINDING: Duration = Duration::from_millis(200);
/// How many of a kind are named; the rest is counted.
const NAMED: usize = 8;
/// Private characters that stand round the code of an invisible one while a body is rendered, which drops it else.
const MARKS: [char; 2] = ['\u{f8fe}', '\u{f8ff}'];
const MARKER: &str = "<ac:inline-comment-marker";

/// A body that is to be made, in Markdown.
pub(in crate::tools) fn of_new(storage: &str, site: &str) -> String {
    let text = cut(&shown(storage));
    let new: Vec<String> = external_links("", storage, site).into_iter().chain([text]).collect();
    new.join("\n")
}

/// A title as people are shown it.
pub(in crate::tools) fn title(title: &str) -> String {
    quoted(&escaped(title), 300)
}

/// What changing one body into another amounts to: links and comments first, then the lines of Markdown, and those of
/// storage format where Markdown does not say all.
pub(in crate::tools) fn of_change(before: &str, after: &str, lossy: bool, site: &str) -> String {
    let mut lines: Vec<String> =
        external_links(before, after, site).into_iter().chain(lost_comments(before, after)).collect();
    let markdown = difference(&shown(before), &shown(after));
    let storage = if markdown.is_empty() || lossy { difference(&exact(before), &exact(after)) } else { String::new() };
    match (markdown.is_empty(), storage.is_empty()) {
        (_, true) => lines.push(cut(&markdown)),
        (true, false) => lines.push(cut(&storage)),
        (false, false) => lines.extend([cut(&markdown), "in storage format:".to_owned(), cut(&storage)]),
    }
    lines.join("\n")
}

/// The lines of storage format in which two bodies differ, one element to a line.
pub(in crate::tools) fn of_markup(before: &str, after: &str) -> String {
    let (before, after) = (exact(before) + "\n", exact(after) + "\n");
    let lines = TextDiff::configure().timeout(FINDING).diff_lines(&before, &after);
    lines.unified_diff().context_radius(0).to_string()
}

/// A body as Markdown in which invisible characters are seen as `\u{202e}`.
fn shown(storage: &str) -> String {
    unmarked(&rendered(&marked(storage), &Names::new()).text)
}

/// A body as it is stored, with invisible characters seen, one element to a line.
fn exact(storage: &str) -> String {
    unmarked(&marked(storage)).replace("><", ">\n<")
}

/// Puts the code of every invisible character, written as itself or as an entity, between marks.
fn marked(storage: &str) -> Cow<'_, str> {
    let suspicious = |sign: char| sign == '&' || MARKS.contains(&sign) || is_invisible(sign);
    if !storage.contains(suspicious) {
        return Cow::Borrowed(storage);
    }
    let mut raw = String::with_capacity(storage.len());
    for (index, piece) in storage.split('&').enumerate() {
        let reference = piece.find(';').filter(|end| index > 0 && *end < 40);
        let resolved = reference.and_then(|end| {
            let sign = resolve_entities(&format!("&{}", piece.get(..=end)?));
            let hidden = sign.chars().count() == 1 && sign.chars().all(is_invisible);
            hidden.then(|| (sign, piece.get(end + 1..).unwrap_or_default()))
        });
        match resolved {
            Some((sign, rest)) => raw.extend([sign.as_str(), rest]),
            None if index > 0 => raw.extend(["&", piece]),
            None => raw.push_str(piece),
        }
    }
    let [open, close] = MARKS;
    let shown = |sign: char| format!("{open}{:x}{close}", u32::from(sign));
    Cow::Owned(replace_invisible(&raw.replace(MARKS, "\u{fffd}"), shown))
}

fn unmarked(text: &str) -> String {
    let [open, close] = MARKS;
    text.replace(open, "\\u{").replace(close, "}")
}

/// A unified difference; coarser where the finest would take too long to find.
pub(in crate::tools) fn difference(before: &str, after: &str) -> String {
    let lines = TextDiff::configure().timeout(FINDING).diff_lines(before, after);
    lines.unified_diff().context_radius(2).to_string()
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}\n[the preview is cut here]", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// The links to other hosts that are new, counted by host.
fn external_links(before: &str, after: &str, site: &str) -> Option<String> {
    let own = site.split("//").nth(1).map(host).unwrap_or_default();
    let known = links(before);
    let mut hosts: BTreeMap<String, usize> = BTreeMap::new();
    let mut total = 0;
    for link in links(after).difference(&known) {
        let host = host(link);
        if !host.is_empty() && host != own {
            *hosts.entry(host).or_default() += 1;
            total += 1;
        }
    }
    let all = hosts.len();
    let named: Vec<String> =
        hosts.iter().take(NAMED).map(|(host, count)| format!("{} {count}", quoted(host, 80))).collect();
    (total > 0).then(|| format!("new external links: {total}, by host {}{}", named.join(", "), and_more(all)))
}

fn and_more(all: usize) -> String {
    if all > NAMED { format!(" and {} more", all - NAMED) } else { String::new() }
}

/// Everything after the scheme of whatever a browser takes for an address of its own, wherever it stands.
fn links(storage: &str) -> BTreeSet<String> {
    let text = resolve_entities(storage).replace('\\', "/").to_ascii_lowercase();
    let starts = ["http:", "https:", "ftp:", "=\"//", "='//"];
    let mut found = BTreeSet::new();
    for start in starts {
        for (at, _) in text.match_indices(start) {
            let rest = text.get(at + start.len()..).unwrap_or_default().trim_start_matches('/');
            let end = rest.find(|sign: char| sign.is_whitespace() || "\"'<>)]".contains(sign)).unwrap_or(rest.len());
            found.insert(rest.get(..end).unwrap_or_default().to_owned());
        }
    }
    found
}

/// The host that a browser would go to.
fn host(link: &str) -> String {
    let authority = link.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    escaped(host.split(':').next().unwrap_or_default())
}

/// Inline comments whose text goes: they stay with the page, but nobody sees what they are about.
fn lost_comments(before: &str, after: &str) -> Option<String> {
    let left = marked_texts(after);
    let lost: Vec<String> = marked_texts(before)
        .into_iter()
        .filter(|(marker, _)| !left.contains_key(marker))
        .map(|(_, text)| text)
        .collect();
    let named: Vec<String> = lost.iter().take(NAMED).map(|text| quoted(&escaped(text), 60)).collect();
    (!lost.is_empty()).then(|| {
        format!("inline comments that lose their text: {}, on {}{}", lost.len(), named.join(", "), and_more(lost.len()))
    })
}

/// The text under each inline comment, by the marker's reference.
fn marked_texts(storage: &str) -> BTreeMap<&str, String> {
    let mut texts: BTreeMap<&str, String> = BTreeMap::new();
    for piece in storage.split(MARKER).skip(1) {
        let Some((attributes, rest)) = piece.split_once('>') else { continue };
        let Some(reference) = attributes.split("ac:ref=").nth(1).and_then(|value| value.split(['"', '\'']).nth(1))
        else {
            continue;
        };
        let text = rest.split("</ac:inline-comment-marker").next().unwrap_or_default();
        let plain: String = text.split('<').map(|part| part.rsplit('>').next().unwrap_or_default()).collect();
        texts.entry(reference).or_default().push_str(&resolve_entities(&plain));
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    const SITE: &str = "https://acme.atlassian.net";

    fn change(before: &str, after: &str) -> String {
        of_change(before, after, false, SITE)
    }

    #[test]
    fn what_cannot_be_seen_is_shown_in_every_spelling() {
        for hidden in ["\u{202e}", "&#x202E;", "&#8238;", "&#x0000202e;"] {
            let storage = format!("<p>pay {hidden}nobody &amp; all</p>");
            for preview in [of_new(&storage, SITE), change("<p>x</p>", &storage)] {
                assert!(preview.contains("pay \\u{202e}nobody & all"), "{preview}");
            }
        }
        assert!(of_new("<p>a&shy;b&zwj;c</p>", SITE).contains("a\\u{ad}b\\u{200d}c"));
        assert!(change("<p>a</p>", "<p>a\u{200b}</p>").contains("+a\\u{200b}"));
        assert_eq!(title("a\u{202e}b"), "`a\\u{202e}b`");
    }

    #[test]
    fn honest_joiners_and_signs_like_ours_are_left_alone() {
        assert_eq!(of_new("<p>👩\u{200d}💻 &amp; &#x1f600;</p>", SITE).trim(), "👩\u{200d}💻 & 😀");
        let forged = of_new("<p>\u{f8fe}41\u{f8ff}</p>", SITE);
        assert!(!forged.contains("\\u{41}"), "{forged}");
    }

    #[test]
    fn new_links_to_other_hosts_are_counted_by_host() {
        let before = "<a href=\"https://known.test/a\">k</a>";
        let after = format!(
            "{before}<a href=\"https://evil.test/?q=1\">1</a><a href='HTTPS:\\\\evil.test/2'>2</a>\
             <ri:url ri:value=\"//cdn.test/x.png\" /><a href=\"&#104;ttps://user@odd.test:8443/\">o</a>\
             <a href=\"https://acme.atlassian.net/wiki/x\">own</a><p>see http://plain.test</p>"
        );
        let preview = change(before, &after);
        let line = "new external links: 5, by host `cdn.test` 1, `evil.test` 2, `odd.test` 1, `plain.test` 1";
        assert_eq!(preview.lines().next().unwrap(), line, "{preview}");
        assert!(!change(&after, &after.replace("see", "look at")).contains("external"));
    }

    #[test]
    fn comments_whose_text_goes_are_named() {
        let marker = |reference: &str, text: &str| {
            format!("<p><ac:inline-comment-marker ac:ref=\"{reference}\">{text}</ac:inline-comment-marker></p>")
        };
        let before = marker("a", "Sunday <strong>22:00</strong> &amp; later") + &marker("b", "stays");
        let preview = change(&before, &marker("b", "stays here"));
        let line = "inline comments that lose their text: 1, on `Sunday 22:00 & later`";
        assert_eq!(preview.lines().next().unwrap(), line, "{preview}");
        assert!(!change(&before, &before.replace("Sunday", "Monday")).contains("inline comments"));
    }

    #[test]
    fn storage_format_is_shown_where_markdown_does_not_say_all() {
        let before = "<p>a</p><ac:structured-macro ac:name=\"x\" ac:macro-id=\"1\"/>";
        let after = before.replace("<p>a", "<p>b").replace("id=\"1\"", "id=\"2\"");
        assert!(!change(before, &after).contains("storage format"));
        let both = of_change(before, &after, true, SITE);
        assert!(
            both.contains("+b\n") && both.contains("\nin storage format:\n") && both.contains("id=\"2\""),
            "{both}"
        );
        assert!(change(before, &before.replace("id=\"1\"", "id=\"2\"")).contains("+<ac:structured-macro"));
    }

    #[test]
    fn every_part_of_a_preview_is_bounded() {
        let long = "<p>x</p><p>https://h.test/1</p>".repeat(20_000);
        let many = |piece: fn(usize) -> String| (0..1_000).map(piece).collect::<Vec<_>>().concat();
        let links = many(|number| format!("<p>https://h{number}.test/</p>"));
        let markers =
            many(|number| format!("<ac:inline-comment-marker ac:ref=\"{number}\">t</ac:inline-comment-marker>"));
        for preview in
            [of_new(&long, SITE), of_change(&long, &links, true, SITE), of_change(&markers, &long, true, SITE)]
        {
            assert!(preview.chars().count() < 2 * LONGEST + 2_000, "{}", preview.chars().count());
            assert!(preview.contains("[the preview is cut here]"));
        }
        let counted = change(&markers, &links);
        assert!(counted.contains("links: 1000") && counted.contains("and 992 more") && counted.contains("text: 1000"));
    }
}
