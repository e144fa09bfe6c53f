//! Pairs of storage format and Markdown, there and back.

use super::*;

fn read(storage: &str) -> String {
    markdown_from_storage(storage, &NoNames).markdown
}

fn write(markdown: &str) -> String {
    let storage = storage_from_markdown(markdown).unwrap();
    check_storage(&storage).unwrap();
    storage
}

/// Bodies that come back as they were.
const EXACT: &[(&str, &str)] = &[
    ("<h2>Plan &amp; scope</h2>", "## Plan & scope\n"),
    ("<p>one</p><p>two<br />three</p>", "one\n\ntwo\\\nthree\n"),
    ("<p><strong>a</strong> <em>b</em> <s>c</s> <code>d|`e</code></p>", "**a** *b* ~~c~~ ``d|`e``\n"),
    ("<p><strong><em>both</em></strong> un<strong>b</strong>roken</p>", "**_both_** un**b**roken\n"),
    ("<p><strong>a:</strong>b H<sub>2</sub>O <u>u</u></p>", "<strong>a:</strong>b H<sub>2</sub>O <u>u</u>\n"),
    ("<hr />", "---\n"),
    ("<ul><li><p>a</p><ul><li><p>b</p></li></ul></li><li><p>c</p></li></ul>", "- a\n  - b\n- c\n"),
    ("<ol start=\"3\"><li><p>a</p></li><li><p>b</p></li></ol>", "3. a\n4. b\n"),
    ("<ul><li><p>a</p></li></ul><ul><li><p>b</p></li></ul>", "- a\n\n* b\n"),
    ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b\n"),
    (
        "<table><tbody><tr><th><p>A</p></th><th><p>B</p></th></tr><tr><td><p>1|2</p></td><td><p>x<br />y</p></td></tr></tbody></table>",
        "| A | B |\n|-|-|\n| 1\\|2 | x<br>y |\n",
    ),
    ("<table><tbody><tr><td><p>1</p></td><td><p>2</p></td></tr></tbody></table>", "| | |\n|-|-|\n| 1 | 2 |\n"),
    (
        "<p><ac:link><ri:user ri:account-id=\"712020:abc\" /></ac:link> does it</p>",
        "[@user](user:712020:abc) does it\n",
    ),
    (
        "<p><ac:structured-macro ac:name=\"status\" ac:schema-version=\"1\"><ac:parameter ac:name=\"title\">IN PROGRESS</ac:parameter><ac:parameter ac:name=\"colour\">Yellow</ac:parameter></ac:structured-macro></p>",
        "[IN PROGRESS](status:yellow)\n",
    ),
    (
        "<p><ac:link ac:anchor=\"x\"><ri:page ri:space-key=\"IT\" ri:content-title=\"Home Page\" /><ac:link-body>the <em>home</em></ac:link-body></ac:link></p>",
        "[the *home*](<page:IT/Home Page#x>)\n",
    ),
    ("<p><ac:link><ri:page ri:content-title=\"Home\" /></ac:link></p>", "[Home](page:/Home)\n"),
    ("<p><ac:link><ri:attachment ri:filename=\"a b.pdf\" /></ac:link></p>", "[a b.pdf](<attachment:a b.pdf>)\n"),
    ("<p><a href=\"https://x.org/?a=1&amp;b=2\">x</a></p>", "[x](https://x.org/?a=1&b=2)\n"),
    ("<p><a href=\"https://x.org/\">https://x.org/</a></p>", "<https://x.org/>\n"),
    (
        "<ac:image ac:alt=\"Alt\"><ri:attachment ri:filename=\"my pic.png\" /><ac:caption><p>Fig \"1\"</p></ac:caption></ac:image>",
        "![Alt](<my pic.png> \"Fig \\\"1\\\"\")\n",
    ),
    (
        "<ac:image><ri:attachment ri:filename=\"a.png\" /><ac:caption><p>Fig *2*</p></ac:caption></ac:image>",
        "![](a.png)\n*Fig \\*2\\**\n",
    ),
    ("<ac:image><ri:url ri:value=\"https://x.org/a.png\" /></ac:image>", "![](https://x.org/a.png)\n"),
    (
        "<ac:structured-macro ac:name=\"code\" ac:schema-version=\"1\"><ac:parameter ac:name=\"language\">go</ac:parameter><ac:parameter ac:name=\"title\">a &amp; b</ac:parameter><ac:plain-text-body><![CDATA[a]]]]><![CDATA[>b\n```\n  c]]></ac:plain-text-body></ac:structured-macro>",
        "````go title=\"a & b\"\na]]>b\n```\n  c\n````\n",
    ),
    (
        "<ac:structured-macro ac:name=\"info\" ac:schema-version=\"1\"><ac:parameter ac:name=\"title\">Mind</ac:parameter><ac:rich-text-body><p>a</p><ul><li><p>b</p></li></ul></ac:rich-text-body></ac:structured-macro>",
        "> [!INFO] Mind\n> a\n>\n> - b\n",
    ),
    (
        "<ac:structured-macro ac:name=\"warning\" ac:schema-version=\"1\"><ac:rich-text-body><ul><li><p>b</p></li></ul></ac:rich-text-body></ac:structured-macro>",
        "> [!WARNING]\n>\n> - b\n",
    ),
    (
        "<blockquote><ac:image ac:alt=\"b.PNG\"><ri:attachment ri:filename=\"b.png\" /><ac:caption><p>Fig</p></ac:caption></ac:image><ul><li><ac:image><ri:attachment ri:filename=\"c.png\" /><ac:caption><p>x</p></ac:caption></ac:image></li></ul></blockquote>",
        "> ![b.PNG](b.png)\n> *Fig*\n>\n> - ![](c.png)\n>   *x*\n",
    ),
    (
        "<ac:structured-macro ac:name=\"expand\" ac:schema-version=\"1\"><ac:parameter ac:name=\"title\">a &lt; b</ac:parameter><ac:rich-text-body><p>in</p></ac:rich-text-body></ac:structured-macro>",
        "<details><summary>a &lt; b</summary>\n\nin\n\n</details>\n",
    ),
    (
        "<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>complete</ac:task-status><ac:task-body>ship</ac:task-body><ac:task-list><ac:task><ac:task-id>2</ac:task-id><ac:task-status>incomplete</ac:task-status><ac:task-body>test</ac:task-body></ac:task></ac:task-list></ac:task></ac:task-list>",
        "- [x] ship\n  - [ ] test\n",
    ),
];

