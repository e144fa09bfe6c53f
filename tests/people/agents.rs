//! `agents.toml`: mistakes, keys, and commands that leave the rest of the file alone.

use expect_test::expect;
use secrecy::{ExposeSecret as _, SecretString};
use sluice::config::ProfileName;
use sluice::people::{AgentKey, Agents, Credential, Owner, PeopleError, Validity};
use sluice::policy::ask::AgentId;

use super::{cheap_hash, file, hostile, written};

fn id(name: &str) -> AgentId {
    AgentId::new(name)
}

fn key(sign: char) -> AgentKey {
    let text = format!("slk_{}", sign.to_string().repeat(42) + "A");
    AgentKey::read(&SecretString::from(text)).unwrap()
}

fn told(file: &std::path::Path) -> String {
    Agents::load(file).unwrap_err().to_string().replace(file.to_str().unwrap(), "agents.toml")
}

#[test]
fn an_agent_has_owner_profile_and_credential() {
    let text = format!(
        "[agents.runbook-bot]\nowner = \"maria\"\nprofile = \"documentation-manager\"\nconnection = \"acme\"\n\
         key_hash = \"{}\"\n[agents.\"bot.2\"]\nowner = \"jo\"\nprofile = \"careful.toml\"\n\
         issuer = \"https://login.example.com\"\nsubject = \"bot-2\"\nrevoked = true\n",
        cheap_hash(key('a').secret().expose_secret())
    );
    let file = written("an_agent", "agents.toml", &text);
    let agents = Agents::load(&file).unwrap();
    let bot = agents.get(&id("runbook-bot")).unwrap();
    assert_eq!((bot.owner.as_str(), bot.connection.as_deref()), ("maria", Some("acme")));
    assert_eq!(bot.profile, ProfileName::Shipped("documentation-manager".into()));
    assert_eq!(bot.validity, Validity::Valid);
    let other = agents.get(&id("bot.2")).unwrap();
    assert_eq!(other.profile, ProfileName::File(file.parent().unwrap().join("careful.toml")));
    assert!(matches!(&other.credential, Credential::Token { subject, .. } if subject == "bot-2"));
    assert_eq!(other.validity, Validity::Revoked);
    assert!(!format!("{agents:?}").contains("argon2id"));
    assert!(agents.get(&id("nobody")).is_none());
}

#[test]
fn without_a_file_there_are_no_agents() {
    assert_eq!(Agents::load(&file("absent", "agents.toml")).unwrap().iter().count(), 0);
}

