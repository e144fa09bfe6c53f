//! Pictures, emoji and embedded things of HTML as elements of storage format.

use super::concealed::has_class;
use crate::markup::shape::{attachment, element, with};
use crate::markup::storage::{Element, Node};

/// What an `img` is: an emoji, an attached file, or a picture from elsewhere.
pub(super) fn image(raw: &Element<'_>) -> Option<Node<'static>> {
    let alt = raw.attribute("alt").unwrap_or_default();
    if has_class(raw, "emoticon") || raw.attribute("data-emoji-id").is_some() {
        return Some(Node::Element(emoji(raw)));
    }
    if has_class(raw, "emoji") && !alt.is_ascii() {
        return Some(Node::Text(alt.to_owned().into()));
    }
    let named = raw.attribute("data-linked-resource-default-alias").map(str::to_owned);
    let address = ["src", "data-image-src", "data-src"]
        .into_iter()
        .find_map(|name| raw.attribute(name).map(str::trim).filter(|address| !address.is_empty()));
    let source = match (named.or_else(|| address.and_then(attached)), address) {
        (Some(file), _) => attachment(file),
        // A picture written out in letters says nothing to readers of text.
        (None, Some(address)) if is_written_out(address) => {
            return Some(Node::Text(
                if alt.is_empty() { "[image]".to_owned() } else { format!("[image: {alt}]") }.into(),
            ));
        }
        (None, Some(address)) => with(element("ri:url", Vec::new()), "ri:value", address.to_owned()),
        (None, None) => return (!alt.is_empty()).then(|| Node::Text(alt.to_owned().into())),
    };
    Some(Node::Element(with(element("ac:image", vec![Node::Element(source)]), "ac:alt", alt.to_owned())))
}

fn is_written_out(address: &str) -> bool {
    address.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"))
}

/// The name of the file that an address below `/download/attachments/ID/` or `/download/thumbnails/ID/` leads to.
fn attached(address: &str) -> Option<String> {
    let path = address.split(['?', '#']).next()?;
    let (_, rest) = path.split_once("/download/attachments/").or_else(|| path.split_once("/download/thumbnails/"))?;
    let (page, file) = rest.split_once('/')?;
    let is_page = !page.is_empty() && page.bytes().all(|digit| digit.is_ascii_digit());
    (is_page && !file.is_empty() && !file.contains('/')).then(|| percent_decoded(&file.replace('+', " ")))
}

fn percent_decoded(text: &str) -> String {
    let pair = format!("n={}", text.replace('&', "%26"));
    let mut pairs = url::form_urlencoded::parse(pair.as_bytes());
    pairs.next().map_or_else(|| text.to_owned(), |(_, value)| value.into_owned())
}

fn emoji(raw: &Element<'_>) -> Element<'static> {
    let names = [
        ("data-emoji-fallback", "ac:emoji-fallback"),
        ("data-emoji-shortname", "ac:emoji-shortname"),
        ("data-emoji-id", "ac:emoji-id"),
        ("data-emoticon-name", "ac:name"),
    ];
    let made = names.into_iter().fold(element("ac:emoticon", Vec::new()), |made, (of, name)| {
        match raw.attribute(of).filter(|value| !value.is_empty()) {
            Some(value) => with(made, name, value.to_owned()),
            None => made,
        }
    });
    if made.attribute("ac:name").is_some() {
        return made;
    }
    let classes = raw.attribute("class").unwrap_or_default().to_owned();
    let name = classes.split_ascii_whitespace().find_map(|class| class.strip_prefix("emoticon-"));
    let alt = raw.attribute("alt").unwrap_or_default().trim_matches(['(', ')']);
    with(made, "ac:name", name.unwrap_or(alt).to_owned())
}

/// Something from elsewhere shown inside the page: a link to it.
pub(super) fn embedded(raw: &Element<'_>) -> Option<Node<'static>> {
    let address =
        raw.attribute("src").map(str::trim).filter(|address| !address.is_empty() && !is_written_out(address))?;
    if address.starts_with("about:") {
        return None;
    }
    Some(Node::Element(with(element("a", Vec::new()), "href", address.to_owned())))
}