#[test]
fn exact_bodies_read_as_expected_and_come_back_as_they_were() {
    for (storage, markdown) in EXACT {
        assert_eq!(read(storage), *markdown, "{storage}");
        assert_eq!(write(markdown), *storage, "{markdown}");
        assert!(markdown_from_storage(storage, &NoNames).lossy.is_empty(), "{storage}");
    }
}

#[test]
fn other_elements_read_sensibly() {
    for (storage, markdown) in [
        ("<p>caf&eacute;&nbsp;&#x1F600; <time datetime=\"2026-10-01\" /></p>", "café 😀 2026-10-01\n"),
        ("<p>a<ac:inline-comment-marker ac:ref=\"u\">b</ac:inline-comment-marker>c</p>", "abc\n"),
        (
            "<p><ac:emoticon ac:name=\"tick\" /> <ac:emoticon ac:name=\"blue-star\" ac:emoji-id=\"1f50e\" /></p>",
            "✅ 🔎\n",
        ),
        (
            "<table><tbody><tr><th>A</th><th>B</th></tr><tr><td rowspan=\"2\">one</td><td><p>2</p><p>3</p></td></tr><tr><td>4</td></tr></tbody></table>",
            "| A | B |\n|-|-|\n| one | 2<br>3 |\n| one | 4 |\n",
        ),
        (
            "<table><tbody><tr><td colspan=\"2\">a</td><td>b</td></tr></tbody></table>",
            "| | | |\n|-|-|-|\n| a | | b |\n",
        ),
        (
            "<ac:layout><ac:layout-section ac:type=\"single\"><ac:layout-cell><p>l</p></ac:layout-cell></ac:layout-section></ac:layout>",
            "l\n",
        ),
        (
            "<ac:adf-extension><ac:adf-node type=\"panel\"><ac:adf-attribute key=\"panel-type\">note</ac:adf-attribute><ac:adf-content><p>once</p></ac:adf-content></ac:adf-node><ac:adf-fallback><p>once</p></ac:adf-fallback></ac:adf-extension>",
            "> [!NOTE]\n> once\n",
        ),
        (
            "<ac:adf-extension><ac:adf-node type=\"decision-list\"><ac:adf-node type=\"decision-item\"><ac:adf-attribute key=\"state\">DECIDED</ac:adf-attribute><ac:adf-content>go</ac:adf-content></ac:adf-node></ac:adf-node></ac:adf-extension>",
            "- Decision: go\n",
        ),
        ("<ac:structured-macro ac:name=\"children\" />", "[macro children]\n"),
        (
            "<ac:structured-macro ac:name=\"blog-posts\"><ac:parameter ac:name=\"author\"><ri:user ri:account-id=\"1:a\" /></ac:parameter></ac:structured-macro>",
            "[macro blog-posts: [@user](user:1:a)]\n",
        ),
        (
            "<h1><a href=\"#a\"></a>a</h1><p><ac:emoticon ac:name=\"x\" ac:emoji-fallback=\":smile:\" /></p>",
            "# a\n\n🙂\n",
        ),
        ("<ac:structured-macro ac:name=\"toc\" />", ""),
        (
            "<ac:structured-macro ac:name=\"drawio\"><ac:parameter ac:name=\"diagramName\">Net</ac:parameter></ac:structured-macro>",
            "[diagram: Net]\n",
        ),
        (
            "<ac:structured-macro ac:name=\"include\"><ac:parameter ac:name=\"\"><ac:link><ri:page ri:content-title=\"P\" /></ac:link></ac:parameter></ac:structured-macro>",
            "[include: [P](page:/P)]\n",
        ),
        (
            "<ac:structured-macro ac:name=\"constructor\"><ac:rich-text-body><p>body</p></ac:rich-text-body></ac:structured-macro>",
            "body\n",
        ),
        (
            "<p><ac:structured-macro ac:name=\"jira\"><ac:parameter ac:name=\"key\">AB-1</ac:parameter></ac:structured-macro></p>",
            "AB-1\n",
        ),
        ("<p><a href=\"javascript:alert(1)\">click</a></p>", "click\n"),
        ("<p>one <b>two</p><p>three & four <br> five", "one **two**\n\nthree & four\\\nfive\n"),
        ("a < b <![CDATA[open", "a < b \\<![CDATA[open\n"),
    ] {
        assert_eq!(read(storage), markdown, "{storage}");
    }
}