#[test]
fn every_mistake_is_told_with_its_place_and_the_right_word() {
    let hash = cheap_hash("x");
    let text = format!(
        "[agent.x]\n[agents.a]\nownr = \"maria\"\nprofile = 7\nkey_hash = \"{hash}\"\nissuer = \"https://x.example\"\n\
         [agents.\"b c\"]\nowner = \" \"\nprofile = \"read-only\"\nkey_hash = \"slk_canary\"\nrevoked = \"yes\"\n\
         [agents.c]\nowner = \"jo\"\nprofile = \"read-only\"\n\
         [agents.d]\nowner = \"jo\"\nprofile = \"read-only\"\nsubject = \"x\"\n\
         [agents.e]\nowner = \"jo\"\nprofile = \"read-only\"\nissuer = \"http://x.example\"\nsubject = \"x\"\n\
         [agents.f]\nowner = \"jo\"\nprofile = \"read-only\"\nkey_hash = \"{hash}\"\n\
         [agents.g]\nowner = \"jo\"\nprofile = \"read-only\"\nkey_hash = \"{hash}\"\n"
    );
    let told = told(&written("mistakes", "agents.toml", &text));
    assert!(!told.contains("canary"), "{told}");
    expect![[r#"
        agents.toml:1:2: there is no table `agent`; did you mean `agents`?
        agents.toml:2:9: `a` lacks the key `owner`
        agents.toml:2:9: `a` has `key_hash` beside `issuer` or `subject`; give one of the two
        agents.toml:3:1: unknown key `ownr`; did you mean `owner`?
        agents.toml:4:11: `profile` is text in quotation marks
        agents.toml:7:9: `b c` is no name; use 1 to 64 letters, digits, dots, dashes
        agents.toml:8:9: `owner` is empty
        agents.toml:10:12: `key_hash` is no argon2id hash, `$argon2id$v=19$…`
        agents.toml:11:11: `revoked` is true or false
        agents.toml:12:9: `c` has nothing to prove itself with; give `key_hash`, or `issuer` and `subject`
        agents.toml:15:9: `d` needs both `issuer` and `subject`
        agents.toml:22:10: `issuer` is an address such as https://login.example.com
        agents.toml:28:9: `g` proves itself with what `f` does"#]]
    .assert_eq(&told);
}

#[test]
fn what_is_no_file_of_agents_is_told_and_harms_nothing() {
    for (name, text) in hostile("agents") {
        let told = told(&written("hostile_agents", "agents.toml", &text));
        assert!(told.contains("agents.toml:") && !told.contains('\u{1b}') && told.len() < 10_000, "{name}: {told}");
    }
    let file = file("hostile_bytes", "agents.toml");
    std::fs::write(&file, b"\xff\xfe").unwrap();
    assert!(matches!(Agents::load(&file), Err(PeopleError::Unreadable { .. })));
}

#[test]
fn a_key_opens_for_its_agent_alone_and_not_once_that_is_revoked() {
    let hash = |sign| cheap_hash(key(sign).secret().expose_secret());
    let agent = |name, sign, rest| {
        format!("[agents.{name}]\nowner = \"o\"\nprofile = \"read-only\"\nkey_hash = \"{}\"\n{rest}", hash(sign))
    };
    let text = agent("a", 'a', "") + &agent("b", 'b', "revoked = true\n") + &agent("c", 'c', "");
    let agents = Agents::load(&written("keys", "agents.toml", &text)).unwrap();
    for _ in 0..2 {
        assert_eq!(agents.by_key(&key('a')).unwrap().id, id("a"));
        assert_eq!(agents.by_key(&key('c')).unwrap().id, id("c"));
        assert!(agents.by_key(&key('b')).is_none());
        assert!(agents.by_key(&key('d')).is_none());
    }
}

#[test]
fn an_added_agent_has_the_key_that_was_given_and_the_rest_of_the_file_stays() {
    let before = "# who may call\n\n[agents.old] # the first\nowner = \"jo\"\nprofile = \"read-only\"\n\
                  issuer = \"https://x.example\"\nsubject = \"s\" # no newline at the end";
    let file = written("add", "agents.toml", before);
    let owner = Owner::read("maria \"m\" \\").unwrap();
    let key = Agents::add(&file, "bot.1", &owner, "careful \"x\".toml").unwrap();
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.starts_with(&format!("{before}\n\n[agents.\"bot.1\"]\nowner = ")), "{text}");
    assert!(!text.contains(key.secret().expose_secret()), "{text}");
    let agents = Agents::load(&file).unwrap();
    assert_eq!(agents.by_key(&key).unwrap().id, id("bot.1"));
    assert_eq!(agents.get(&id("bot.1")).unwrap().owner, owner);
    let names: Vec<_> = file.parent().unwrap().read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["agents.toml"]);
}

