//! Whose call it is: the agent of the settings, its owner, and the profile that comes of it.

use std::path::Path;

use sluice::config::{Environment, Flags, ProfileName, Settings};
use sluice::people::{Agents, Known, PeopleError, caller, profile_now};
use sluice::policy::profile::Mode;
use sluice::tools::catalog;

use super::written;

const CREDENTIAL: &str = "issuer = \"https://login.example.com\"\nsubject =";

fn tools() -> Vec<&'static str> {
    catalog().map(|entry| entry.facts.name).collect()
}

fn known(file: &Path, flags: &[(&'static str, &str)]) -> Result<Known, PeopleError> {
    let environment: Environment = [("SLUICE_CONFIG_DIR", file.parent().unwrap())].into_iter().collect();
    let values = flags.iter().map(|(key, value)| (*key, (*value).to_owned())).collect();
    let settings = Settings::load(&Flags { config: None, values }, &environment).unwrap();
    caller(&settings, &Agents::load(file).unwrap(), &tools())
}

fn agents(case: &str) -> std::path::PathBuf {
    let text = format!(
        "[agents.writer]\nowner = \"maria\"\nprofile = \"writer.toml\"\n{CREDENTIAL} \"1\"\n\
         [agents.gone]\nowner = \"maria\"\nprofile = \"read-only\"\n{CREDENTIAL} \"2\"\nrevoked = true\n\
         [agents.elsewhere]\nowner = \"maria\"\nprofile = \"read-only\"\nconnection = \"acme\"\n{CREDENTIAL} \"3\"\n\
         [issuers.login]\nissuer = \"https://login.example.com\"\naudience = \"a\"\n"
    );
    let file = written(case, "agents.toml", &text);
    std::fs::write(file.with_file_name("writer.toml"), "name = \"Writer\"\n[pages]\nmode = \"read-write\"\n").unwrap();
    file
}

#[test]
fn an_agent_that_is_listed_has_owner_and_profile_from_there() {
    let file = agents("listed");
    let known = known(&file, &[("agent", "writer")]).unwrap();
    assert_eq!((known.owner.as_str(), known.caller.profile.name.as_str()), ("maria", "Writer"));
    assert_eq!(known.profiles, [ProfileName::File(file.with_file_name("writer.toml"))]);
}

#[test]
fn a_profile_that_is_set_besides_only_narrows() {
    let file = agents("narrows");
    let known = known(&file, &[("agent", "writer"), ("profile", "full-access")]).unwrap();
    assert_eq!(known.caller.profile.name, "Writer narrowed by Full access");
    assert_eq!(known.caller.profile.groups.pages.mode, Mode::ReadWrite);
    assert_eq!(known.caller.profile.groups.spaces.mode, Mode::Disabled);
    // The names can be kept and read again, and a profile that changed counts at once.
    let kept = serde_json::to_string(&known.profiles).unwrap();
    let kept: Vec<ProfileName> = serde_json::from_str(&kept).unwrap();
    assert_eq!(kept, known.profiles);
    std::fs::write(file.with_file_name("writer.toml"), "name = \"Writer\"\n[pages]\nmode = \"read-only\"\n").unwrap();
    assert_eq!(profile_now(&kept, &tools()).unwrap().groups.pages.mode, Mode::ReadOnly);
    std::fs::write(file.with_file_name("writer.toml"), "name = ").unwrap();
    assert!(matches!(profile_now(&kept, &tools()), Err(PeopleError::Profile(_))));
    assert!(matches!(profile_now(&[], &tools()), Err(PeopleError::NoProfile)));
}

#[test]
fn an_agent_that_is_not_listed_runs_under_the_set_profile_and_belongs_to_the_user_of_the_system() {
    let file = agents("unlisted");
    let known_by_default = known(&file, &[("agent", "somebody")]).unwrap();
    assert_eq!(known_by_default.profiles, [ProfileName::Shipped("read-only".into())]);
    assert!(!known_by_default.owner.as_str().is_empty());
    let set = known(&file, &[("profile", "full-access")]).unwrap();
    assert_eq!((set.caller.agent.as_str(), set.caller.profile.name.as_str()), ("local", "Full access"));
}

#[test]
fn a_revoked_agent_is_refused_and_another_names_its_connection() {
    let file = agents("revoked");
    let error = known(&file, &[("agent", "gone"), ("profile", "full-access")]).unwrap_err();
    assert!(matches!(error, PeopleError::Revoked { .. }), "{error}");
    let elsewhere = known(&file, &[("agent", "elsewhere")]).unwrap();
    assert!(elsewhere.caller.connection.is_some());
}
