//! Page bodies of every kind: random, hostile and real ones go through reading and writing unharmed.

mod adf;
mod html;

use proptest::prelude::*;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use sluice::domain::limits::PAGE_BODY;
use sluice::markup::{MarkupError, NoNames, check_storage, markdown_from_storage, mentioned, storage_from_markdown};

use crate::shared::folder;

fn read(storage: &str) -> String {
    markdown_from_storage(storage, &NoNames).markdown
}

fn write(markdown: &str) -> String {
    let storage = storage_from_markdown(markdown).unwrap();
    check_storage(&storage).unwrap();
    storage
}

#[test]
fn hostile_bodies_are_read_without_harm() {
    let repeated =
        |open: &str, middle: &str, close: &str| format!("{}{middle}{}", open.repeat(10_000), close.repeat(10_000));
    let wide = format!(
        "<table><tbody>{}</tbody></table>",
        "<tr><td rowspan=\"65534\" colspan=\"1000\">a</td></tr>".repeat(2_000)
    );
    let expand = "<ac:structured-macro ac:name=\"expand\"><ac:rich-text-body>";
    for storage in [
        repeated("<ul><li>", "x", "</li></ul>"),
        repeated("<span>", "x", "</span>"),
        repeated("<strong><em>", "x", "</em></strong>"),
        repeated("<table><tr><td>a</td><td>", "x", "</td></tr></table>"),
        repeated(expand, "x", "</ac:rich-text-body></ac:structured-macro>"),
        repeated("<blockquote>", "x", ""),
        repeated("<", "", ""),
        repeated("</p>", "", "<p>"),
        repeated("<![CDATA[", "x", "]]"),
        repeated("<!--", "x", "<?"),
        repeated("&", "", "&#xD800;"),
        format!("<p {}>x</p>", "a=\"&nbsp;\" ".repeat(20_000)),
        wide,
    ] {
        let rendered = markdown_from_storage(&storage, &NoNames);
        assert!(rendered.markdown.len() < 10 * storage.len() + 1_000_000, "{}", rendered.markdown.len());
        mentioned(&storage);
        let _ = check_storage(&storage);
        let _ = storage_from_markdown(&storage);
    }
}

#[test]
fn hostile_bodies_stay_small_however_deep_wide_or_broken() {
    let repeated = |open: &str, close: &str| format!("{}x{}", open.repeat(100_000), close.repeat(100_000));
    let rows = |first: &str, row: &str| format!("<table><tbody>{first}{}</tbody></table>", row.repeat(2_000));
    let span = "<td rowspan=\"65534\" colspan=\"1000\">a</td>";
    let entities = (1..10).fold(String::from("<!ENTITY e0 \"lol\">"), |all, level| {
        format!("{all}<!ENTITY e{level} \"{}\">", format!("&e{};", level - 1).repeat(10))
    });
    for (storage, most) in [
        (repeated("<ul><li>", "</li></ul>"), 20_000),
        (repeated("<ac:layout>", ""), 20_000),
        (repeated("<ac:adf-extension><ac:adf-node>", "</ac:adf-node>"), 20_000),
        (repeated("<table><tr><td>l</td><td>", "</td></tr></table>"), 400_000),
        (rows(&format!("<tr>{}</tr>", span.repeat(10)), "<tr><td>x</td></tr>"), 500_000),
        (rows("", &format!("<tr>{span}<td>b</td></tr>")), 500_000),
        (
            rows(&format!("<tr><td rowspan=\"65534\">{}</td></tr>", "w".repeat(50_000)), "<tr><td>x</td></tr>"),
            3_000_000,
        ),
        (format!("<!DOCTYPE x [{entities}<!ENTITY f SYSTEM \"file:///etc/passwd\">]><p>&e9;&f;</p>"), 20),
        (format!("<!DOCTYPE x [{}", "<!ENTITY a \"b\">".repeat(10_000)), 100),
        ("<![CDATA[".repeat(20_000), 200_100),
        ("<!--".repeat(20_000), 200_100),
        ("<a b='".repeat(20_000), 200_100),
        ("a\0".repeat(20_000), 20_001),
    ] {
        let rendered = markdown_from_storage(&storage, &NoNames);
        let start: String = storage.chars().take(60).collect();
        assert!(rendered.markdown.len() <= most, "{start}: {}", rendered.markdown.len());
        mentioned(&storage);
    }
}

