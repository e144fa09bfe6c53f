//! Labels: one id for each prefix and name on the whole site.

use crate::sandbox::model::{Content, Id, Label, Site};
use crate::sandbox::rules::edits::next_id;
use crate::sandbox::server::answer::Failure;

/// All labels of the site with whatever carries them: contents, attachments and spaces.
fn known(site: &Site) -> impl Iterator<Item = &Label> {
    let contents = site.contents.values().flat_map(|content| &content.labels);
    let attachments = site.attachments.values().flat_map(|attachment| &attachment.labels);
    let spaces = site.spaces.values().flat_map(|space| &space.labels);
    contents.chain(attachments).chain(spaces)
}

/// The label of this prefix and name, made if it is new.
pub(crate) fn obtain(site: &mut Site, prefix: &str, name: &str) -> Result<Label, Failure> {
    let name = name.to_lowercase();
    if name.is_empty() || name.len() > 255 || name.chars().any(char::is_whitespace) {
        return Err(Failure::bad_request(format!("Label name `{name}` is not valid")));
    }
    if !["global", "my", "team", "system"].contains(&prefix) {
        return Err(Failure::bad_request(format!("Label prefix `{prefix}` is not valid")));
    }
    let found = known(site).find(|label| label.prefix == prefix && label.name == name).cloned();
    Ok(found.unwrap_or_else(|| Label { id: next_id(site), prefix: prefix.to_owned(), name }))
}

/// Adds a label unless it is there.
pub(crate) fn add(labels: &mut Vec<Label>, label: Label) {
    if !labels.contains(&label) {
        labels.push(label);
    }
}

/// Whether a content carries a label.
pub(crate) fn carries(content: &Content, label: Id) -> bool {
    content.labels.iter().any(|one| one.id == label)
}
