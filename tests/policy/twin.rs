//! The decision a second time, from the rules as an administrator reads them: what is granted, then what takes it away.

use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

use proptest::prelude::*;
use sluice::domain::access::AccessClass;
use sluice::domain::digest::Digest;
use sluice::domain::group::Group;
use sluice::domain::place::SpaceName;
use sluice::domain::text::clean_text;
use sluice::policy::profile::{
    Allowed, Approval, ApprovedBy, Groups, Limits, Mode, Profile, Scope, Switch, Switches, ToolSet, Tools,
};
use sluice::policy::{Ask, Decision, Reason, Standing, Usage, decide};

use super::catalog;

/// What the switches of a group grant, by the letter of the profile.
fn granted(group: Group, switches: Switches) -> HashSet<AccessClass> {
    let mut granted = HashSet::new();
    if switches.mode != Mode::Disabled {
        granted.insert(AccessClass::Read);
    }
    if switches.mode == Mode::ReadWrite {
        granted.extend([AccessClass::Create, AccessClass::Update]);
        if switches.allow_delete == Switch::On {
            granted.insert(AccessClass::Delete);
        }
    }
    // Search and users have nothing to write; a space is never deleted.
    let never: &[AccessClass] = match group {
        Group::Search | Group::Users => &[AccessClass::Create, AccessClass::Update, AccessClass::Delete],
        Group::Spaces => &[AccessClass::Delete],
        Group::Pages | Group::Attachments | Group::Session | Group::Matched => &[],
    };
    granted.retain(|class| !never.contains(class));
    granted
}

/// Which rule an administrator would name for a class that is not granted.
fn why_not(group: Group, switches: Switches, class: AccessClass) -> Reason {
    let readable = granted(group, switches).contains(&AccessClass::Read);
    let writable = granted(group, switches).contains(&AccessClass::Create);
    if !readable {
        return Reason::GroupDisabled;
    }
    if !writable {
        return Reason::ReadOnly;
    }
    assert_eq!(class, AccessClass::Delete, "where creating is granted only deleting can be missing");
    if group == Group::Spaces { Reason::SpaceDelete } else { Reason::DeleteOff }
}

pub(super) fn twin(profile: &Profile, ask: &Ask<'_>, usage: Usage) -> Decision {
    let switches = profile.groups.of(ask.group);
    let spent = |limit: Option<u32>, used: u32| limit.map(u64::from).is_some_and(|limit| u64::from(used) + 1 > limit);
    let mut objections = Vec::new();
    if profile.tools.deny.iter().any(|name| name == ask.tool) {
        objections.push(Reason::ToolDenied);
    }
    if !granted(ask.group, switches).contains(&ask.class) {
        objections.push(why_not(ask.group, switches, ask.class));
    }
    if ask.standing == Standing::Outside {
        objections.push(Reason::OutOfScope);
    }
    if ask.class != AccessClass::Read && spent(profile.limits.writes_per_hour, usage.writes_last_hour) {
        objections.push(Reason::WritesSpent);
    }
    if ask.class == AccessClass::Delete && spent(profile.limits.deletes_per_day, usage.deletes_last_day) {
        objections.push(Reason::DeletesSpent);
    }
    let waits = ask.class != AccessClass::Read && switches.require_approval == Switch::On;
    match objections.first() {
        Some(reason) => Decision::Refuse(*reason),
        None if waits => Decision::NeedsApproval,
        None => Decision::Allow,
    }
}

fn switch() -> impl Strategy<Value = Switch> {
    prop_oneof![Just(Switch::Off), Just(Switch::On)]
}

fn switches() -> impl Strategy<Value = Switches> {
    let mode = prop_oneof![Just(Mode::Disabled), Just(Mode::ReadOnly), Just(Mode::ReadWrite)];
    (mode, switch(), switch()).prop_map(|(mode, allow_delete, require_approval)| Switches {
        mode,
        allow_delete,
        require_approval,
    })
}

