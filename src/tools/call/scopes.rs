//! Which OAuth scopes tools need, so that a sign-in asks for what the profiles in use need and nothing else.
//!
//! The names are those of Atlassian's granular scopes, as the published documents of Confluence list them per operation;
//! blog posts, and the labels of pages and posts, are read with the scopes of pages.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::access::AccessClass;
use crate::domain::group::Group;
use crate::policy::gate::could_ever;
use crate::policy::{Profile, ToolFacts};
use crate::tools::{Entry, catalog};

/// Pages and blog posts: heads, bodies, versions, labels; where a thing on a page is.
pub const READ_PAGE: &str = "read:page:confluence";
/// New pages and blog posts, changed ones, and out of the trash.
pub const WRITE_PAGE: &str = "write:page:confluence";
/// Pages and blog posts into the trash; the same scope purges, which no request of ours does.
pub const DELETE_PAGE: &str = "delete:page:confluence";
/// What stands below a page.
pub const READ_TREE: &str = "read:hierarchical-content:confluence";
/// What stands above a page.
pub const READ_METADATA: &str = "read:content.metadata:confluence";
/// Search, people by name, and whose credentials these are; v1 asks it of what reads content in detail.
pub const READ_DETAILS: &str = "read:content-details:confluence";
/// Folders, which may be the parents of pages.
pub const READ_FOLDER: &str = "read:folder:confluence";
/// Whiteboards, without what is drawn on them.
pub const READ_WHITEBOARD: &str = "read:whiteboard:confluence";
/// Databases, without what is in them.
pub const READ_DATABASE: &str = "read:database:confluence";
/// Smart links in the tree.
pub const READ_EMBED: &str = "read:embed:confluence";
/// Tasks on pages.
pub const READ_TASK: &str = "read:task:confluence";
/// Templates of pages.
pub const READ_TEMPLATE: &str = "read:template:confluence";
/// Who watches what.
pub const READ_WATCHER: &str = "read:watcher:confluence";
/// How often pages are viewed.
pub const READ_ANALYTICS: &str = "read:analytics.content:confluence";
/// Groups of people.
pub const READ_GROUP: &str = "read:group:confluence";
/// New folders.
pub const WRITE_FOLDER: &str = "write:folder:confluence";
/// Folders into the trash.
pub const DELETE_FOLDER: &str = "delete:folder:confluence";
/// New whiteboards.
pub const WRITE_WHITEBOARD: &str = "write:whiteboard:confluence";
/// Whiteboards into the trash.
pub const DELETE_WHITEBOARD: &str = "delete:whiteboard:confluence";
/// New databases.
pub const WRITE_DATABASE: &str = "write:database:confluence";
/// Databases into the trash.
pub const DELETE_DATABASE: &str = "delete:database:confluence";
/// New smart links.
pub const WRITE_EMBED: &str = "write:embed:confluence";
/// Smart links into the trash.
pub const DELETE_EMBED: &str = "delete:embed:confluence";
/// Tasks ticked off, and opened again.
pub const WRITE_TASK: &str = "write:task:confluence";
/// One's own watches.
pub const WRITE_WATCHER: &str = "write:watcher:confluence";
/// Comments.
pub const READ_COMMENT: &str = "read:comment:confluence";
/// New comments.
pub const WRITE_COMMENT: &str = "write:comment:confluence";
/// Comments deleted for good.
pub const DELETE_COMMENT: &str = "delete:comment:confluence";
/// v1 answers added labels with all of them.
pub const READ_LABEL: &str = "read:label:confluence";
/// Labels added, and taken away.
pub const WRITE_LABEL: &str = "write:label:confluence";
/// Spaces: which there are, and which a thing is in.
pub const READ_SPACE: &str = "read:space:confluence";
/// v1 answers a new or changed space with its details.
pub const READ_SPACE_DETAILS: &str = "read:space-details:confluence";
/// New spaces, and changed ones.
pub const WRITE_SPACE: &str = "write:space:confluence";
/// v1 asks it of whoever makes or changes a space; no request of ours changes a permission.
pub const WRITE_SPACE_PERMISSION: &str = "write:space.permission:confluence";
/// Attachments, and their files.
pub const READ_ATTACHMENT: &str = "read:attachment:confluence";
/// New files.
pub const WRITE_ATTACHMENT: &str = "write:attachment:confluence";
/// Files into the trash.
pub const DELETE_ATTACHMENT: &str = "delete:attachment:confluence";
/// Names of people by account id.
pub const READ_USER: &str = "read:user:confluence";

/// What every sign-in asks for, whatever the profiles.
pub const SIGN_IN: [&str; 2] = [
    // Without it there is no refresh token, and the sign-in ends within the hour.
    "offline_access",
    // Whose sign-in it is.
    "read:me",
];

