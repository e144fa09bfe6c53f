//! What a profile file means once its form is right: switches that fit their mode, tools that exist, spaces on one side only.

use std::collections::BTreeSet;
use std::str::FromStr;
use std::time::Duration;

use super::mistake::{Mistakes, quoted};
use super::raw::{self, At, Keyed, Lasting, Word};
use crate::domain::digest::Digest;
use crate::domain::group::Group;
use crate::domain::ids::BadId;
use crate::domain::place::SpaceName;
use crate::domain::spelling::nearest;
use crate::domain::text::clean_text;
use crate::policy::profile::{
    Allowed, Approval, ApprovedBy, Groups, Limits, Mode, Profile, Scope, Switch, Switches, ToolSet, Tools,
};

/// Longest `name`, in characters.
const LONGEST_NAME: usize = 100;
/// Longest `connection`, in characters.
const LONGEST_CONNECTION: usize = 40;
/// Letters of a source's name.
const LONGEST_SOURCE: usize = 40;
/// Longest `description`, in characters.
const LONGEST_DESCRIPTION: usize = 2000;

/// The profile a file describes; of use only if no mistake was added.
pub(super) fn profile(
    file: raw::File,
    text: &str,
    known_tools: &[&str],
    misfits: &BTreeSet<String>,
    mistakes: &mut Mistakes<'_>,
) -> Profile {
    if file.name.is_none() && !misfits.contains("name") {
        mistakes.add(0, "missing key `name`", None);
    }
    let mut switches = |group, raw| switches(group, raw, misfits, mistakes);
    let groups = Groups {
        pages: switches(Group::Pages, file.pages),
        spaces: switches(Group::Spaces, file.spaces),
        search: switches(Group::Search, file.search),
        attachments: switches(Group::Attachments, file.attachments),
        users: switches(Group::Users, file.users),
    };
    Profile {
        name: words("name", file.name.as_ref(), LONGEST_NAME, mistakes),
        description: words("description", file.description.as_ref(), LONGEST_DESCRIPTION, mistakes),
        connection: file.connection.map(|name| words("connection", Some(&name), LONGEST_CONNECTION, mistakes)),
        groups,
        scope: file.scope.map_or_else(Scope::default, |raw| scope(&raw.0, mistakes)),
        approval: file.approval.map_or_else(Approval::default, |raw| approval(&raw.0, misfits, mistakes)),
        limits: file.limits.map_or_else(Limits::default, |Keyed(raw)| Limits {
            writes_per_hour: raw.writes_per_hour,
            deletes_per_day: raw.deletes_per_day,
        }),
        tools: file.tools.map_or_else(Tools::default, |raw| tools(&raw.0, known_tools, mistakes)),
        revision: Digest::of([text.as_bytes()]),
        written: text.into(),
    }
}

/// A text for people that cannot play tricks with a terminal or a log.
fn words(key: &str, written: Option<&At<String>>, longest: usize, mistakes: &mut Mistakes<'_>) -> String {
    let Some(written) = written else { return String::new() };
    let (text, offset) = (written.value(), written.span().start);
    let several_lines = key == "description";
    let hidden = clean_text(text).stripped > 0 || (!several_lines && text.contains(char::is_control));
    if text.trim().is_empty() && !several_lines {
        mistakes.add(offset, &format!("`{key}` is empty"), None);
    }
    if text.chars().count() > longest {
        mistakes.add(offset, &format!("`{key}` is longer than {longest} characters"), None);
    }
    if hidden {
        mistakes.add(offset, &format!("`{key}` holds control signs or others that nobody sees"), None);
    }
    text.clone()
}

fn switches(
    group: Group,
    raw: Option<Keyed<raw::Switches>>,
    misfits: &BTreeSet<String>,
    mistakes: &mut Mistakes<'_>,
) -> Switches {
    let Some(Keyed(raw)) = raw else { return Switches::default() };
    let mode = raw.mode.map_or(Mode::Disabled, |mode| mode.value().0);
    let mode_is_known = !misfits.contains(&format!("{group}.mode"));
    for (key, switch) in [("allow_delete", &raw.allow_delete), ("require_approval", &raw.require_approval)] {
        let on = switch.as_ref().filter(|switch| *switch.value());
        if let Some(switch) = on.filter(|_| mode_is_known && mode != Mode::ReadWrite) {
            let message = format!("`{key} = true` does nothing unless [{group}] has mode = \"read-write\"");
            mistakes.add(switch.span().start, &message, None);
        }
    }
    Switches { mode, allow_delete: on(raw.allow_delete), require_approval: on(raw.require_approval) }
}

fn on(switch: Option<At<bool>>) -> Switch {
    if switch.is_some_and(|switch| *switch.value()) { Switch::On } else { Switch::Off }
}

