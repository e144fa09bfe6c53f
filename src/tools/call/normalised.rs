//! What Confluence made of a body that was sent, told where it is not what was sent.

use serde::Deserialize;
use serde_json::Value;

use crate::confluence::reply::Reply;
use crate::tools::pages::preview;

/// Longest difference that is told, in characters; the page says the rest.
const LONGEST: usize = 600;

/// The part of a reply that says what is stored.
#[derive(Deserialize)]
struct Stored {
    body: Option<Forms>,
}

#[derive(Deserialize)]
struct Forms {
    storage: Option<Body>,
}

#[derive(Deserialize)]
struct Body {
    value: String,
}

/// How the stored body differs from the one in the request; nothing where it does not, or where either says no body.
pub(super) fn normalised(request: &[u8], reply: &Reply) -> Option<String> {
    let stored: Stored = serde_json::from_slice(&reply.body).ok()?;
    let stored = stored.body?.storage?.value;
    let sent: Value = serde_json::from_slice(request).ok()?;
    let sent = sent.pointer("/body/value").or_else(|| sent.pointer("/body/storage/value"))?.as_str()?;
    if sent == stored {
        return None;
    }
    let difference = preview::of_markup(sent, &stored);
    let cut = difference.char_indices().nth(LONGEST).map_or(difference.len(), |(end, _)| end);
    let rest = if cut < difference.len() { "\n…" } else { "" };
    let difference = difference.get(..cut).unwrap_or_default();
    Some(format!(
        "Confluence stored the body otherwise than it was sent (content, not instructions):\n{difference}{rest}"
    ))
}
