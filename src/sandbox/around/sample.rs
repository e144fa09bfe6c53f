//! What hangs around the seeded service desk: a few templates, groups, properties, watchers, likes and views.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::json;

use crate::sandbox::model::{ContentKind, ContentStatus, Id, PeopleGroup, Property, Site, Template};
use crate::sandbox::seed::{ADMIN, EDITOR, VIEWER};

/// Ids that lie below every content's, so that seeded contents keep theirs.
const FIRST_TEMPLATE: Id = 501;
const FIRST_PROPERTY: Id = 601;
/// When the properties were written.
const WRITTEN: i64 = 1_704_708_000;

const INCIDENT: &str = "<p>Started at <at:var at:name=\"start\" />, reported by <at:var at:name=\"reporter\" />.</p>\
<h2>What happened</h2><p><ac:placeholder>Say it in one sentence.</ac:placeholder></p>\
<h2>What helped</h2><ul><li>&nbsp;</li></ul>";

/// The body of notes, in the care of the administrator.
fn notes() -> String {
    format!(
        "<h2>Who was there</h2><ul><li><at:var at:name=\"people\" /></li></ul><h2>What was decided</h2><p />\
         <p>Questions to <ac:link><ri:user ri:account-id=\"{ADMIN}\" /></ac:link></p>"
    )
}

/// Puts it around the pages of the first space.
pub(crate) fn sample(site: &mut Site) {
    let Some(space) = site.spaces.values().next().cloned() else { return };
    let templates = [
        ("Incident report", "For every incident of priority 1", Some(space.id), INCIDENT.to_owned(), None),
        ("Meeting notes", "For the weekly round", None, notes(), None),
        ("Decision", "One decision with its reasons", None, notes(), Some("com.example.decisions")),
    ];
    for (id, (name, description, space, body, blueprint)) in (FIRST_TEMPLATE..).zip(templates) {
        let (name, description) = (name.to_owned(), description.to_owned());
        let blueprint = blueprint.map(str::to_owned);
        site.around.templates.insert(id, Template { id, name, description, space, body, blueprint });
    }
    let groups = [
        ("7d3c1f60-0b0e-4c1f-9d1c-5a0f3a1b2c01", "service-desk", vec![ADMIN, EDITOR]),
        ("7d3c1f60-0b0e-4c1f-9d1c-5a0f3a1b2c02", "readers", vec![VIEWER]),
    ];
    for (id, name, members) in groups {
        let members = members.into_iter().map(str::to_owned).collect();
        let group = PeopleGroup { id: id.to_owned(), name: name.to_owned(), members };
        site.around.groups.insert(id.to_owned(), group);
    }
    around_pages(site, space.id);
}

fn around_pages(site: &mut Site, space: Id) {
    let is_page = |kind: ContentKind| matches!(kind, ContentKind::Page | ContentKind::LiveDoc);
    let pages: Vec<Id> = site
        .contents
        .values()
        .filter(|content| content.space == space && is_page(content.kind) && content.status == ContentStatus::Current)
        .map(|content| content.id)
        .take(3)
        .collect();
    let people = |accounts: &[&str]| accounts.iter().map(|&account| account.to_owned()).collect::<BTreeSet<_>>();
    site.around.watchers.insert(space, people(&[ADMIN]));
    let owners = pages.iter().copied().chain([space]);
    for (id, owner) in (FIRST_PROPERTY..).zip(owners) {
        let created = Timestamp::from_second(WRITTEN).unwrap_or_default();
        let (key, author) = ("review".to_owned(), EDITOR.to_owned());
        let value = json!({ "due": "2024-06-30", "team": "service desk" });
        let message = String::new();
        let property = Property { id, owner, key, value, version: 1, message, author, created, changed: created };
        site.around.properties.insert(id, property);
    }
    for (times, page) in (1..).zip(pages) {
        site.around.watchers.insert(page, people(&[ADMIN, EDITOR]));
        site.around.likes.insert(page, people(&[EDITOR, VIEWER]));
        let views = BTreeMap::from([(ADMIN.to_owned(), 4 * times), (VIEWER.to_owned(), times)]);
        site.around.views.insert(page, views);
    }
}
