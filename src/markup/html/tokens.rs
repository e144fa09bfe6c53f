//! HTML cut into tags and text by a tokenizer that follows the standard, and put into a tree.

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, State, Tokenizer};

use super::names::known;
use super::tree::Tree;
use crate::markup::storage::{Element, Node};

/// Attributes kept of one element; the rest is skipped.
const MAX_ATTRIBUTES: usize = 32;

/// Reads HTML into its elements; what was wrong with it beside them.
pub(super) fn read(html: &str) -> (Vec<Node<'static>>, Vec<String>) {
    let mut reader = Reader::default();
    let emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, _: Span<()>| reader.event(&event));
    let mut tokenizer = Tokenizer::new_with_emitter(html, emitter);
    // What follows some tags is text until their end tag, whatever it looks like.
    while let Some(Ok(state)) = tokenizer.next() {
        tokenizer.set_state(state);
    }
    drop(tokenizer);
    reader.tree.finish()
}

#[derive(Default)]
struct Reader {
    tree: Tree,
    /// The start tag under way.
    tag: Option<Element<'static>>,
    /// Whether the attribute under way is one of those that are kept.
    keeps: bool,
}

impl Reader {
    fn event(&mut self, event: &CallbackEvent<'_>) -> Option<State> {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                self.keeps = false;
                self.tag = Some(Element { name: known(name), ..Element::default() });
            }
            CallbackEvent::AttributeName { name } => {
                let name = String::from_utf8_lossy(name);
                let tag = self.tag.as_mut().filter(|tag| tag.attributes.len() < MAX_ATTRIBUTES);
                self.keeps = tag.is_some() && is_kept(&name);
                if let Some(tag) = tag.filter(|_| self.keeps) {
                    tag.attributes.push((name.into_owned().into(), String::new().into()));
                }
            }
            CallbackEvent::AttributeValue { value } => {
                let last = self.tag.as_mut().filter(|_| self.keeps).and_then(|tag| tag.attributes.last_mut());
                if let Some((_, kept)) = last {
                    *kept = String::from_utf8_lossy(value).into_owned().into();
                }
            }
            CallbackEvent::CloseStartTag { self_closing } => {
                let tag = self.tag.take()?;
                let state = text_state(tag.name).filter(|_| !*self_closing);
                self.tree.open(tag, *self_closing);
                return state;
            }
            CallbackEvent::EndTag { name } => self.tree.close(known(name)),
            CallbackEvent::String { value } => self.tree.text(&String::from_utf8_lossy(value)),
            // Storage format among HTML.
            CallbackEvent::Comment { value } if value.starts_with(b"[CDATA[") => {
                let text = String::from_utf8_lossy(value.get(7..).unwrap_or_default());
                self.tree.text(text.strip_suffix("]]").unwrap_or(&text));
            }
            CallbackEvent::Comment { .. } | CallbackEvent::Doctype { .. } | CallbackEvent::Error(_) => {}
        }
        None
    }
}

/// How the tokenizer reads on behind a start tag, where not as before (HTML, section 13.2.6.2 and 13.2.6.4.7).
fn text_state(name: &str) -> Option<State> {
    match name {
        "title" | "textarea" => Some(State::RcData),
        "style" | "xmp" | "iframe" | "noframes" => Some(State::RawText),
        "script" => Some(State::ScriptData),
        _ => None,
    }
}

/// Attributes that a rule looks at.
fn is_kept(name: &str) -> bool {
    matches!(
        name,
        "alt"
            | "aria-hidden"
            | "checked"
            | "class"
            | "colspan"
            | "datetime"
            | "hidden"
            | "href"
            | "key"
            | "role"
            | "rowspan"
            | "src"
            | "start"
            | "style"
            | "type"
    ) || ["data-", "ac:", "ri:"].iter().any(|prefix| name.starts_with(prefix))
}
