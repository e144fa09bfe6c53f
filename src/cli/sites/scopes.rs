//! Which scopes the profiles in use need, and what it costs when some are not granted.

use std::collections::BTreeSet;

use crate::cli::CliError;
use crate::cli::people::{agents, permissions};
use crate::config::{ProfileName, Settings};
use crate::connect::record::Method;
use crate::connect::{ConnectionName, Record};
use crate::people::Validity;
use crate::policy::Profile;
use crate::tools::scopes;

/// Every scope that the profiles in use need, at a connection of this name where it has one already.
pub(super) fn needed(settings: &Settings, name: Option<&ConnectionName>) -> Result<BTreeSet<&'static str>, CliError> {
    Ok(scopes::needed(&profiles(settings, name)?))
}

/// What a connection lacks, and what it should not have; one sentence each.
pub(super) fn lacking(settings: &Settings, record: &Record) -> Result<Vec<String>, CliError> {
    if record.scopes.is_empty() {
        return Ok(Vec::new());
    }
    let granted = record.scopes.iter().cloned().collect();
    let mut cost = scopes::cost(&granted, &profiles(settings, Some(&record.name))?);
    if record.method != Method::OAuth {
        // Those are of people's sign-ins alone.
        cost.retain(|(scope, _)| !scopes::SIGN_IN.contains(scope));
    }
    let lacks = |(scope, tools): (&str, Vec<&str>)| {
        if tools.is_empty() {
            return format!("`{scope}` was not granted, which signing in and the sync need");
        }
        format!("`{scope}` was not granted; without it these do not work: {}", tools.join(", "))
    };
    let dangerous = |scope: &str| {
        format!("`{scope}` was granted, which Sluice never asks for: it allows more than any of its tools does")
    };
    let dangers = scopes::dangerous(&granted).into_iter().map(dangerous);
    Ok(cost.into_iter().map(lacks).chain(dangers).collect())
}

/// The profiles of the agents that use a connection, and that of the settings.
fn profiles(settings: &Settings, name: Option<&ConnectionName>) -> Result<Vec<Profile>, CliError> {
    let known_tools = permissions::tool_names();
    let mut names: Vec<ProfileName> = Vec::new();
    for agent in agents::of(settings)?.iter().filter(|agent| agent.validity == Validity::Valid) {
        let theirs = agent.connection.as_deref();
        if theirs.is_none() || name.is_none() || theirs == name.map(ConnectionName::as_str) {
            names.push(agent.profile.clone());
        }
    }
    // Without agents, or where it was chosen, whoever starts Sluice runs under that of the settings.
    let chosen = settings.get(&crate::config::declared::PROFILE);
    if names.is_empty() || chosen.is_some_and(|given| given.origin != crate::config::Origin::Default) {
        names.push(settings.profile());
    }
    let read = |name: ProfileName| Ok(name.read(&known_tools)?.profile);
    names.into_iter().map(read).collect()
}