#[test]
fn mentions_show_names_and_are_collected() {
    struct Ann;
    impl Names for Ann {
        fn person(&self, account_id: &str) -> Option<String> {
            (account_id == "1:a").then(|| "Ann [Lee]".to_owned())
        }
    }
    let mention = "<ac:link><ri:user ri:account-id=\"1:a\"/></ac:link>";
    let storage = format!("<p>{mention}{mention}<ac:link><ri:user ri:account-id=\"2:b\"/></ac:link></p>");
    assert_eq!(mentioned(&storage).accounts, ["1:a", "2:b"].map(str::to_owned).into());
    let shown = markdown_from_storage(&format!("<p>{mention}</p>"), &Ann).markdown;
    assert_eq!(shown, "[@Ann \\[Lee\\]](user:1:a)\n");
}

#[test]
fn page_text_never_becomes_structure() {
    let texts = [
        "# h",
        "- a",
        "1) a",
        "> q",
        "```",
        "a | b",
        "[x](y)",
        "![x](y)",
        "<details>",
        "[ ] t",
        "[!INFO]",
        "=",
        "~~~",
        "**a**",
    ];
    for text in texts {
        let paragraph = format!("<p>{}</p>", text.replace('<', "&lt;").replace('>', "&gt;"));
        assert_eq!(write(&read(&paragraph)), paragraph, "{text}");
        let second = paragraph.replace("<p>", "<p>a<br />");
        assert_eq!(write(&read(&second)), second, "{text}");
    }
}