#[test]
fn what_was_cut_off_or_cannot_be_read_is_said() {
    for (storage, warning) in [
        ("<p>a", "an unclosed element was closed"),
        ("<p>a</p><p", "a broken tag was read as text"),
        ("<p>a <![CDATA[b", "a broken tag was read as text"),
        ("<p>a</p></div>", "an end tag without its start was skipped"),
        ("<p>a & b &lol;</p>", "an unknown `&…;` was read as text"),
    ] {
        assert!(markdown_from_storage(storage, &NoNames).warnings.iter().any(|said| said == warning), "{storage}");
    }
    let long = format!("{}{}", "<blockquote>".repeat(90), "<p>x</p>".repeat(400_000));
    let warnings = markdown_from_storage(&long, &NoNames).warnings;
    assert!(warnings.iter().any(|said| said.contains("its end was left out")), "{warnings:?}");
    assert_eq!(read("<p>a]]>b<![CDATA[c]]]]><![CDATA[>d]]></p>"), "a]]>bc]]>d\n");
}

/// Bodies cut anywhere, and with bits that fell over.
#[test]
fn damaged_bodies_are_read_as_far_as_they_go() {
    let Some(corpus) = folder("corpus/storage") else { return };
    let mut files: Vec<_> = std::fs::read_dir(corpus).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    for (at, file) in files.iter().enumerate().step_by(3) {
        let body = std::fs::read(file).unwrap();
        let mut random = fastrand::Rng::with_seed(at as u64);
        let cut = String::from_utf8_lossy(&body[..random.usize(..=body.len())]).into_owned();
        let mut flipped = body.clone();
        for _ in 0..flipped.len() / 200 {
            let place = random.usize(..flipped.len());
            flipped[place] ^= 1 << random.u8(..8);
        }
        for storage in [cut, String::from_utf8_lossy(&flipped).into_owned()] {
            let rendered = markdown_from_storage(&storage, &NoNames);
            assert!(rendered.markdown.len() < 10 * storage.len() + 100_000, "{}", file.display());
        }
    }
}

#[test]
fn hostile_markdown_is_written_or_refused() {
    assert_eq!(storage_from_markdown(&"> ".repeat(10_000)), Err(MarkupError::TooDeep));
    for markdown in [
        "[".repeat(10_000),
        "*a ".repeat(10_000),
        "<u>".repeat(10_000),
        "`a``".repeat(5_000),
        "<details>\n\n".repeat(20),
        format!("{}\n{}\n{}", "|a".repeat(9_000), "|-".repeat(9_000), "|\n".repeat(9_000)),
    ] {
        write(&markdown);
    }
    let large = "&".repeat(PAGE_BODY / 4);
    assert!(matches!(storage_from_markdown(&large), Err(MarkupError::TooLarge { .. })));
}

/// The texts of every file in a folder of other people's documents.
fn texts(name: &str) -> Vec<(String, String)> {
    let Some(corpus) = folder(name) else { return Vec::new() };
    let mut files: Vec<_> = std::fs::read_dir(corpus).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let text = |path: &std::path::PathBuf| String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
    files.iter().map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), text(path))).collect()
}

/// What was read once from what was written reads the same ever after.
fn assert_settles(markdown: &str, name: &str) {
    let once = read(&write(markdown));
    let twice = read(&write(&once));
    if once != twice {
        let different = once.lines().zip(twice.lines()).find(|(one, two)| one != two);
        panic!("{name}: {different:?}");
    }
}

