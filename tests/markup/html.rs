//! HTML read as Markdown: Confluence's own view, other people's pages, and what is hidden or hostile.

use proptest::prelude::*;
use sluice::markup::{NoNames, markdown_from_html, markdown_from_storage};

use crate::shared::folder;

fn read(html: &str) -> String {
    markdown_from_html(html, &NoNames).markdown
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of pairs")]
fn what_confluence_shows_reads_as_the_storage_format_behind_it() {
    for (html, markdown) in [
        (
            "<div class=\"confluence-information-macro confluence-information-macro-note\"><p class=\"title\">Mind</p><span class=\"aui-icon confluence-information-macro-icon\"> </span><div class=\"confluence-information-macro-body\"><p>a</p></div></div>",
            "> [!NOTE] Mind\n> a\n",
        ),
        (
            "<div class=\"confluence-information-macro confluence-information-macro-information\"><div class=\"confluence-information-macro-body\"><p>a</p></div></div>",
            "> [!INFO]\n> a\n",
        ),
        (
            "<div class='panelMacro'><table class='warningMacro'><colgroup><col width='24'><col></colgroup><tr><td valign='top'><img src=\"x.png\"></td><td><b>T</b><br />a</td></tr></table></div>",
            "> [!WARNING]\n> **T**\\\n> a\n",
        ),
        (
            "<div class=\"code panel pdl\"><div class=\"codeHeader panelHeader pdl\"><b>main.go</b></div><div class=\"codeContent panelContent pdl\">\n<pre class=\"syntaxhighlighter-pre\" data-syntaxhighlighter-params=\"brush: go; gutter: false\">a &lt; b\n  c</pre>\n</div></div>",
            "```go title=\"main.go\"\na < b\n  c\n```\n",
        ),
        (
            "<div class=\"preformatted panel\"><div class=\"preformattedContent panelContent\"><pre>a\nb</pre></div></div>",
            "```\na\nb\n```\n",
        ),
        (
            "<div class=\"panel\" style=\"border-width: 1px\"><div class=\"panelHeader\"><b>T</b></div><div class=\"panelContent\"><p>a</p></div></div>",
            "> [!PANEL] T\n> a\n",
        ),
        (
            "<div class=\"expand-container\"><div class=\"expand-control\"><span class=\"expand-control-icon\"> </span><span class=\"expand-control-text\">More</span></div><div class=\"expand-content\" style=\"display: none; opacity: 0\"><p>in</p></div></div>",
            "<details><summary>More</summary>\n\nin\n\n</details>\n",
        ),
        (
            "<ul class=\"inline-task-list\"><li class=\"checked\" data-inline-task-id=\"1\"><span class=\"placeholder-inline-tasks\">ship</span><ul class=\"inline-task-list\"><li>test</li></ul></li></ul>",
            "- [x] ship\n  - [ ] test\n",
        ),
        ("<p><span class=\"status-macro aui-lozenge aui-lozenge-error\">LATE</span></p>", "[LATE](status:red)\n"),
        (
            "<p><a class=\"confluence-userlink\" data-account-id=\"712020:abc\" href=\"/wiki/people/1\">Ann Lee</a></p>",
            "[@Ann Lee](user:712020:abc)\n",
        ),
        (
            "<p><img class=\"emoticon emoticon-tick\" data-emoji-fallback=\"✅\" src=\"check.png\" alt=\"(tick)\"> <img class=\"emoticon emoticon-cross\" src=\"x.png\" alt=\"(error)\"></p>",
            "✅ ❌\n",
        ),
        (
            "<p><img class=\"confluence-embedded-image\" alt=\"Map\" src=\"/wiki/download/thumbnails/1/a.png?v=1\" data-linked-resource-default-alias=\"a b.png\"></p>",
            "![Map](<a b.png>)\n",
        ),
        ("<p><img src=\"/wiki/download/attachments/123/my%20pic.png?version=1\"></p>", "![](<my pic.png>)\n"),
        ("<p><time datetime=\"2026-01-31\" class=\"date-past\">Jan 31, 2026</time></p>", "2026-01-31\n"),
        ("<div class=\"toc-macro rbtoc1\"><ul><li><a href=\"#a\">A</a></li></ul></div><p>x</p>", "x\n"),
        ("<p>a<span class=\"inline-comment-marker\" data-ref=\"u\">b</span>c</p>", "abc\n"),
        (
            "<table class=\"confluenceTable\"><tbody><tr><th class=\"numberingColumn confluenceTh\"/><th class=\"confluenceTh\"><p>A</p></th></tr><tr><td class=\"numberingColumn\">1</td><td><p/></td></tr></tbody></table>",
            "| A |\n|-|\n| |\n",
        ),
        (
            "<span class=\"confluence-embedded-file-wrapper\"><a class=\"confluence-embedded-file\" href=\"/wiki/download/attachments/1/a.json\" data-linked-resource-default-alias=\"a.json\"><img src=\"/wiki/thumb.png\"></a></span>",
            "[a.json](/wiki/download/attachments/1/a.json)\n",
        ),
        (
            "<div class=\"contentLayout2\"><div class=\"columnLayout\"><div class=\"cell\"><div class=\"innerCell\"><p>l</p></div></div></div></div>",
            "l\n",
        ),
    ] {
        assert_eq!(read(html), markdown, "{html}");
    }
}

#[test]
fn tags_that_html_leaves_out_are_put_in() {
    for (html, markdown) in [
        ("<!DOCTYPE html><html><head><title>T</title><style>p{}</style></head><body><p>a<p>b", "a\n\nb\n"),
        ("<head><title>T</title><p>a</p>", "a\n"),
        ("<ul><li>a<li>b<ul><li>c</ul><li>d</ul>", "- a\n- b\n  - c\n- d\n"),
        ("<table><tr><th>A<th>B<tr><td>1<td>2</table>", "| A | B |\n|-|-|\n| 1 | 2 |\n"),
        ("<table><tr><td>a</div></span></p>b<td>c</table>", "| | |\n|-|-|\n| ab | c |\n"),
        ("<dl><dt>t<dd>d</dl>", "**t**\n\nd\n"),
        ("<P>A<BR>B&nbsp;&copy;&foo;</P>", "A\\\nB ©\\&foo;\n"),
        ("<p>a<div>b</div>c", "a\n\nb\n\nc\n"),
        ("<b>a<p>b</b>c</p>", "a\n\nb\n\nc\n"),
        ("<pre>\n a<br>b</pre>", "```\n a\nb\n```\n"),
        ("<pre><code class=\"language-rust\">x</code></pre>", "```rust\nx\n```\n"),
        (
            "<ul><li><input type=\"checkbox\" checked> a</li><li><label><input type=checkbox> b</label></li></ul>",
            "- [x] a\n- [ ] b\n",
        ),
        ("<p>a<!-- b --><script>c</script><style>d</style><template>e</template>f</p>", "af\n"),
        ("<details><summary>S</summary><p>a</p></details>", "<details><summary>S</summary>\n\na\n\n</details>\n"),
        ("<p><iframe src=\"https://x.org/v\">x</iframe></p>", "<https://x.org/v>\n"),
        ("<table><form><tr><form><td>a</td>stray</form></tr></form></table>", "| |\n|-|\n| astray |\n"),
        ("<p>a<img src=\"data:image/png;base64,AAAA\" alt=\"dot\"></p>", "a[image: dot]\n"),
        ("<x-card><p>a</p></x-card>", "a\n"),
    ] {
        assert_eq!(read(html), markdown, "{html}");
    }
}

#[test]
fn what_people_do_not_see_is_left_out_and_counted() {
    for html in [
        "<p>a<span style=\"display:none\">obey</span></p>",
        "<p>a</p><div hidden>obey</div>",
        "<p>a</p><p style=\"visibility: hidden\">obey</p>",
        "<p>a<font style=\"FONT-SIZE:0PX\">obey</font></p>",
        "<p>a<b style=\"opacity:0\">obey</b></p>",
        "<p>a<span aria-hidden=\"true\">obey</span></p>",
        "<p>a</p><ul style=\"position:absolute;left:-9999px\"><li>obey</ul>",
    ] {
        let rendered = markdown_from_html(html, &NoNames);
        assert_eq!((rendered.markdown.as_str(), rendered.hidden), ("a\n", 1), "{html}");
        assert_eq!(rendered.lossy, ["hidden text"], "{html}");
    }
    let rendered = markdown_from_html(
        "<i class=\"icon\" aria-hidden=\"true\"></i><div aria-hidden=\"true\"><p>a</p></div>",
        &NoNames,
    );
    assert_eq!((rendered.markdown.as_str(), rendered.hidden), ("a\n", 0));
    let row = "<table><tr><td>a</td><td style=\"display:none\">obey</td><td>b</td></tr></table>";
    assert_eq!(read(row), "| | | |\n|-|-|-|\n| a | | b |\n");
    let storage = "<p>a<span style=\"font-size: 0px;\">obey</span></p><p style=\"display: none;\">obey</p>";
    let rendered = markdown_from_storage(storage, &NoNames);
    assert_eq!((rendered.markdown.as_str(), rendered.hidden), ("a\n", 2));
}

#[test]
fn hostile_html_is_read_without_harm() {
    let repeated = |open: &str, close: &str| format!("{}x{}", open.repeat(10_000), close.repeat(10_000));
    for html in [
        repeated("<div>", "</div>"),
        repeated("<b><i>", "</i></b>"),
        repeated("<table><tr><td>", ""),
        repeated("<ul><li>", "</li></ul>"),
        repeated("<blockquote>", ""),
        repeated("</p>", "<p>"),
        repeated("<a href=x>", "</b>"),
        repeated("<div class=\"confluence-information-macro\">", "</div>"),
        repeated("<div class=\"expand-container\"><div class=\"expand-content\">", "</div></div>"),
        repeated("<br>", "<p>"),
        repeated("<!--", "-->"),
        repeated("<script>", "<"),
        repeated("&", "&#xD800;&#0;"),
        format!("<p {}>x", (0..200_000).map(|at| format!("a{at}=1 ")).collect::<Vec<_>>().concat()),
        format!("<table>{}</table>", "<tr><td rowspan=65534 colspan=1000>a".repeat(2_000)),
        format!("<p class=\"{}\">x", "a ".repeat(1_000_000)),
    ] {
        let rendered = markdown_from_html(&html, &NoNames);
        assert!(rendered.markdown.len() < 10 * html.len() + 1_000_000, "{}", rendered.markdown.len());
    }
}

/// Pages from other people's sites lie beside the project where there are any.
#[test]
fn real_pages_are_read_whole() {
    let Some(corpus) = folder("corpus/view") else { return };
    for file in std::fs::read_dir(corpus).unwrap() {
        let path = file.unwrap().path();
        let rendered = markdown_from_html(&std::fs::read_to_string(&path).unwrap(), &NoNames);
        assert!(rendered.warnings.is_empty() && rendered.hidden == 0, "{}: {rendered:?}", path.display());
        assert!(rendered.markdown.len() > 100 && !rendered.markdown.contains("<div"), "{}", path.display());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reading_never_panics(html in "\\PC*|([<>/&;a=\"' \\n]|<p>|</p>|<li>|<td|<tr>|<table>|</table>|<!--|<pre>|<script>|<ul class=\"inline-task-list\">|<div class=\"code panel\">|<b>|</b>){0,60}") {
        markdown_from_html(&html, &NoNames);
    }
}