/// What Sluice reads for its own needs beside any call: what it keeps of the site, and `sluice doctor`.
pub const BACKGROUND: [&str; 4] = [
    // Which spaces there are, and in which of them a scope lets an agent see a thing.
    READ_SPACE,
    // Pages and blog posts with their labels, and the harmless read by which the doctor tries the group Pages.
    READ_PAGE,
    // The search that lists what has changed, and whose credentials these are.
    READ_DETAILS,
    // Names to the account ids that authors and mentions are given by.
    READ_USER,
];

/// The same, of a group that a profile opens: what no agent may read is neither kept nor tried.
pub const BACKGROUND_OF: [(Group, &str); 1] = [
    // Names, types and sizes of files, and the harmless read by which the doctor tries the group Attachments.
    (Group::Attachments, READ_ATTACHMENT),
];

/// The same, where a profile tells the pages of a space apart: what each stands under, and who may read it.
pub const TO_TELL_PAGES_APART: [&str; 2] = [READ_METADATA, READ_DETAILS];

/// What is never asked for: no tool needs it, and it could do what no profile allows.
pub const NEVER: [&str; 5] = [
    // The one operation that deletes a space, which passes the trash by.
    "delete:space:confluence",
    // The classic scope for the same, "create, update and delete space information".
    "write:confluence-space",
    // Roles of spaces, and who may do what on the whole site.
    "write:configuration:confluence",
    // Whole trees of pages in one request, and versions out of the history for good.
    "delete:content:confluence",
    // The classic scope that does the same, and archives, and changes restrictions.
    "write:confluence-content",
];

/// The scopes that a sign-in asks for, for agents under these profiles.
pub fn needed<'a>(profiles: impl IntoIterator<Item = &'a Profile>) -> BTreeSet<&'static str> {
    tools_by_scope(profiles).into_keys().collect()
}

/// What besides is needed so that people can take back whatever agents under these profiles write, where the profiles
/// do not let the agents do so themselves: a new page of an agent that may not delete, for example.
pub fn to_take_back<'a>(profiles: impl IntoIterator<Item = &'a Profile>) -> BTreeSet<&'static str> {
    let mut needed = BTreeSet::new();
    let mut inverse = BTreeSet::new();
    for profile in profiles {
        needed.extend(self::needed([profile]));
        inverse.extend(allowed(profile).flat_map(|entry| entry.undo_scopes));
    }
    &inverse - &needed
}

/// What agents under these profiles lack with a token of these scopes: each missing scope with the tools that need it,
/// both in order. Where no tool is named, the sign-in itself needs it, or what Sluice reads for its own needs.
pub fn cost<'a>(
    granted: &BTreeSet<String>,
    profiles: impl IntoIterator<Item = &'a Profile>,
) -> Vec<(&'static str, Vec<&'static str>)> {
    let missing = tools_by_scope(profiles).into_iter().filter(|(scope, _)| !granted.contains(*scope));
    missing.map(|(scope, tools)| (scope, tools.into_iter().collect())).collect()
}

/// The scopes of a token that it should not have, in order.
pub fn dangerous(granted: &BTreeSet<String>) -> Vec<&str> {
    granted.iter().map(String::as_str).filter(|scope| NEVER.contains(scope)).collect()
}

/// Every scope that is needed, with the tools that need it.
fn tools_by_scope<'a>(
    profiles: impl IntoIterator<Item = &'a Profile>,
) -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let mut tools = BTreeMap::<_, BTreeSet<_>>::new();
    for scope in SIGN_IN.into_iter().chain(BACKGROUND) {
        tools.entry(scope).or_default();
    }
    for profile in profiles {
        for scope in TO_TELL_PAGES_APART.iter().filter(|_| profile.scope.tells_pages_apart()) {
            tools.entry(*scope).or_default();
        }
        for entry in allowed(profile) {
            for scope in entry.scopes {
                tools.entry(*scope).or_default().insert(entry.facts.name);
            }
            for scope in entry.undo_scopes.iter().filter(|_| can_undo(profile, entry)) {
                tools.entry(*scope).or_default().insert(UNDO);
            }
            for (_, scope) in BACKGROUND_OF.iter().filter(|(group, _)| *group == entry.facts.group) {
                tools.entry(*scope).or_default();
            }
        }
    }
    tools
}

/// The tool by which agents undo.
const UNDO: &str = "undo_write";

/// The tools that a profile can ever allow.
fn allowed(profile: &Profile) -> impl Iterator<Item = &'static Entry> {
    catalog().filter(|entry| could_ever(profile, entry.facts).is_ok())
}

/// Whether a profile can ever allow the inverse of a write, which is as strong as what it needs besides.
fn can_undo(profile: &Profile, entry: &Entry) -> bool {
    let class = entry.undo_scopes.iter().map(|scope| class_of(scope)).max().unwrap_or(AccessClass::Read);
    could_ever(profile, ToolFacts { name: UNDO, group: entry.facts.group, class }).is_ok()
}

/// The strongest class of access that a scope is good for.
fn class_of(scope: &str) -> AccessClass {
    match scope.split(':').next() {
        Some("delete") => AccessClass::Delete,
        Some("write") => AccessClass::Update,
        _ => AccessClass::Read,
    }
}