#[test]
fn what_agents_write_becomes_what_they_mean() {
    for (markdown, storage) in [
        (
            "> **Note**\n> x",
            "<ac:structured-macro ac:name=\"note\" ac:schema-version=\"1\"><ac:rich-text-body><p>x</p></ac:rich-text-body></ac:structured-macro>",
        ),
        ("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>"),
        ("a <b onclick=\"x\">y</b>", "<p>a &lt;b onclick=\"x\"&gt;y&lt;/b&gt;</p>"),
        ("[x](javascript:alert)", "<p>x</p>"),
        ("a\u{0}\u{8}b", "<p>ab</p>"),
        ("![](images/a%20b.png)", "<ac:image><ri:attachment ri:filename=\"a b.png\" /></ac:image>"),
        ("<a@b.org>", "<p><a href=\"mailto:a@b.org\">a@b.org</a></p>"),
        ("costs **$5** or $6, $HOME/x:$PATH", "<p>costs <strong>$5</strong> or $6, $HOME/x:$PATH</p>"),
        ("the sum $a_1*b*c$ is", "<p>the sum $a_1*b*c$ is</p>"),
        ("$$\n\\sum_i x_i\n$$", "<p>$$ \\sum_i x_i $$</p>"),
        (":tick: at 10:30: :nosuch: `:tick:` \\:tick:", "<p>✅ at 10:30: :nosuch: <code>:tick:</code> :tick:</p>"),
        (
            "[[Home]] [[IT:My Page|the *page*]] [[Note: x]]",
            "<p><ac:link><ri:page ri:content-title=\"Home\" /></ac:link> <ac:link><ri:page ri:space-key=\"IT\" ri:content-title=\"My Page\" /><ac:link-body>the <em>page</em></ac:link-body></ac:link> <ac:link><ri:page ri:content-title=\"Note: x\" /></ac:link></p>",
        ),
        (
            "@[712020:abc-1] @ann \\@[712020:abc-1]",
            "<p><ac:link><ri:user ri:account-id=\"712020:abc-1\" /></ac:link> @ann @[712020:abc-1]</p>",
        ),
        (
            "[2026-01-31](date:) [x](date:2026-02-01) [y](date:soon)",
            "<p><time datetime=\"2026-01-31\" /> <time datetime=\"2026-02-01\" /> y</p>",
        ),
        ("[text](comment:1-2) {{macro x #h1}}", "<p>text {{macro x #h1}}</p>"),
        ("a<!-- hidden --> b\n\n<!-- TOC -->", "<p>a b</p>"),
        ("<kbd>Ctrl</kbd> <code>x*y*</code>", "<p><code>Ctrl</code> <code>x</code><em><code>y</code></em></p>"),
        (
            "a[^x] b[^y]\n\n[^y]: two\n[^x]: one",
            "<p>a<sup>[1]</sup> b<sup>[2]</sup></p><hr /><ol><li><p>one</p></li><li><p>two</p></li></ol>",
        ),
        ("> \\[!NOTE] x", "<blockquote><p>[!NOTE] x</p></blockquote>"),
        (
            "<details open>\n<summary>A <b>b</b> &amp; c</summary>\n\nx\n</details>\n\ny",
            "<ac:structured-macro ac:name=\"expand\" ac:schema-version=\"1\"><ac:parameter ac:name=\"title\">A b &amp; c</ac:parameter><ac:rich-text-body><p>x</p></ac:rich-text-body></ac:structured-macro><p>y</p>",
        ),
        (
            "<table>\n<thead><tr><th>A</th></tr></thead>\n<tr><td colspan=\"2\">x &lt; <b>y</b><ul><li>z</ul></td></tr>\n\n<tr><td>\n\n**m**\n\n</td></tr></table>",
            "<table><tbody><tr><th><p>A</p></th></tr><tr><td colspan=\"2\"><p>x &lt; <strong>y</strong></p><ul><li><p>z</p></li></ul></td></tr><tr><td><p><strong>m</strong></p></td></tr></tbody></table>",
        ),
        (
            "- [ ] a\n- b",
            "<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>incomplete</ac:task-status><ac:task-body>a</ac:task-body></ac:task></ac:task-list><ul><li><p>b</p></li></ul>",
        ),
    ] {
        assert_eq!(write(markdown), storage, "{markdown}");
    }
}

