//! Pieces of storage format: what the Confluence editor stores for a heading, a list, a table or a macro.
//!
//! Arguments are markup already, except where a name says `text`.

use fastrand::Rng;

/// `text` with the signs escaped that mean something in markup.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn joined<T>(items: &[T], piece: impl Fn(&T) -> String) -> String {
    items.iter().map(piece).collect()
}

/// A heading of `level` 1 to 6.
pub(super) fn heading(level: u8, inside: &str) -> String {
    format!("<h{level}>{inside}</h{level}>")
}

/// A paragraph.
pub(super) fn paragraph(inside: &str) -> String {
    format!("<p>{inside}</p>")
}

/// A list, numbered for `ol` and with bullets for `ul`.
pub(super) fn list(tag: &str, items: &[String]) -> String {
    let items = joined(items, |item| format!("<li><p>{item}</p></li>"));
    format!("<{tag}>{items}</{tag}>")
}

/// A numbered list whose items may hold a list of bullets each.
pub(super) fn steps(items: &[(String, Vec<String>)]) -> String {
    let items = joined(items, |(step, details)| {
        let inside = if details.is_empty() { String::new() } else { list("ul", details) };
        format!("<li><p>{step}</p>{inside}</li>")
    });
    format!("<ol start=\"1\">{items}</ol>")
}

/// A table with a header row; `widths` adds a column group.
pub(super) fn table(header: &[&str], rows: &[Vec<String>], widths: &[u16]) -> String {
    let columns = joined(widths, |width| format!("<col style=\"width: {width}.0px;\" />"));
    let group = if widths.is_empty() { String::new() } else { format!("<colgroup>{columns}</colgroup>") };
    let head = joined(header, |cell| format!("<th><p><strong>{cell}</strong></p></th>"));
    let body = joined(rows, |row| {
        let missing = (header.len() + 1).saturating_sub(row.len());
        let last = row.len().saturating_sub(1);
        let cells = row.iter().enumerate().map(|(column, cell)| {
            let span = if column == last && missing > 1 { format!(" colspan=\"{missing}\"") } else { String::new() };
            format!("<td{span}><p>{cell}</p></td>")
        });
        format!("<tr>{}</tr>", cells.collect::<String>())
    });
    format!("<table data-layout=\"default\">{group}<tbody><tr>{head}</tr>{body}</tbody></table>")
}

/// A code block; the text may hold anything.
pub(super) fn code(random: &mut Rng, language: &str, text: &str) -> String {
    let safe = text.replace("]]>", "]]]]><![CDATA[>");
    let setting = if language.is_empty() { String::new() } else { parameter("language", language) };
    let id = uuid(random);
    format!(
        "<ac:structured-macro ac:name=\"code\" ac:schema-version=\"1\" ac:macro-id=\"{id}\">{setting}\
         <ac:plain-text-body><![CDATA[{safe}]]></ac:plain-text-body></ac:structured-macro>"
    )
}

/// A macro with a body of markup: `info`, `note`, `tip`, `warning`, `expand`, `panel`, `excerpt`, …
pub(super) fn boxed(name: &str, settings: &[(&str, &str)], inside: &str) -> String {
    let settings: String = settings.iter().map(|(name, value)| parameter(name, value)).collect();
    format!(
        "<ac:structured-macro ac:name=\"{name}\" ac:schema-version=\"1\">{settings}\
         <ac:rich-text-body>{inside}</ac:rich-text-body></ac:structured-macro>"
    )
}

/// A macro without a body: `toc`, `children`, `status`, `jira`, `drawio`, …
pub(super) fn bare(name: &str, settings: &[(&str, &str)]) -> String {
    let settings: String = settings.iter().map(|(name, value)| parameter(name, value)).collect();
    format!("<ac:structured-macro ac:name=\"{name}\" ac:schema-version=\"1\">{settings}</ac:structured-macro>")
}

fn parameter(name: &str, value: &str) -> String {
    format!("<ac:parameter ac:name=\"{name}\">{}</ac:parameter>", escaped(value))
}

/// A coloured status.
pub(super) fn status(title: &str, colour: &str) -> String {
    bare("status", &[("title", title), ("colour", colour)])
}

/// A task list; the first `done` tasks are ticked.
pub(super) fn tasks(random: &mut Rng, items: &[String], done: usize) -> String {
    let items = items.iter().enumerate().map(|(index, item)| {
        let state = if index < done { "complete" } else { "incomplete" };
        format!(
            "<ac:task><ac:task-id>{}</ac:task-id><ac:task-uuid>{}</ac:task-uuid><ac:task-status>{state}</ac:task-status>\
             <ac:task-body>{item}</ac:task-body></ac:task>",
            index + 1,
            uuid(random)
        )
    });
    format!("<ac:task-list>{}</ac:task-list>", items.collect::<String>())
}

/// A mention of a person.
pub(super) fn mention(account_id: &str) -> String {
    format!("<ac:link><ri:user ri:account-id=\"{account_id}\" /></ac:link>")
}

/// A link to a page of the same space.
pub(super) fn page_link(title_text: &str) -> String {
    format!("<ac:link><ri:page ri:content-title=\"{}\" /></ac:link>", escaped(title_text))
}

/// A link to an attachment of the same page.
pub(super) fn file_link(name_text: &str) -> String {
    format!("<ac:link><ri:attachment ri:filename=\"{}\" /></ac:link>", escaped(name_text))
}

/// An attached image with a caption.
pub(super) fn image(name_text: &str, caption: &str) -> String {
    format!(
        "<ac:image ac:align=\"center\" ac:layout=\"center\" ac:width=\"480\" ac:alt=\"{caption}\">\
         <ri:attachment ri:filename=\"{}\" /><ac:caption><p>{caption}</p></ac:caption></ac:image>",
        escaped(name_text)
    )
}

/// A text with an inline comment on it.
pub(super) fn marked(marker: &str, inside: &str) -> String {
    format!("<ac:inline-comment-marker ac:ref=\"{marker}\">{inside}</ac:inline-comment-marker>")
}

/// A date, as `yyyy-mm-dd`.
pub(super) fn date(day: &str) -> String {
    format!("<time datetime=\"{day}\" />")
}

/// Two columns side by side.
pub(super) fn columns(left: &str, right: &str) -> String {
    format!(
        "<ac:layout><ac:layout-section ac:type=\"two_equal\"><ac:layout-cell>{left}</ac:layout-cell>\
         <ac:layout-cell>{right}</ac:layout-cell></ac:layout-section></ac:layout>"
    )
}

/// An identifier of the kind macros and inline comments carry.
pub(super) fn uuid(random: &mut Rng) -> String {
    let (high, low) = (random.u64(..), random.u64(..));
    format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        low >> 52,
        low & 0xffff_ffff_ffff
    )
}