#[test]
fn other_peoples_markdown_settles_in_one_round() {
    for (name, markdown) in texts("corpus/pairs") {
        if is_markdown(&name) {
            assert_settles(&markdown, &name);
        }
    }
}

/// Info string and text of every code block, as another reader of Markdown sees them. What every reader of Confluence takes
/// for no language is none here, and blocks that say nothing are left out.
fn code_blocks(markdown: &str) -> Vec<(Option<String>, String)> {
    let mut blocks = Vec::new();
    let options = Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS | Options::ENABLE_FOOTNOTES;
    let mut is_inside = false;
    for event in Parser::new_ext(markdown, options) {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                let language = match &kind {
                    CodeBlockKind::Fenced(info) => info.split_whitespace().next().map(str::to_owned),
                    CodeBlockKind::Indented => None,
                };
                let none = ["text", "plain", "plaintext", "none"];
                blocks.push((language.filter(|language| !none.contains(&language.as_str())), String::new()));
                is_inside = true;
            }
            Event::End(TagEnd::CodeBlock) => is_inside = false,
            Event::Text(text) if is_inside => blocks.last_mut().unwrap().1.push_str(&text),
            _ => {}
        }
    }
    for (_, text) in &mut blocks {
        // The last line end belongs to the fence; at the end of a file it may be missing.
        text.truncate(text.strip_suffix('\n').unwrap_or(text).len());
    }
    blocks.retain(|(_, text)| !text.trim().is_empty());
    blocks
}

#[test]
fn code_blocks_come_back_exactly() {
    let mut count = 0;
    for (name, markdown) in texts("corpus/pairs") {
        if is_markdown(&name) {
            let before = code_blocks(&markdown);
            assert_eq!(code_blocks(&read(&write(&markdown))), before, "{name}");
            count += before.len();
        }
    }
    assert!(count > 600 || folder("corpus/pairs").is_none(), "{count} code blocks");
    let attributes =
        "```go title=\"a \\\"b\\\" c\" linenumbers=true firstline=3 collapse=true theme=Midnight\nx\n\n```\n";
    assert_eq!(read(&write(attributes)), attributes);
    let reordered = "```go theme=Midnight collapse hl_lines=\"1 2\" title=x\nx\n```";
    assert_eq!(read(&write(reordered)), "```go title=\"x\" collapse=true theme=Midnight\nx\n```\n");
}

/// Names that only the page's own link text knew are gone after one round.
#[test]
fn other_peoples_bodies_settle_in_one_round() {
    for (name, body) in texts("corpus/storage") {
        let markdown = read(&body);
        assert_settles(&markdown, &name);
    }
}

fn words() -> impl Strategy<Value = String> {
    proptest::collection::vec("[a-z]{1,8}|[A-Z]{2}|[0-9]{1,3}|&|<|\\*|_|\\[|\\]|#|>|-|~|\\||`|!|\\(|\\)|:|\\\\|é", 1..8)
        .prop_map(|words| words.join(" "))
}

fn plain_block() -> impl Strategy<Value = String> {
    let word = "[a-z]{1,8}";
    prop_oneof![
        proptest::collection::vec(word, 1..6).prop_map(|words| words.join(" ")),
        (1..=6_usize, word).prop_map(|(level, text)| format!("{} {text}", "#".repeat(level))),
        proptest::collection::vec(word, 1..4).prop_map(|items| format!("- {}", items.join("\n  - deeper\n- "))),
        proptest::collection::vec(word, 1..4).prop_map(|items| format!("- [x] {}", items.join("\n- [ ] "))),
        (word, word).prop_map(|(a, b)| format!("**{a}** *{b}* [{a}](https://{b}.org) `{a}`")),
        (word, word).prop_map(|(a, b)| format!("```{a}\n{b}\n\n  {a}\n```")),
        (word, word).prop_map(|(a, b)| format!("> [!TIP] {a}\n> {b}")),
        (word, word).prop_map(|(a, b)| format!("| {a} | {b} |\n|-|-|\n| {b} | {a} |")),
        Just("---".to_owned()),
    ]
}

