//! What a profile's set of tools lists, and that listing is all it decides.

use serde_json::json;
use sluice::domain::group::Group;
use sluice::policy::Profile;
use sluice::policy::profile::{Mode, Switch, ToolSet};
use sluice::tools::{CORE, catalog, find};

use super::world::{World, profile};

fn with_set(set: ToolSet) -> Profile {
    let mut profile = profile(Mode::ReadWrite);
    profile.tools.set = set;
    profile
}

async fn listed(profile: Profile) -> Vec<String> {
    let answer = World::new().profile(profile).legacy().await.ask("tools/list", json!({})).await;
    let tools = answer["result"]["tools"].as_array().unwrap();
    tools.iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
}

fn sorted<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut names: Vec<_> = names.into_iter().collect();
    names.sort_unstable();
    names
}

#[test]
fn the_core_is_made_of_tools_that_exist() {
    for name in CORE {
        assert!(find(name).is_some(), "{name}");
    }
}

#[test]
fn the_core_is_listed_unless_a_profile_says_otherwise() {
    assert_eq!(ToolSet::default(), ToolSet::Core);
}

#[tokio::test]
async fn a_set_lists_the_core_or_all_or_the_tools_and_groups_it_names() {
    // Who one is, one can always ask.
    assert_eq!(listed(with_set(ToolSet::Core)).await, sorted(CORE.into_iter().chain(["whoami"])));
    let listed_like_others = ["apply_changes", "whoami"];
    let of_groups =
        catalog().filter(|entry| entry.facts.group != Group::Session || listed_like_others.contains(&entry.facts.name));
    assert_eq!(listed(with_set(ToolSet::All)).await, sorted(of_groups.map(|entry| entry.facts.name)));
    let named = ToolSet::Named { tools: ["get_page".to_owned()].into(), groups: [Group::Search].into() };
    assert_eq!(
        listed(with_set(named)).await,
        [
            "get_page",
            "get_sync_status",
            "search_cql",
            "search_docs",
            "search_pages_by_label",
            "search_text",
            "sync_now",
            "whoami"
        ]
    );
}

#[tokio::test]
async fn tools_about_approvals_are_listed_where_a_group_requires_approval_whatever_the_set() {
    let about = ["cancel_approval", "get_approval", "list_approvals", "undo_write"];
    let mut profile = with_set(ToolSet::Named { tools: ["get_page".to_owned()].into(), groups: [].into() });
    assert_eq!(listed(profile.clone()).await, ["get_page", "whoami"]);
    profile.groups.attachments.require_approval = Switch::On;
    assert_eq!(listed(profile).await, sorted(about.into_iter().chain(["get_page", "whoami"])));
}

#[tokio::test]
async fn a_set_lists_nothing_that_the_profile_cannot_allow() {
    let mut reader = profile(Mode::ReadOnly);
    reader.tools.set = ToolSet::Core;
    reader.tools.deny = ["get_page".to_owned()].into();
    let listed = listed(reader).await;
    let fits = |name: &str| (CORE.contains(&name) && name != "get_page") || name == "whoami";
    assert!(listed.iter().all(|name| fits(name)), "{listed:?}");
    assert!(!listed.is_empty() && !listed.contains(&"update_page".to_owned()), "{listed:?}");
}

#[tokio::test]
async fn a_tool_that_is_not_listed_can_still_be_called_and_read_as_a_resource() {
    let none = ToolSet::Named { tools: [].into(), groups: [].into() };
    let mut wire = World::new().profile(with_set(none)).legacy().await;
    let listed = wire.ask("tools/list", json!({})).await;
    assert_eq!(listed["result"]["tools"].as_array().map(Vec::len), Some(1), "{listed}");
    assert_eq!(listed["result"]["tools"][0]["name"], "whoami");
    // Nothing answers here; only a call that passed the gate finds that out.
    let call = json!({"name": "get_page", "arguments": {"page_id": "1"}});
    let answer = wire.ask("tools/call", call).await;
    assert_eq!(answer["result"]["structuredContent"]["code"], "not_started", "{answer}");
    let templates = wire.ask("resources/templates/list", json!({})).await;
    assert_eq!(templates["result"]["resourceTemplates"].as_array().map(Vec::len), Some(2), "{templates}");
}
