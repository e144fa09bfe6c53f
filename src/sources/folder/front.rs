//! What a file says about itself: front matter before Markdown, the first heading, the title of HTML.

use crate::markup::resolve_entities;
use crate::sources::source::{Content, Text};

/// Front matter is never longer, in bytes.
const LONGEST: usize = 64 * 1024;

/// The content of a Markdown file: titled by its front matter, otherwise by its first heading.
pub(super) fn markdown(text: &str) -> Content {
    let (front, body) = split(text);
    let mut title = None;
    let mut labels = Vec::new();
    let mut list = false;
    for line in front.lines() {
        if let Some(item) = line.trim_start().strip_prefix("- ").filter(|_| list) {
            labels.extend(value(item));
            continue;
        }
        list = false;
        let Some((key, rest)) = line.split_once([':', '=']) else { continue };
        match key.trim() {
            "title" => title = value(rest),
            "tags" | "labels" | "keywords" => {
                let inner = rest.trim().trim_start_matches('[').trim_end_matches(']');
                labels.extend(inner.split(',').filter_map(value));
                list = inner.is_empty();
            }
            _ => {}
        }
    }
    let title = title.or_else(|| first_heading(body));
    Content { text: Text::Markdown(body.to_owned()), title, labels }
}

/// Front matter and what follows. It stands between two lines of dashes, or of pluses.
fn split(text: &str) -> (&str, &str) {
    for fence in ["---", "+++"] {
        let Some(rest) = text.strip_prefix(fence) else { continue };
        let Some(rest) = rest.strip_prefix('\n').or_else(|| rest.strip_prefix("\r\n")) else { continue };
        let mut end = 0;
        for line in rest.split_inclusive('\n') {
            if line.trim_end() == fence || (fence == "---" && line.trim_end() == "...") {
                let front = rest.get(..end).unwrap_or_default();
                return (front, rest.get(end + line.len()..).unwrap_or_default());
            }
            end += line.len();
            if end > LONGEST {
                break;
            }
        }
    }
    ("", text)
}

/// A value without its quotes; `None` where it is empty.
fn value(text: &str) -> Option<String> {
    let text = text.trim();
    let quoted = ['"', '\''].iter().find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote));
    let text = quoted.unwrap_or(text).trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The first heading that is not inside a block of code.
fn first_heading(body: &str) -> Option<String> {
    let mut fenced = false;
    let mut before = "";
    for line in body.lines().take(1_000) {
        let trimmed = line.trim_start();
        if trimmed.starts_with("```") || trimmed.starts_with("~~~") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        let heading = trimmed.trim_start_matches('#');
        let level = trimmed.len() - heading.len();
        if (1..=6).contains(&level) && heading.starts_with([' ', '\t']) {
            return value(heading.trim().trim_end_matches('#')).map(|title| plain(&title));
        }
        let underline = line.trim_end();
        if !underline.is_empty() && underline.bytes().all(|byte| byte == b'=') && !before.trim().is_empty() {
            return Some(plain(before.trim()));
        }
        before = line;
    }
    None
}

/// A heading's words without what makes them strong or code.
fn plain(heading: &str) -> String {
    heading.replace(['`', '*'], "").trim().to_owned()
}

/// The title element, otherwise the first heading.
pub(super) fn title_of_html(html: &str) -> Option<String> {
    let lower = html.get(..floor(html, LONGEST)).unwrap_or_default().to_ascii_lowercase();
    ["title", "h1"].into_iter().find_map(|tag| {
        let start = lower.find(&format!("<{tag}"))?;
        let inner = start + lower.get(start..)?.find('>')? + 1;
        let end = inner + lower.get(inner..)?.find(&format!("</{tag}"))?;
        let text = without_tags(html.get(inner..end)?);
        value(&resolve_entities(&text))
    })
}

fn without_tags(html: &str) -> String {
    let mut inside = false;
    let words = html.chars().filter(|sign| {
        match sign {
            '<' => inside = true,
            '>' if inside => {
                inside = false;
                return false;
            }
            _ => {}
        }
        !inside
    });
    words.collect()
}

fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> (Option<String>, Vec<String>, String) {
        let Content { text: Text::Markdown(body), title, labels } = markdown(text) else { panic!() };
        (title, labels, body)
    }

    #[test]
    fn front_matter_names_title_and_labels_and_is_no_part_of_the_text() {
        let (title, labels, body) =
            said("---\ntitle: \"Reset the VPN\"\ntags: [vpn, 'reset']\nx: 1\n---\n# Other\ntext\n");
        assert_eq!(
            (title.unwrap().as_str(), labels, body.as_str()),
            ("Reset the VPN", vec!["vpn".into(), "reset".into()], "# Other\ntext\n")
        );
        let (title, labels, body) = said("+++\r\ntitle = 'A'\r\n+++\r\nb");
        assert_eq!((title.unwrap().as_str(), labels.len(), body.as_str()), ("A", 0, "b"));
        let (title, labels, _) =
            said("---\nlabels:\n  - one\n  - two\nauthor: me\n  - three\n---\n# `Head` **line** #\n");
        assert_eq!((title.unwrap().as_str(), labels), ("Head line", vec!["one".into(), "two".into()]));
    }

    #[test]
    fn without_front_matter_the_first_heading_is_the_title() {
        for (text, title) in [
            ("intro\n\n## Second ##\n# First\n", Some("Second")),
            ("```sh\n# a comment\n```\n# Real\n", Some("Real")),
            ("Title\n=====\n", Some("Title")),
            ("---\nno end\n# Head\n", Some("Head")),
            ("#hashtag\n", None),
            ("", None),
        ] {
            assert_eq!(said(text).0.as_deref(), title, "{text}");
        }
        assert_eq!(said("---\nno end\n").2, "---\nno end\n");
    }

    #[test]
    fn html_is_titled_by_its_title_or_its_first_heading() {
        for (html, title) in [
            ("<html><head><TITLE>A &amp; B</TITLE></head><h1>C</h1>", Some("A & B")),
            ("<title> </title><h1 class='x'>C <b>D</b></h1>", Some("C D")),
            ("<p>none", None),
            ("<title", None),
            ("<title>ä", None),
        ] {
            assert_eq!(title_of_html(html).as_deref(), title, "{html}");
        }
    }
}
