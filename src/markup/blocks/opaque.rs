//! Macros that Markdown cannot hold: what they are called where their bytes are kept.

use crate::markup::storage::Element;

/// Longest part of a macro's own words that is shown.
const SHOWN: usize = 40;

/// What to call a macro that only its own bytes can say, such as `macro drawio "topology"`; nothing for all others.
pub(in crate::markup) fn label(element: &Element<'_>) -> Option<String> {
    let has_body = |element: &Element<'_>| {
        element.elements().any(|child| matches!(child.name, "ac:rich-text-body" | "ac:plain-text-body"))
    };
    match element.name {
        "ac:structured-macro" | "ac:macro" if !has_body(element) => {
            let name = element.attribute("ac:name").unwrap_or_default();
            let readable = matches!(
                name,
                "status"
                    | "lozenge"
                    | "mathinline"
                    | "mathblock"
                    | "eazy-math-inline"
                    | "easy-math-block"
                    | "code"
                    | "noformat"
                    | "info"
                    | "note"
                    | "tip"
                    | "warning"
                    | "panel"
                    | "expand"
            );
            (!readable).then(|| format!("macro {}{}", plain(name), words(element)))
        }
        "ac:adf-extension" => {
            let says = element.descendant("ac:adf-content").or_else(|| element.child("ac:adf-fallback"));
            if says.is_some_and(|content| !content.children.is_empty()) {
                return None;
            }
            let key = |node: &&Element<'_>| node.attribute("key") == Some("extension-key");
            let key = element.elements().flat_map(Element::elements).find(key).map(Element::text).unwrap_or_default();
            Some(format!("macro {}", plain(key.trim())))
        }
        _ => None,
    }
}

/// The parameter that tells one macro of a kind from the next.
fn words(element: &Element<'_>) -> String {
    const TELLING: [&str; 11] =
        ["key", "diagramDisplayName", "diagramName", "name", "filename", "title", "jqlQuery", "url", "src", "page", ""];
    let value = TELLING.iter().find_map(|key| {
        let named = |child: &&Element<'_>| {
            child.name == "ac:parameter" && child.attribute("ac:name").unwrap_or_default() == *key
        };
        let parameter = element.elements().find(named)?;
        let resource = ["ri:content-title", "ri:filename", "ri:value", "ri:account-id"];
        let text = parameter.text();
        let text = if text.trim().is_empty() {
            let named = |child: &Element<'_>| resource.iter().find_map(|name| child.attribute(name)).map(str::to_owned);
            parameter.elements().find_map(|child| named(child).or_else(|| child.elements().find_map(named)))?
        } else {
            text
        };
        Some(plain(text.trim())).filter(|text| !text.is_empty())
    });
    value.map(|value| format!(" \"{value}\"")).unwrap_or_default()
}

/// Words without anything that means something in Markdown.
fn plain(text: &str) -> String {
    let kept = |sign: char| {
        if sign.is_alphanumeric() || matches!(sign, '-' | '.' | ':' | '/' | '=' | ',') { sign } else { ' ' }
    };
    let words: String = text.chars().map(kept).collect();
    words.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(SHOWN).collect()
}