#[test]
fn an_agent_is_not_added_twice_nor_under_a_name_the_file_cannot_hold() {
    let file = file("twice", "agents.toml");
    let owner = Owner::read("maria").unwrap();
    Agents::add(&file, "bot", &owner, "read-only").unwrap();
    let before = std::fs::read(&file).unwrap();
    let taken = Agents::add(&file, "bot", &owner, "read-only").unwrap_err().to_string();
    assert!(taken.starts_with("there is a `bot` in `"), "{taken}");
    let long = "x".repeat(65);
    for bad in ["", "a b", "a\"]\n[x", "sluice:doctor", &long] {
        assert!(matches!(Agents::add(&file, bad, &owner, "read-only"), Err(PeopleError::BadName { .. })), "{bad}");
    }
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

#[cfg(unix)]
#[test]
fn a_new_file_is_its_owners_alone_and_an_old_one_keeps_its_permissions() {
    use std::os::unix::fs::PermissionsExt as _;
    let file = file("modes", "deep/agents.toml");
    let owner = Owner::read("maria").unwrap();
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    Agents::add(&file, "one", &owner, "read-only").unwrap();
    assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
    let link = file.with_file_name("link.toml");
    std::os::unix::fs::symlink(&file, &link).unwrap();
    Agents::revoke(&link, "one").unwrap();
    assert_eq!(mode(&file), 0o640);
    assert!(link.is_symlink());
    assert_eq!(Agents::load(&file).unwrap().get(&id("one")).unwrap().validity, Validity::Revoked);
}

#[test]
fn a_revoked_agent_stays_listed_and_the_rest_of_the_file_stays() {
    let agent = |rest: &str| {
        format!(
            "owner = \"o\" # {rest}\nprofile = \"read-only\"\nissuer = \"https://x.example\"\nsubject = \"{rest}\"\n"
        )
    };
    let (one, two) = (agent("1"), agent("2"));
    for (header, revoked) in [("", "revoked = true\n"), ("revoked = false # not yet\n", "revoked = true # not yet\n")] {
        let text = format!("# all\n[agents.one] # first\r\n{header}{one}\n# two\n[agents.two]\n{two}");
        let file = written("revoke", "agents.toml", &text);
        Agents::revoke(&file, "one").unwrap();
        let after = std::fs::read_to_string(&file).unwrap().replace("true\r\n", "true\n");
        assert_eq!(after, format!("# all\n[agents.one] # first\r\n{revoked}{one}\n# two\n[agents.two]\n{two}"));
        let agents = Agents::load(&file).unwrap();
        assert_eq!(agents.get(&id("one")).unwrap().validity, Validity::Revoked);
        assert_eq!(agents.get(&id("two")).unwrap().validity, Validity::Valid);
        Agents::revoke(&file, "one").unwrap();
        let error = Agents::revoke(&file, "twoo").unwrap_err().to_string();
        assert!(error.ends_with("; did you mean `two`?"), "{error}");
    }
}

#[test]
fn a_file_in_another_form_is_left_as_it_is() {
    let agent = "owner = \"o\", profile = \"read-only\", issuer = \"https://x.example\", subject = \"s\"";
    let dotted =
        "one.owner = \"o\"\none.profile = \"read-only\"\none.issuer = \"https://x.example\"\none.subject = \"s\"";
    for text in [
        format!("[agents]\none = {{ {agent} }}\n"),
        format!("agents = {{ one = {{ {agent} }} }}\n"),
        format!("agents.one = {{ {agent} }}\n"),
        format!("[agents]\n{dotted}\n"),
    ] {
        let file = written("forms", "agents.toml", &text);
        assert!(Agents::load(&file).unwrap().get(&id("one")).is_some(), "{text}");
        let error = Agents::revoke(&file, "one").unwrap_err();
        assert!(matches!(error, PeopleError::NotEditable { .. }), "{text}: {error}");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
    }
}

#[test]
fn while_one_command_changes_the_file_another_does_not() {
    let file = file("busy", "agents.toml");
    let own = file.with_file_name(".agents.toml.new");
    std::fs::write(&own, "").unwrap();
    let owner = Owner::read("maria").unwrap();
    assert!(matches!(Agents::add(&file, "bot", &owner, "read-only"), Err(PeopleError::Busy { .. })));
    assert!(own.exists() && !file.exists());
}