/// Whether a file's name says it is Markdown.
fn is_markdown(name: &str) -> bool {
    std::path::Path::new(name).extension().is_some_and(|ending| ending == "md")
}

/// Signs that mean something in Markdown, in our notation and in HTML, thrown together.
#[expect(clippy::too_many_lines, reason = "a list of scraps")]
fn scraps() -> impl Strategy<Value = String> {
    let scraps = [
        "*",
        "**",
        "_",
        "~~",
        "~",
        "`",
        "```\n",
        "\n",
        "\n\n",
        "\\\n",
        "\\",
        "[",
        "](x)",
        "<u>",
        "</u>",
        "<br>",
        "<code>",
        "</code>",
        "&amp;",
        "&#42;",
        "# ",
        "- ",
        "* ",
        "1. ",
        "> ",
        "> [!NOTE] ",
        "- [ ] ",
        "|",
        "| a |\n|-|\n| b |\n",
        "---",
        "    ",
        " ",
        "a",
        "b",
        "x1",
        "é",
        "$",
        "$$",
        "$x$",
        "{",
        "}",
        "{{m #a}}",
        ":tick:",
        ":",
        "@[1:a]",
        "[[P]]",
        "[[K:P|t]]",
        "![a](b.png)",
        "[a](page:K/T)",
        "[S](status:red)",
        "[@a](user:1)",
        "[2026-01-31](date:)",
        "[^1]",
        "[^1]: ",
        "<https://x.org>",
        "<details>\n",
        "<summary>",
        "</summary>",
        "\n</details>\n\n",
        "<table>",
        "</table>",
        "<tr>",
        "<td>",
        "</td>",
        "<th>",
        "<ul>",
        "<li>",
        "<p>",
        "<!--",
        "-->",
        "```go title=\"a\"\n",
        "~~~\n",
        "\u{200b}",
        "\u{a0}",
        "😀",
        "=",
        "+",
        "%",
        "]]>",
        "\r",
        "\u{1}",
    ];
    proptest::collection::vec(proptest::sample::select(scraps.to_vec()), 0..16).prop_map(|scraps| scraps.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_markdown_settles_in_one_round(markdown in prop_oneof![scraps(), "\\PC*", "[\\x00-\\x7f]*"]) {
        assert_settles(&markdown, &format!("{markdown:?}"));
    }

    #[test]
    fn written_storage_is_always_well_formed(markdown in "\\PC*|[\\x00-\\x7f]*|([-#>*`|\\[\\]()!<>/a&;~ \\n]|<u>|</u>|\\]\\]>){0,60}") {
        write(&markdown);
    }

    #[test]
    fn reading_never_panics(storage in "\\PC*|([<>/&;a=\"' \\n]|<p>|</p>|<ac:link>|<ri:user|<td rowspan=\"9\"|<tr>|<table>|<!\\[CDATA\\[|\\]\\]>|<ac:task-list>){0,60}") {
        markdown_from_storage(&storage, &NoNames);
        mentioned(&storage);
    }

    #[test]
    fn any_text_comes_back_as_itself(text in words()) {
        let paragraph = format!("<p>{}</p>", text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"));
        prop_assert_eq!(write(&read(&paragraph)), paragraph);
    }

    #[test]
    fn plain_markdown_comes_back_unchanged(blocks in proptest::collection::vec(plain_block(), 1..6)) {
        let mut markdown = blocks.join("\n\n");
        markdown.push('\n');
        // Lists that touch are told apart by another bullet.
        prop_assume!(!blocks.windows(2).any(|pair| pair.iter().all(|block| block.starts_with("- "))));
        prop_assert_eq!(read(&write(&markdown)), markdown);
    }
}