pub(super) fn spaces() -> impl Strategy<Value = BTreeSet<SpaceName>> {
    let name = prop_oneof!["[A-Z][A-Z0-9]{0,5}", "~[a-z0-9][a-z0-9:_-]{0,9}", "[1-9][0-9]{0,9}"];
    prop::collection::btree_set(name.prop_map(|name| name.parse().unwrap()), 0..4)
}

fn tool_names() -> impl Strategy<Value = BTreeSet<String>> {
    prop::collection::btree_set(prop::sample::select(catalog::names()).prop_map(str::to_owned), 0..5)
}

fn tools() -> impl Strategy<Value = Tools> {
    let groups = prop::collection::btree_set(prop::sample::select(Group::ALL.to_vec()), 0..3);
    let named = (tool_names(), groups).prop_map(|(tools, groups)| ToolSet::Named { tools, groups });
    (prop_oneof![Just(ToolSet::Core), Just(ToolSet::All), named], tool_names())
        .prop_map(|(set, deny)| Tools { set, deny })
}

fn approval() -> impl Strategy<Value = Approval> {
    let by = prop::sample::select(vec![ApprovedBy::Client, ApprovedBy::Human, ApprovedBy::FourEyes, ApprovedBy::Hook]);
    (by, switch(), 60..=2_592_000_u64, 0..=300_u64).prop_map(|(by, client_may_delete, expires_after, hold)| Approval {
        by,
        client_may_delete,
        expires_after: Duration::from_secs(expires_after),
        hold: Duration::from_secs(hold),
    })
}

pub(super) fn profiles() -> impl Strategy<Value = Profile> {
    let limit = || prop::option::of(prop_oneof![0..4_u32, any::<u32>()]);
    let groups = [(); 5].map(|()| switches());
    // As a file with a scope says it.
    let sources = prop::collection::btree_set("[a-z][a-z0-9-]{0,9}", 0..3);
    let pages = prop::collection::btree_set((1..2_000_u64).prop_map(|id| id.to_string().parse().unwrap()), 0..3);
    let allowed = (spaces(), pages).prop_map(|(spaces, pages)| Allowed { spaces, pages });
    let scope = (prop::option::of(allowed), spaces(), any::<bool>(), sources).prop_map(
        |(allow, deny, visible_to_all_only, sources)| Scope {
            allow: allow.into_iter().collect(),
            deny,
            visible_to_all_only,
            sources: Some(sources),
        },
    );
    let shown = |text: String| clean_text(&text).text;
    let name = "[A-Z]\\PC{0,20}".prop_map(shown);
    (name, "\\PC{0,30}".prop_map(shown), groups, scope, approval(), (limit(), limit()), tools()).prop_map(
        |(name, description, [pages, spaces, search, attachments, users], scope, approval, limits, tools)| Profile {
            name,
            description,
            connection: None,
            groups: Groups { pages, spaces, search, attachments, users },
            scope,
            approval,
            limits: Limits { writes_per_hour: limits.0, deletes_per_day: limits.1 },
            tools,
            revision: Digest::of([]),
            written: "".into(),
        },
    )
}

pub(super) fn asks() -> impl Strategy<Value = (&'static str, Group, AccessClass, Standing)> {
    (
        prop::sample::select(catalog::names()),
        prop::sample::select(Group::ALL.to_vec()),
        prop::sample::select(AccessClass::ALL.to_vec()),
        prop::sample::select(vec![Standing::NotYetKnown, Standing::Inside, Standing::Outside]),
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_decision_and_its_twin_agree_on_any_profile(
        profile in profiles(),
        (tool, group, class, standing) in asks(),
        (writes_last_hour, deletes_last_day) in (prop_oneof![0..5_u32, any::<u32>()], prop_oneof![0..5_u32, any::<u32>()]),
    ) {
        let ask = Ask { tool, group, class, standing };
        let usage = Usage { writes_last_hour, deletes_last_day };
        prop_assert_eq!(decide(&profile, &ask, usage), twin(&profile, &ask, usage));
    }
}
