//! A space as tools answer it.

use schemars::JsonSchema;
use serde::Serialize;

use crate::confluence::model::Space;
use crate::domain::text::{clean_text, quoted};
use crate::tools::Context;
use crate::tools::answer::Text;

/// A space.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct Described {
    /// Numeric id.
    id: String,
    /// Key, as other tools take it.
    key: String,
    /// Name.
    name: String,
    /// `global`, `collaboration`, `knowledge_base`, `personal`, ….
    #[serde(rename = "type")]
    kind: String,
    /// `current` or `archived`.
    status: String,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    /// Id of its homepage.
    #[serde(skip_serializing_if = "Option::is_none")]
    homepage_id: Option<String>,
    /// Where people open it.
    url: String,
}

impl Described {
    /// The space of an answer.
    pub(super) fn of(space: &Space, context: &Context) -> Self {
        let clean = |text: &str| clean_text(text).text;
        let description = space.plain_description();
        Self {
            id: space.id.to_string(),
            key: space.key.to_string(),
            name: clean(&space.name),
            kind: clean(&space.kind),
            status: clean(&space.status),
            description: (!description.trim().is_empty()).then(|| clean(description)),
            homepage_id: space.homepage_id.as_ref().map(ToString::to_string),
            url: context.url(space.links.webui.as_deref()),
        }
    }

    /// One line, and the beginning of the description, up to `length` characters, on a second.
    pub(super) fn lines(&self, length: usize) -> String {
        let mut facts = vec![format!("{} {}", self.key, quoted(&self.name, 200)), format!("id {}", self.id)];
        facts.push(quoted(&self.kind, 40));
        if self.status != "current" {
            facts.push(quoted(&self.status, 20));
        }
        facts.extend(self.homepage_id.as_ref().map(|id| format!("homepage {id}")));
        facts.push(self.url.clone());
        let mut lines = vec![facts.join(" · ")];
        lines.extend(self.description.as_ref().map(|description| quoted(description, length)));
        lines.join(
            "
  ",
        )
    }
}

impl Text for Described {
    fn text(&self) -> String {
        format!("space {}", self.lines(2_000))
    }
}
