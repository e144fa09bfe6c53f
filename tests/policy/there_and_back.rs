//! A profile written out as a file and read again is the same profile.

use std::collections::BTreeSet;

use proptest::prelude::*;
use sluice::domain::group::Group;
use sluice::domain::place::SpaceName;
use sluice::policy::file::read;
use sluice::policy::profile::{Approval, ApprovedBy, Mode, Profile, Switch, Switches, ToolSet};

use super::{catalog, twin};

/// The nearest profile a file can express: no switch that does nothing, no space on both sides.
fn expressible(mut profile: Profile) -> Profile {
    let groups = &mut profile.groups;
    for switches in
        [&mut groups.pages, &mut groups.spaces, &mut groups.search, &mut groups.attachments, &mut groups.users]
    {
        if switches.mode != Mode::ReadWrite {
            *switches = Switches { mode: switches.mode, ..Switches::default() };
        }
    }
    if profile.approval.by != ApprovedBy::Client {
        profile.approval.client_may_delete = Switch::Off;
    }
    let allowed: BTreeSet<String> = profile.scope.allow.iter().flat_map(|allowed| &allowed.spaces).map(lower).collect();
    profile.scope.deny.retain(|denied| !allowed.contains(&lower(denied)));
    profile
}

fn lower(name: &SpaceName) -> String {
    name.to_string().to_lowercase()
}

fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

fn list<T: ToString>(entries: impl IntoIterator<Item = T>) -> String {
    let entries: Vec<String> = entries.into_iter().map(|entry| quoted(&entry.to_string())).collect();
    format!("[{}]", entries.join(", "))
}

fn is_on(switch: Switch) -> bool {
    switch == Switch::On
}

fn written(profile: &Profile) -> String {
    let mut lines =
        vec![format!("name = {}", quoted(&profile.name)), format!("description = {}", quoted(&profile.description))];
    for group in Group::ALL {
        let Switches { mode, allow_delete, require_approval } = profile.groups.of(group);
        lines.push(format!("[{group}]\nmode = \"{mode}\""));
        lines.push(format!("allow_delete = {}\nrequire_approval = {}", is_on(allow_delete), is_on(require_approval)));
    }
    lines.push("[scope]".into());
    for allowed in &profile.scope.allow {
        lines.push(format!("allow_spaces = {}\nallow_pages = {}", list(&allowed.spaces), list(&allowed.pages)));
    }
    lines.push(format!("deny_spaces = {}", list(&profile.scope.deny)));
    lines.push(format!("visible_to_all_only = {}", profile.scope.visible_to_all_only));
    lines.push(format!("sources = {}", list(profile.scope.sources.iter().flatten())));
    let Approval { by, client_may_delete, expires_after, hold } = &profile.approval;
    let by = match by {
        ApprovedBy::Client => "client",
        ApprovedBy::Human => "human",
        ApprovedBy::FourEyes => "four-eyes",
        ApprovedBy::Hook => "hook",
    };
    lines.push(format!("[approval]\nby = \"{by}\"\nclient_may_delete = {}", is_on(*client_may_delete)));
    lines.push(format!("expires_after = \"{}s\"\nhold = \"{}s\"", expires_after.as_secs(), hold.as_secs()));
    lines.push("[limits]".into());
    lines.extend(profile.limits.writes_per_hour.map(|limit| format!("writes_per_hour = {limit}")));
    lines.extend(profile.limits.deletes_per_day.map(|limit| format!("deletes_per_day = {limit}")));
    let set = match &profile.tools.set {
        ToolSet::Core => quoted("core"),
        ToolSet::All => quoted("all"),
        ToolSet::Named { tools, groups } => list(tools.iter().cloned().chain(groups.iter().map(Group::to_string))),
    };
    lines.push(format!("[tools]\nset = {set}\ndeny = {}", list(&profile.tools.deny)));
    lines.join("\n")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_profile_written_out_reads_back_as_itself(profile in twin::profiles().prop_map(expressible)) {
        let text = written(&profile);
        // More braces than any profile needs are refused, and a random text may hold them.
        prop_assume!(text.matches('{').count() <= 10);
        let read = read(&text, "x.toml", &catalog::names());
        let read = read.map(|read| Profile { revision: profile.revision, written: profile.written.clone(), ..read });
        prop_assert_eq!(read, Ok(profile), "{}", text);
    }
}