fn scope(raw: &raw::Scope, mistakes: &mut Mistakes<'_>) -> Scope {
    let allow = Allowed {
        spaces: named_by(raw.allow_spaces.as_deref().unwrap_or_default(), mistakes),
        pages: named_by(raw.allow_pages.as_deref().unwrap_or_default(), mistakes),
    };
    let deny: BTreeSet<SpaceName> = named_by(raw.deny_spaces.as_deref().unwrap_or_default(), mistakes);
    // Confluence finds a space by its key in any letter case.
    let allowed: BTreeSet<String> = allow.spaces.iter().map(|name| name.to_string().to_lowercase()).collect();
    for denied in raw.deny_spaces.iter().flatten().filter(|denied| allowed.contains(&denied.value().to_lowercase())) {
        let message = format!("{} is both allowed and denied", quoted(denied.value()));
        mistakes.add(denied.span().start, &message, None);
    }
    let sources = raw.sources.iter().flatten().map(|named| source(named, mistakes)).collect();
    let says = raw.allow_spaces.is_some() || raw.allow_pages.is_some();
    let visible_to_all_only = raw.visible_to_all_only.as_ref().is_some_and(|switch| *switch.value());
    Scope { allow: says.then_some(allow).into_iter().collect(), deny, visible_to_all_only, sources: Some(sources) }
}

/// The name of another source of documentation; which there are is known elsewhere.
fn source(named: &At<String>, mistakes: &mut Mistakes<'_>) -> String {
    let name = named.value();
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if name.is_empty() || name.len() > LONGEST_SOURCE || !name.bytes().all(fits) {
        let message =
            format!("{} is no name of a documentation source; `sluice sources list` shows them", quoted(name));
        mistakes.add(named.span().start, &message, None);
    }
    name.clone()
}

/// What a list of keys and ids names.
fn named_by<T: FromStr<Err = BadId> + Ord>(written: &[At<String>], mistakes: &mut Mistakes<'_>) -> BTreeSet<T> {
    let mut named = BTreeSet::new();
    for name in written {
        match name.value().parse() {
            Ok(one) => {
                named.insert(one);
            }
            Err(error) => mistakes.add(name.span().start, &BadId::to_string(&error), None),
        }
    }
    named
}

fn approval(raw: &raw::Approval, misfits: &BTreeSet<String>, mistakes: &mut Mistakes<'_>) -> Approval {
    let usual = Approval::default();
    let by = raw.by.as_ref().map_or(usual.by, |by| by.value().0);
    let may_delete = raw.client_may_delete.as_ref().filter(|switch| *switch.value());
    if let Some(switch) = may_delete.filter(|_| by != ApprovedBy::Client && !misfits.contains("approval.by")) {
        mistakes.add(
            switch.span().start,
            "`client_may_delete = true` does nothing unless [approval] has by = \"client\"",
            None,
        );
    }
    let mut lasting = |key: &str, written: &Option<At<Lasting>>, usual: Duration, least: &str, most: &str| {
        let Some(written) = written else { return usual };
        let bound = |text| Lasting::read(text).unwrap_or_default();
        if !(bound(least)..=bound(most)).contains(&written.value().0) {
            mistakes.add(written.span().start, &format!("`{key}` must be from \"{least}\" to \"{most}\""), None);
        }
        written.value().0
    };
    Approval {
        by,
        client_may_delete: if may_delete.is_some() { Switch::On } else { Switch::Off },
        expires_after: lasting("expires_after", &raw.expires_after, usual.expires_after, "1m", "30d"),
        hold: lasting("hold", &raw.hold, usual.hold, "0s", "5m"),
    }
}

fn tools(raw: &raw::Tools, known_tools: &[&str], mistakes: &mut Mistakes<'_>) -> Tools {
    let mut deny = BTreeSet::new();
    for written in raw.deny.iter().flatten() {
        let name = written.value();
        if !known_tools.contains(&name.as_str()) {
            let nearest = nearest(name, known_tools.iter().copied());
            mistakes.add(written.span().start, &format!("unknown tool {}", quoted(name)), nearest);
        }
        deny.insert(name.clone());
    }
    let set = match &raw.set {
        None => ToolSet::default(),
        Some(raw::Set::Word(Word(raw::SetWord::Core))) => ToolSet::Core,
        Some(raw::Set::Word(Word(raw::SetWord::All))) => ToolSet::All,
        Some(raw::Set::Names(names)) => named(names, known_tools, mistakes),
    };
    Tools { set, deny }
}

fn named(names: &[At<String>], known_tools: &[&str], mistakes: &mut Mistakes<'_>) -> ToolSet {
    let (mut tools, mut groups) = (BTreeSet::new(), BTreeSet::new());
    for written in names {
        let name = written.value();
        if let Some(group) = Group::ALL.into_iter().find(|group| group.word() == name) {
            groups.insert(group);
        } else if known_tools.contains(&name.as_str()) {
            tools.insert(name.clone());
        } else {
            let known = known_tools.iter().copied().chain(Group::ALL.map(Group::word));
            let message = format!("unknown tool or group {}", quoted(name));
            mistakes.add(written.span().start, &message, nearest(name, known));
        }
    }
    ToolSet::Named { tools, groups }
}
