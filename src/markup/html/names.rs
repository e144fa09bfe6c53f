//! What is known of the elements of HTML: which are void, which end others, which bound a search.

/// Every name that means something to the readers, in alphabetical order.
const KNOWN: [&str; 153] = [
    "a",
    "abbr",
    "ac:adf-attribute",
    "ac:adf-content",
    "ac:adf-extension",
    "ac:adf-fallback",
    "ac:adf-mark",
    "ac:adf-node",
    "ac:caption",
    "ac:default-parameter",
    "ac:emoticon",
    "ac:image",
    "ac:inline-comment-marker",
    "ac:layout",
    "ac:layout-cell",
    "ac:layout-section",
    "ac:link",
    "ac:link-body",
    "ac:macro",
    "ac:parameter",
    "ac:placeholder",
    "ac:plain-text-body",
    "ac:plain-text-link-body",
    "ac:rich-text-body",
    "ac:structured-macro",
    "ac:task",
    "ac:task-body",
    "ac:task-id",
    "ac:task-list",
    "ac:task-status",
    "ac:task-uuid",
    "address",
    "area",
    "article",
    "aside",
    "audio",
    "b",
    "base",
    "bdi",
    "bdo",
    "big",
    "blockquote",
    "body",
    "br",
    "button",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "data",
    "datalist",
    "dd",
    "del",
    "details",
    "dfn",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "em",
    "embed",
    "fieldset",
    "figcaption",
    "figure",
    "font",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hgroup",
    "hr",
    "html",
    "i",
    "iframe",
    "img",
    "input",
    "ins",
    "kbd",
    "label",
    "legend",
    "li",
    "link",
    "main",
    "map",
    "mark",
    "menu",
    "meta",
    "nav",
    "noframes",
    "noscript",
    "object",
    "ol",
    "optgroup",
    "option",
    "p",
    "param",
    "picture",
    "pre",
    "q",
    "ri:attachment",
    "ri:blog-post",
    "ri:content-entity",
    "ri:page",
    "ri:shortcut",
    "ri:space",
    "ri:url",
    "ri:user",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "script",
    "section",
    "select",
    "small",
    "source",
    "span",
    "strike",
    "strong",
    "style",
    "sub",
    "summary",
    "sup",
    "svg",
    "table",
    "tbody",
    "td",
    "template",
    "textarea",
    "tfoot",
    "th",
    "thead",
    "time",
    "title",
    "tr",
    "track",
    "tt",
    "u",
    "ul",
    "var",
    "video",
    "wbr",
    "xmp",
];

/// The name as it is kept; elements nobody here knows are spans.
pub(super) fn known(name: &[u8]) -> &'static str {
    KNOWN
        .binary_search_by(|known| known.as_bytes().cmp(name))
        .ok()
        .and_then(|at| KNOWN.get(at))
        .copied()
        .unwrap_or("span")
}

/// Elements that never have an end tag.
pub(super) fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}

pub(super) fn is_heading(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

/// Elements whose start ends an open paragraph.
pub(super) fn ends_paragraph(name: &str) -> bool {
    is_heading(name)
        || matches!(
            name,
            "address"
                | "article"
                | "aside"
                | "blockquote"
                | "center"
                | "dd"
                | "details"
                | "dialog"
                | "dir"
                | "div"
                | "dl"
                | "dt"
                | "fieldset"
                | "figcaption"
                | "figure"
                | "footer"
                | "form"
                | "header"
                | "hgroup"
                | "hr"
                | "li"
                | "main"
                | "menu"
                | "nav"
                | "ol"
                | "p"
                | "pre"
                | "section"
                | "summary"
                | "table"
                | "ul"
        )
}

/// Parts of tables: within one, nothing outside of it is ended.
pub(super) fn is_cell_or_table(name: &str) -> bool {
    matches!(name, "table" | "td" | "th" | "caption" | "button" | "object")
}

/// Elements that are more than part of a line; end tags of lines do not reach past them.
pub(super) fn is_special(name: &str) -> bool {
    ends_paragraph(name) || is_cell_or_table(name) || matches!(name, "tbody" | "tfoot" | "thead" | "tr")
}

/// What may stand in a head.
pub(super) fn belongs_to_head(name: &str) -> bool {
    matches!(name, "base" | "link" | "meta" | "noscript" | "script" | "style" | "template" | "title")
}

/// Elements that nobody is shown.
pub(super) fn is_never_shown(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "datalist"
            | "head"
            | "link"
            | "map"
            | "meta"
            | "noframes"
            | "noscript"
            | "param"
            | "script"
            | "source"
            | "style"
            | "template"
            | "title"
            | "track"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_names_are_found() {
        assert!(KNOWN.is_sorted());
        for name in KNOWN {
            assert_eq!(known(name.as_bytes()), name);
        }
        assert_eq!(known(b"x-unknown"), "span");
    }
}