#[test]
fn malformed_storage_is_refused_with_line_and_column() {
    for (storage, message) in [
        ("<p>a</p>\n <p><b>x</p>", "line 2, column 9"),
        ("<p>&nosuch;</p>", "line 1, column 4"),
        ("<p>a & b</p>", "line 1, column 6"),
        ("<p>", "line 1, column 1"),
        ("<p a=\"<\"/>", "line 1, column 1"),
        ("<p a=\"1\" a=\"2\"/>", "line 1, column 1"),
        ("<!DOCTYPE x><p/>", "line 1, column 1"),
        ("a\u{1}", "line 1, column 2"),
        ("x<![CDATA[", "line 1, column 2"),
    ] {
        let error = check_storage(storage).unwrap_err().to_string();
        assert!(error.contains(message), "{storage}: {error}");
    }
    check_storage("<p>&nbsp;&#65;<ac:link ac:anchor='x'/><![CDATA[<&]]></p>text<!-- c -->").unwrap();
    assert_eq!(check_storage(&"<b>".repeat(10_000)), Err(MarkupError::TooDeep));
    assert!(matches!(check_storage(&" ".repeat(PAGE_BODY + 1)), Err(MarkupError::TooLarge { .. })));
}

#[test]
fn invisible_characters_are_left_out_and_counted() {
    let rendered = markdown_from_storage("<p>a\u{202e}b\u{200b}</p><pre>c\u{e0041}</pre>", &NoNames);
    assert_eq!((rendered.markdown.as_str(), rendered.stripped), ("ab\n\n```\nc\n```\n", 3));
}

#[test]
fn what_markdown_cannot_give_back_is_named() {
    let storage = "<p style=\"text-align: center;\">a <time datetime=\"2026-10-01\"/></p><ac:structured-macro ac:name=\"drawio\"/>";
    let lossy = markdown_from_storage(storage, &NoNames).lossy;
    assert_eq!(lossy, ["date pickers", "macro `drawio`", "text colours and alignment"]);
}

fn for_edit(markdown: &str) -> String {
    let storage = storage::write(&markdown::read(markdown, markdown::Reading::ForEdit).unwrap());
    check_storage(&storage).unwrap();
    storage
}

#[test]
fn parts_for_edits_may_hold_markers_and_anchors_of_comments() {
    for (markdown, storage) in [
        ("{{macro drawio \"a_b\" #h3f2a1}}", "<sluice-kept id=\"h3f2a1\" />"),
        ("- {{macro x #a.1}}", "<ul><li><sluice-kept id=\"a.1\" /></li></ul>"),
        ("a {{image \"x\" #b}} c", "<p>a <sluice-kept id=\"b\" /> c</p>"),
        ("`{{macro x #a}}` \\{{macro x #a}} {{x}}", "<p><code>{{macro x #a}}</code> {{macro x #a}} {{x}}</p>"),
        (
            "    {{macro x #a}}",
            "<ac:structured-macro ac:name=\"code\" ac:schema-version=\"1\"><ac:plain-text-body><![CDATA[{{macro x #a}}]]></ac:plain-text-body></ac:structured-macro>",
        ),
        ("<!-- #p1 paragraph -->\na", "<p>a</p>"),
        (
            "a [*b* c](comment:1-2)",
            "<p>a <ac:inline-comment-marker ac:ref=\"1-2\"><em>b</em> c</ac:inline-comment-marker></p>",
        ),
    ] {
        assert_eq!(for_edit(markdown), storage, "{markdown}");
    }
}

#[test]
fn markers_come_back_as_they_were_written() {
    let kept = |label: &str| document::Kept { label: label.to_owned(), id: "h1".to_owned() };
    for label in ["macro drawio \"Net *work* `x` $a$ [b] <c>\"", "layout"] {
        let line = vec![document::Inline::Text("a ".to_owned()), document::Inline::Kept(kept(label))];
        let blocks = vec![Block::Kept(kept(label)), Block::Paragraph(line)];
        let document = document::Document { blocks };
        let markdown = markdown::write(&document).text;
        assert_eq!(markdown::read(&markdown, markdown::Reading::ForEdit).unwrap(), document, "{markdown}");
    }
    let text = "<p>{{macro x #h1}} and @[1:a] and :tick: and [[x]]</p>";
    assert_eq!(for_edit(&read(text)), text);
}
