//! Elements as storage format has them, made by readers of other formats so that one set of rules reads them all.

use std::borrow::Cow;

use super::storage::{Element, Node, is_block};

/// An element around others.
pub(super) fn element<'a>(name: &'static str, children: Vec<Node<'a>>) -> Element<'a> {
    let holds_blocks = children.iter().any(|node| match node {
        Node::Element(child) => child.holds_blocks || child.is_block,
        Node::Text(_) | Node::Exact(_) => false,
    });
    let mut made = Element { name, children, holds_blocks, ..Element::default() };
    made.is_block = is_block(&made);
    made
}

/// Adds an attribute.
pub(super) fn with<'a>(mut element: Element<'a>, name: &'static str, value: impl Into<Cow<'a, str>>) -> Element<'a> {
    element.attributes.push((Cow::Borrowed(name), value.into()));
    // Of a macro its name decides.
    element.is_block = is_block(&element);
    element
}

/// An element around characters.
pub(super) fn text_element<'a>(name: &'static str, text: impl Into<Cow<'a, str>>) -> Element<'a> {
    element(name, vec![Node::Exact(text.into())])
}

/// What a macro of storage format is around.
pub(super) enum Body<'a> {
    Nothing,
    Plain(Cow<'a, str>),
    Rich(Vec<Node<'a>>),
}

/// A macro of storage format.
pub(super) fn macro_element<'a>(
    name: impl Into<Cow<'a, str>>,
    parameters: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    body: Body<'a>,
) -> Element<'a> {
    let parameters = parameters.into_iter();
    let mut children: Vec<Node<'a>> = parameters.map(|(name, value)| Node::Element(parameter(name, value))).collect();
    children.extend(match body {
        Body::Nothing => None,
        Body::Plain(text) => Some(Node::Element(text_element("ac:plain-text-body", text))),
        Body::Rich(nodes) => Some(Node::Element(element("ac:rich-text-body", nodes))),
    });
    with(element("ac:structured-macro", children), "ac:name", name)
}

/// One parameter of a macro.
pub(super) fn parameter<'a>(name: impl Into<Cow<'a, str>>, value: impl Into<Cow<'a, str>>) -> Element<'a> {
    with(text_element("ac:parameter", value), "ac:name", name)
}

/// A link to something Confluence keeps: `ac:link` around a resource and the words of the link.
pub(super) fn link<'a>(resource: Element<'a>, words: Vec<Node<'a>>) -> Element<'a> {
    let mut children = vec![Node::Element(resource)];
    if !words.is_empty() {
        children.push(Node::Element(element("ac:link-body", words)));
    }
    element("ac:link", children)
}

/// A person by account id, with the name that is shown where no other is known.
pub(super) fn mention<'a>(account: impl Into<Cow<'a, str>>, shown: impl Into<Cow<'a, str>>) -> Element<'a> {
    let shown = shown.into();
    let words = if shown.trim().is_empty() { Vec::new() } else { vec![Node::Text(shown)] };
    link(with(element("ri:user", Vec::new()), "ri:account-id", account), words)
}

/// A link to an attached file.
pub(super) fn attachment<'a>(file: impl Into<Cow<'a, str>>) -> Element<'a> {
    with(element("ri:attachment", Vec::new()), "ri:filename", file)
}
