//! ADF read as Markdown: every node, and what is no ADF at all.

use proptest::prelude::*;
use serde_json::{Value, json};
use sluice::markup::{Names, NoNames, Rendered, markdown_from_adf};

use crate::shared::folder;

fn rendered(adf: &str) -> Rendered {
    markdown_from_adf(adf, &NoNames)
}

/// The Markdown of a document around these nodes.
fn read(content: &Value) -> String {
    rendered(&json!({ "type": "doc", "version": 1, "content": content }).to_string()).markdown
}

/// The Markdown of one paragraph around these nodes.
fn line(content: &Value) -> String {
    read(&json!([{ "type": "paragraph", "content": content }])).trim_end().to_owned()
}

fn text(text: &str, marks: &Value) -> Value {
    json!({ "type": "text", "text": text, "marks": marks })
}

#[test]
fn parts_of_a_line_read_as_those_of_storage_format() {
    let strong = json!([{ "type": "strong" }]);
    let link = json!([{ "type": "link", "attrs": { "href": "https://x.org/" } }]);
    let both = json!([{ "type": "strong" }, { "type": "link", "attrs": { "href": "https://x.org/" } }]);
    for (content, markdown) in [
        (json!([text("a", &strong), text(" b", &json!([]))]), "**a** b"),
        (json!([text("a ", &link), text("b", &both)]), "[a **b**](https://x.org/)"),
        (json!([text("a", &strong), text("b", &both), text("c", &strong)]), "**a[b](https://x.org/)c**"),
        (json!([text("x", &json!([{ "type": "code" }]))]), "`x`"),
        (json!([text("x", &json!([{ "type": "strike" }, { "type": "em" }]))]), "*~~x~~*"),
        (json!([text("2", &json!([{ "type": "subsup", "attrs": { "type": "sup" } }]))]), "<sup>2</sup>"),
        (json!([text("x", &json!([{ "type": "underline" }]))]), "<u>x</u>"),
        (
            json!([text("a", &json!([{ "type": "textColor", "attrs": { "color": "#f00" } }])), text("b", &json!([]))]),
            "ab",
        ),
        (
            json!([{ "type": "mention", "attrs": { "id": "712020:abc", "text": "@Ann Lee" } }]),
            "[@Ann Lee](user:712020:abc)",
        ),
        (json!([{ "type": "mention", "attrs": { "text": "@Ann" } }]), "@Ann"),
        (json!([{ "type": "status", "attrs": { "text": "DONE", "color": "neutral" } }]), "[DONE](status:grey)"),
        (json!([{ "type": "date", "attrs": { "timestamp": "1769817600000" } }]), "2026-01-31"),
        (json!([{ "type": "date", "attrs": { "timestamp": 1_769_817_600 } }]), "2026-01-31"),
        (json!([{ "type": "date", "attrs": { "timestamp": 9_223_372_036_854_775_807_i64 } }]), ""),
        (json!([{ "type": "emoji", "attrs": { "shortName": ":rocket:", "text": "🚀" } }]), "🚀"),
        (json!([{ "type": "emoji", "attrs": { "shortName": ":grin:", "id": "1f601" } }]), "😁"),
        (json!([{ "type": "emoji", "attrs": { "shortName": ":party_parrot:", "id": "a-b" } }]), ":party_parrot:"),
        (json!([{ "type": "inlineCard", "attrs": { "url": "https://x.org/a" } }]), "<https://x.org/a>"),
        (
            json!([text("see", &json!([])), { "type": "inlineCard", "attrs": { "data": { "url": "https://x.org/", "name": "X" } } }]),
            "see [X](https://x.org/)",
        ),
        (json!([text("a", &json!([])), { "type": "hardBreak" }, text("b", &json!([]))]), "a\\\nb"),
        (json!([{ "type": "placeholder", "attrs": { "text": "type here" } }]), ""),
        (
            json!([{ "type": "mediaInline", "attrs": { "type": "file", "__fileName": "a.pdf" } }]),
            "[a.pdf](attachment:a.pdf)",
        ),
        (
            json!([{ "type": "inlineExtension", "attrs": { "extensionKey": "status", "parameters": { "macroParams": { "title": { "value": "OK" }, "colour": { "value": "Green" } } } } }]),
            "[OK](status:green)",
        ),
        (
            json!([{ "type": "inlineExtension", "attrs": { "extensionType": "com.atlassian.ecosystem", "extensionKey": "8a1b2c3d-1111-2222-3333-444455556666/static/poll" } }]),
            "[macro poll]",
        ),
    ] {
        assert_eq!(line(&content), markdown, "{content}");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of pairs")]
fn blocks_read_as_those_of_storage_format() {
    let words = |words: &str| json!([{ "type": "paragraph", "content": [text(words, &json!([]))] }]);
    for (node, markdown) in [
        (json!({ "type": "heading", "attrs": { "level": 3 }, "content": [text("H", &json!([]))] }), "### H\n"),
        (json!({ "type": "rule" }), "---\n"),
        (json!({ "type": "blockquote", "content": words("q") }), "> q\n"),
        (
            json!({ "type": "orderedList", "attrs": { "order": 3 }, "content": [{ "type": "listItem", "content": words("a") }] }),
            "3. a\n",
        ),
        (
            json!({ "type": "codeBlock", "attrs": { "language": "go" }, "content": [text("a()\n\tb", &json!([]))] }),
            "```go\na()\n\tb\n```\n",
        ),
        (
            json!({ "type": "panel", "attrs": { "panelType": "warning" }, "content": words("yellow") }),
            "> [!NOTE]\n> yellow\n",
        ),
        (
            json!({ "type": "panel", "attrs": { "panelType": "error", "title": "T" }, "content": words("red") }),
            "> [!WARNING] T\n> red\n",
        ),
        (
            json!({ "type": "panel", "attrs": { "panelType": "note" }, "content": words("purple") }),
            "> [!NOTE]\n> purple\n",
        ),
        (
            json!({ "type": "expand", "attrs": { "title": "More" }, "content": words("in") }),
            "<details><summary>More</summary>\n\nin\n\n</details>\n",
        ),
        (
            json!({ "type": "taskList", "content": [
                { "type": "taskItem", "attrs": { "state": "DONE" }, "content": [text("ship", &json!([]))] },
                { "type": "taskList", "content": [{ "type": "taskItem", "attrs": { "state": "TODO" }, "content": [text("test", &json!([]))] }] }
            ] }),
            "- [x] ship\n  - [ ] test\n",
        ),
        (
            json!({ "type": "decisionList", "content": [{ "type": "decisionItem", "attrs": { "state": "DECIDED" }, "content": [text("go", &json!([]))] }] }),
            "- Decision: go\n",
        ),
        (
            json!({ "type": "layoutSection", "content": [{ "type": "layoutColumn", "content": words("l") }, { "type": "layoutColumn", "content": words("r") }] }),
            "l\n\nr\n",
        ),
        (json!({ "type": "blockCard", "attrs": { "url": "https://x.org/" } }), "<https://x.org/>\n"),
        (
            json!({ "type": "bodiedExtension", "attrs": { "extensionType": "com.atlassian.ecosystem", "extensionKey": "app/box" }, "content": words("inside") }),
            "inside\n",
        ),
        (
            json!({ "type": "extension", "attrs": { "extensionType": "com.atlassian.confluence.macro.core", "extensionKey": "toc" } }),
            "",
        ),
        (
            json!({ "type": "extension", "attrs": { "extensionType": "com.atlassian.confluence.macro.core", "extensionKey": "code", "parameters": { "macroParams": { "language": { "value": "sql" }, "__bodyContent": { "value": "select 1" } } } } }),
            "```sql\nselect 1\n```\n",
        ),
        (
            json!({ "type": "extension", "attrs": { "extensionKey": "include", "parameters": { "macroParams": { "": { "value": "Home" } } } } }),
            "[include: [Home](page:/Home)]\n",
        ),
        (json!({ "type": "futureNode", "content": words("kept") }), "kept\n"),
        (json!({ "type": "futureNode" }), "[node futureNode]\n"),
    ] {
        assert_eq!(read(&json!([node])), markdown, "{node}");
    }
}

#[test]
fn tables_keep_their_cells_in_their_columns() {
    let cell = |kind: &str, words: &str, attributes: Value| json!({ "type": kind, "attrs": attributes, "content": [{ "type": "paragraph", "content": [text(words, &json!([]))] }] });
    let table = json!([{ "type": "table", "content": [
        { "type": "tableRow", "content": [cell("tableHeader", "A", json!({})), cell("tableHeader", "B", json!({}))] },
        { "type": "tableRow", "content": [cell("tableCell", "one", json!({ "rowspan": 2 })), cell("tableCell", "2", json!({}))] },
        { "type": "tableRow", "content": [cell("tableCell", "4", json!({ "colspan": "1" }))] },
        cell("tableCell", "stray", json!({}))
    ] }]);
    assert_eq!(read(&table), "| A | B |\n|-|-|\n| one | 2 |\n| one | 4 |\n| stray |\n");
}

struct Files;

impl Names for Files {
    fn person(&self, _: &str) -> Option<String> {
        Some("Ann".to_owned())
    }
    fn file(&self, media_id: &str) -> Option<String> {
        (media_id == "f1").then(|| "plan.png".to_owned())
    }
}

#[test]
fn media_are_shown_by_file_name_where_anybody_knows_it() {
    let media =
        |attributes: Value| json!([{ "type": "mediaSingle", "content": [{ "type": "media", "attrs": attributes }] }]);
    for (attributes, markdown) in [
        (json!({ "type": "file", "id": "9", "__fileName": "a.png", "alt": "A" }), "![A](a.png)\n"),
        (json!({ "type": "file", "id": "9", "alt": "b c.png" }), "![](<b c.png>)\n"),
        (json!({ "type": "external", "url": "https://x.org/i.png", "alt": "I" }), "![I](https://x.org/i.png)\n"),
        (json!({ "type": "file", "id": "9", "alt": "The plan v. 2" }), "[image: The plan v. 2]\n"),
        (json!({ "type": "file", "id": "9" }), "[image]\n"),
    ] {
        assert_eq!(read(&media(attributes.clone())), markdown, "{attributes}");
    }
    let known = json!({ "type": "doc", "content": media(json!({ "type": "file", "id": "f1" })) }).to_string();
    assert_eq!(markdown_from_adf(&known, &Files).markdown, "![](plan.png)\n");
    let group = json!([{ "type": "mediaGroup", "content": [{ "type": "media", "attrs": { "__fileName": "a.pdf" } }, { "type": "media", "attrs": { "id": "1" } }] }]);
    assert_eq!(read(&group), "[a.pdf](attachment:a.pdf)\n\n[attachment]\n");
    let captioned = json!([{ "type": "mediaSingle", "content": [
        { "type": "media", "attrs": { "type": "file", "alt": "Map", "__fileName": "a.png" } },
        { "type": "caption", "content": [text("Fig 1", &json!([]))] }
    ] }]);
    assert_eq!(read(&captioned), "![Map](a.png \"Fig 1\")\n");
}

#[test]
fn what_the_api_wraps_around_a_document_is_taken_off() {
    let document = r#"{"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":"hi"}]}]}"#;
    for adf in [
        document.to_owned(),
        format!("\u{feff}{document}"),
        json!({ "representation": "atlas_doc_format", "value": document }).to_string(),
        json!({ "id": "1", "body": { "atlas_doc_format": { "value": document, "representation": "atlas_doc_format" } } }).to_string(),
        json!({ "content": [{ "type": "text", "text": "hi" }], "type": "paragraph" }).to_string(),
        r#"[{"type":"text","text":"hi"}]"#.to_owned(),
    ] {
        let rendered = rendered(&adf);
        assert_eq!((rendered.markdown.as_str(), rendered.warnings.len()), ("hi\n", 0), "{adf}");
    }
}

#[test]
fn broken_json_is_read_as_far_as_it_goes_and_told_with_its_place() {
    let broken = "{\"type\":\"doc\",\"content\":[\n{\"type\":\"paragraph\",\"content\":[{\"type\":\"text\",\"text\":\"kept\"},{\"type\":\"te";
    let rendered_broken = rendered(broken);
    assert_eq!(rendered_broken.markdown, "kept\n");
    assert!(rendered_broken.warnings[0].contains("line 2, column"), "{:?}", rendered_broken.warnings);
    for nothing in ["", "{", "null", "[]", "<p>x</p>", "\"x\"", "{}"] {
        let rendered = rendered(nothing);
        assert_eq!((rendered.markdown.as_str(), rendered.warnings.len()), ("", 1), "{nothing}");
    }
}

#[test]
fn values_of_wrong_types_harm_nothing() {
    for adf in [
        r#"{"type":5,"content":{"type":"paragraph","content":"text"}}"#,
        r#"{"type":"doc","content":[null,1,"x",[[{"type":"paragraph","content":[{"type":"text","text":["x"],"marks":{"type":1}}]}]]]}"#,
        r#"{"type":"table","content":[{"type":"tableRow","content":[{"type":"tableCell","attrs":{"colspan":1e300,"rowspan":-5}}]}]}"#,
        r#"{"type":"heading","attrs":{"level":99999999999999999999},"content":[{"type":"text","text":"x"}]}"#,
        r#"{"type":"mention","attrs":{"id":{"a":[]},"text":7}}"#,
        r#"{"type":"extension","attrs":{"extensionKey":["x"],"parameters":{"macroParams":[1,{}]}}}"#,
        r#"{"type":"date","attrs":{"timestamp":"tomorrow"}}"#,
        r#"{"type":"text","text":"\ud800 \udc00 \ud83d\ude00","marks":[null,{"type":"link","attrs":null}]}"#,
    ] {
        rendered(adf);
    }
    assert_eq!(rendered(r#"{"type":"text","text":"\ud800a\ud83d\ude00"}"#).markdown, "\u{fffd}a😀\n");
}

#[test]
fn hostile_documents_are_read_without_harm() {
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
    let expand = r#"{"type":"expand","content":["#;
    let wide = |node: &str, count: usize| {
        format!(r#"{{"type":"doc","content":[{}{node}]}}"#, format!("{node},").repeat(count))
    };
    let span = r#"{"type":"table","content":[{"type":"tableRow","content":[{"type":"tableCell","attrs":{"colspan":1000,"rowspan":65534},"content":[{"type":"text","text":"a"}]}]}]}"#;
    let marks = format!(
        r#"{{"type":"text","text":"x","marks":[{}{{}}]}}"#,
        r#"{"type":"strong"},{"type":"link","attrs":{"href":"a"}},"#.repeat(50_000)
    );
    for adf in [
        deep("[", "]"),
        deep(r#"{"a":"#, "}"),
        deep(expand, "]}"),
        expand.repeat(100_000),
        deep(r#"{"type":"x","attrs":{"a":"#, "}}"),
        wide("{}", 1_000_000),
        wide(r#"{"type":"a"}"#, 200_000),
        wide(r#"{"type":"hardBreak"}"#, 200_000),
        wide(span, 2_000),
        marks,
        format!(r#"{{"type":"text","text":"{}"}}"#, "\\ud800".repeat(500_000)),
        format!(r#"{{"type":"codeBlock","content":[{{"type":"text","text":"{}"}}]}}"#, "`".repeat(1_000_000)),
    ] {
        let rendered = rendered(&adf);
        assert!(rendered.markdown.len() < 10 * adf.len() + 1_000_000, "{}", rendered.markdown.len());
    }
    let nested = format!("{}{{\"type\":\"text\",\"text\":\"x\"}}{}", expand.repeat(40), "]}".repeat(40));
    assert!(rendered(&nested).markdown.contains('x'));
}

/// Documents from other people's sites lie beside the project where there are any.
#[test]
fn real_documents_lose_no_text() {
    let Some(corpus) = folder("corpus/adf") else { return };
    for file in std::fs::read_dir(corpus).unwrap() {
        let path = file.unwrap().path();
        let body = std::fs::read_to_string(&path).unwrap();
        let rendered = rendered(&body);
        assert!(rendered.warnings.is_empty(), "{}: {:?}", path.display(), rendered.warnings);
        let mut words = Vec::new();
        collect(&serde_json::from_str(&body).unwrap(), &mut words);
        for word in words {
            assert!(rendered.markdown.contains(&word), "{}: {word}", path.display());
        }
    }
}

/// The words of all texts, those with signs of Markdown left out.
fn collect(node: &Value, words: &mut Vec<String>) {
    if let Some(text) = node["text"].as_str().filter(|_| node["type"] == "text") {
        words.extend(text.split_whitespace().filter(|word| word.chars().all(char::is_alphanumeric)).map(str::to_owned));
    }
    for child in node["content"].as_array().into_iter().flatten() {
        collect(child, words);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reading_never_panics(adf in "\\PC*|([\\[\\]{},:\" 0-9]|\"type\":|\"text\":|\"content\":\\[|\"attrs\":\\{|\"table\"|\"expand\"|\\\\ud800|\"marks\":\\[){0,60}") {
        markdown_from_adf(&adf, &NoNames);
    }
}
