//! `agents.toml`: mistakes, keys, and commands that leave the rest of the file alone.

use expect_test::expect;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};
use sluice::config::ProfileName;
use sluice::people::{AgentKey, Agents, Credential, NewAgent, Owner, PeopleError, SigningAlgorithm, Validity};
use sluice::policy::ask::AgentId;

use super::{cheap_hash, file, hostile, written};

fn id(name: &str) -> AgentId {
    AgentId::new(name)
}

fn key(sign: char) -> AgentKey {
    let text = format!("slk_{}", sign.to_string().repeat(42) + "A");
    AgentKey::read(&SecretString::from(text)).unwrap()
}

/// A table for the issuer of that address.
fn table(issuer: &str) -> String {
    format!("[issuers.login]\nissuer = \"{issuer}\"\naudience = \"https://sluice.example/mcp\"\n")
}

fn now() -> Timestamp {
    "2025-01-01T00:00:00Z".parse().unwrap()
}

fn told(file: &std::path::Path) -> String {
    Agents::load(file).unwrap_err().to_string().replace(file.to_str().unwrap(), "agents.toml")
}

#[test]
fn an_agent_has_owner_profile_and_credential() {
    let text = format!(
        "[agents.runbook-bot]\nowner = \"maria\"\nprofile = \"documentation-manager\"\nconnection = \"acme\"\n\
         key_hash = \"{}\"\n[agents.\"bot.2\"]\nowner = \"jo\"\nprofile = \"careful.toml\"\n\
         issuer = \"https://login.example.com\"\nsubject = \"bot-2\"\nrevoked = true\n{}",
        cheap_hash(key('a').secret().expose_secret()),
        table("https://login.example.com")
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
        assert_eq!(agents.by_key(&key('a'), now()).unwrap().agent.id, id("a"));
        assert_eq!(agents.by_key(&key('c'), now()).unwrap().agent.id, id("c"));
        assert!(agents.by_key(&key('b'), now()).is_none());
        assert!(agents.by_key(&key('d'), now()).is_none());
    }
}

#[test]
fn an_added_agent_has_the_key_that_was_given_and_the_rest_of_the_file_stays() {
    let before = table("https://x.example")
        + "# who may call\n\n[agents.old] # the first\nowner = \"jo\"\nprofile = \"read-only\"\n\
                  issuer = \"https://x.example\"\nsubject = \"s\" # no newline at the end";
    let file = written("add", "agents.toml", &before);
    let owner = Owner::read("maria \"m\" \\").unwrap();
    let key = Agents::add(&file, "bot.1", &owner, "careful \"x\".toml").unwrap();
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.starts_with(&format!("{before}\n\n[agents.\"bot.1\"]\nowner = ")), "{text}");
    assert!(!text.contains(key.secret().expose_secret()), "{text}");
    let agents = Agents::load(&file).unwrap();
    assert_eq!(agents.by_key(&key, now()).unwrap().agent.id, id("bot.1"));
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
        let text = format!(
            "# all\n[agents.one] # first\r\n{header}{one}\n# two\n[agents.two]\n{two}\n{}",
            table("https://x.example")
        );
        let file = written("revoke", "agents.toml", &text);
        Agents::revoke(&file, "one").unwrap();
        let after = std::fs::read_to_string(&file).unwrap().replace("true\r\n", "true\n");
        assert_eq!(
            after,
            format!(
                "# all\n[agents.one] # first\r\n{revoked}{one}\n# two\n[agents.two]\n{two}\n{}",
                table("https://x.example")
            )
        );
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
        let text = format!("{text}{}", table("https://x.example"));
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

#[test]
fn an_issuer_is_told_by_its_table_and_every_mistake_in_one_has_its_place() {
    let text = "[issuers.login]\nissuer = \"https://login.example.com\"\naudience = [\"a\", \"b\"]\n\
                jwks_uri = \"http://127.0.0.1:1/keys\"\nalgorithms = [\"ES384\"]\nrequire_scopes = true\n\
                [issuers.plain]\nissuer = \"https://plain.example/\"\naudience = \"a\"\n";
    let agents = Agents::load(&written("issuers", "agents.toml", text)).unwrap();
    let login = agents.issuer("https://login.example.com").unwrap();
    assert_eq!((login.name.as_str(), login.audience.len(), login.require_scopes), ("login", 2, true));
    assert_eq!(login.algorithms, [SigningAlgorithm::Es384]);
    let plain = agents.issuer("https://plain.example/").unwrap();
    assert_eq!(plain.algorithms, [SigningAlgorithm::Rs256, SigningAlgorithm::Es256, SigningAlgorithm::EdDsa]);
    assert!(plain.jwks_uri.is_none() && !plain.require_scopes && agents.issuer("https://plain.example").is_none());
    let wrong = "[issuer.a]\n\
                 [issuers.b]\nissuer = \"http://b.example\"\naudience = []\njwks_uri = \"http://b.example/keys\"\n\
                 [issuers.c]\nissuer = \"https://c.example?x=1\"\naudience = \" \"\nalgorithm = [\"RS256\"]\n\
                 [issuers.d]\nissuer = \"https://d.example\"\nalgorithms = [\"none\", \"HS256\", \"RS265\"]\n\
                 [issuers.e]\nissuer = \"https://d.example\"\naudience = \"a\"\nrequire_scopes = 1\n\
                 [issuers.f]\nissuer = \"https://d.example\"\naudience = \"a\"\n\
                 [agents.x]\nowner = \"jo\"\nprofile = \"read-only\"\nissuer = \"https://d.exmaple\"\nsubject = \"s\"\n";
    expect![[r#"
        agents.toml:1:2: there is no table `issuer`; did you mean `issuers`?
        agents.toml:3:10: `issuer` is an address such as https://login.example.com
        agents.toml:4:12: `audience` is empty
        agents.toml:5:12: `jwks_uri` is an https address, or an http one on this machine
        agents.toml:7:10: `issuer` is an address such as https://login.example.com
        agents.toml:8:12: `audience` is empty
        agents.toml:9:1: unknown key `algorithm`; did you mean `algorithms`?
        agents.toml:10:10: `d` lacks the key `audience`
        agents.toml:12:15: `none` leaves tokens unsigned, so that anyone could write them; use RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, EdDSA
        agents.toml:12:23: `HS256` signs with a secret that whoever checks could sign with too; use RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, EdDSA
        agents.toml:12:32: `RS265` is no algorithm that counts; use RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, EdDSA; did you mean `RS256`?
        agents.toml:16:18: `require_scopes` is true or false
        agents.toml:17:10: `f` is the same issuer as `e`
        agents.toml:23:10: no table [issuers.NAME] has the issuer of `x`; did you mean `https://d.example`?"#]].assert_eq(&told(&written("wrong_issuers", "agents.toml", wrong)));
}

#[test]
fn an_agent_with_tokens_is_added_only_where_its_issuer_has_a_table() {
    let file = written("add_token", "agents.toml", &table("https://x.example"));
    let owner = Owner::read("maria").unwrap();
    let new = NewAgent { name: "bot", owner: &owner, profile: "read-only" };
    let error = Agents::add_with_token(&file, new, "https://x.exmaple", "s").unwrap_err().to_string();
    assert!(error.starts_with("no table [issuers.NAME]") && error.ends_with("`https://x.example`?"), "{error}");
    Agents::add_with_token(&file, new, "https://x.example", "s \"1\"").unwrap();
    let agents = Agents::load(&file).unwrap();
    assert_eq!(agents.by_subject("https://x.example", "s \"1\"").unwrap().id, id("bot"));
    assert!(agents.by_subject("https://x.example", "s").is_none());
    let again = NewAgent { name: "other", ..new };
    assert!(Agents::add_with_token(&file, again, "https://x.example", "s \"1\"").is_err());
    let error = Agents::rotate(&file, "bot", SignedDuration::ZERO, now()).unwrap_err();
    assert!(matches!(error, PeopleError::NoKey { .. }), "{error}");
    Agents::revoke(&file, "bot").unwrap();
    assert!(Agents::load(&file).unwrap().by_subject("https://x.example", "s \"1\"").is_none());
}

#[test]
fn a_key_that_was_rotated_out_is_refused_after_its_overlap() {
    let file = written("rotate", "agents.toml", "# all\n");
    let owner = Owner::read("maria").unwrap();
    let first = Agents::add(&file, "bot", &owner, "read-only").unwrap();
    let day = SignedDuration::from_hours(24);
    let second = Agents::rotate(&file, "bot", day, now()).unwrap();
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("# all\n") && text.contains("former_key_until = \"2025-01-02T00:00:00Z\"\n"), "{text}");
    let agents = Agents::load(&file).unwrap();
    let held = agents.by_key(&first, now()).unwrap();
    assert_eq!((held.agent.id.clone(), held.until), (id("bot"), Some(now() + day)));
    assert_eq!(agents.by_key(&second, now()).unwrap().until, None);
    assert!(agents.by_key(&first, now() + day).is_none() && agents.by_key(&second, now() + day).is_some());
    // A second rotation replaces the former key, and one without overlap leaves none.
    let third = Agents::rotate(&file, "bot", day, now()).unwrap();
    let agents = Agents::load(&file).unwrap();
    assert!(agents.by_key(&first, now()).is_none() && agents.by_key(&second, now()).unwrap().until.is_some());
    let fourth = Agents::rotate(&file, "bot", SignedDuration::ZERO, now()).unwrap();
    let agents = Agents::load(&file).unwrap();
    assert!([&second, &third].into_iter().all(|key| agents.by_key(key, now()).is_none()));
    assert!(agents.by_key(&fourth, now()).is_some());
    assert!(!std::fs::read_to_string(&file).unwrap().contains("former"));
    Agents::revoke(&file, "bot").unwrap();
    assert!(matches!(Agents::rotate(&file, "bot", day, now()), Err(PeopleError::Revoked { .. })));
    assert!(matches!(Agents::rotate(&file, "bto", day, now()), Err(PeopleError::Nobody { .. })));
}

#[test]
fn a_thousand_agents_with_two_keys_each_fit_into_the_file() {
    let agent = |n: usize| {
        let (now, former) = (cheap_hash(&n.to_string()), cheap_hash(&format!("former {n}")));
        format!(
            "[agents.documentation-bot-{n}]\nowner = \"maria\"\nprofile = \"documentation-manager\"\nkey_hash = \"{now}\"\n\
             former_key_hash = \"{former}\"\nformer_key_until = \"2025-01-02T00:00:00Z\"\n\n"
        )
    };
    let text: String = (0..1000).map(agent).collect();
    assert_eq!(Agents::load(&written("thousand", "agents.toml", &text)).unwrap().iter().count(), 1000);
}

#[test]
fn the_example_shows_every_key_and_is_right_with_and_without_its_comments() {
    let example = include_str!("../../examples/agents.toml");
    assert_eq!(Agents::load(&written("example", "agents.toml", example)).unwrap().iter().count(), 0);
    let bare = |line: &str| line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')).unwrap_or(line).to_owned();
    let text: Vec<String> = example.lines().map(bare).collect();
    let agents = Agents::load(&written("example", "agents.toml", &text.join("\n"))).unwrap();
    assert_eq!((agents.iter().count(), agents.issuers().count()), (2, 1));
    for key in ["connection", "former_key_hash", "former_key_until", "revoked", "subject", "jwks_uri", "require_scopes"]
    {
        assert!(example.contains(&format!("\n#{key} = ")), "{key}");
    }
}

#[test]
fn a_former_key_is_a_hash_of_another_key_and_a_time() {
    let (one, other) = (cheap_hash("1"), cheap_hash("2"));
    let right = format!(
        "key_hash = \"{one}\"\nformer_key_hash = \"{other}\"\nformer_key_until = \"2025-01-02T01:00:00+01:00\"\n"
    );
    let text = |lines: &str| format!("[agents.a]\nowner = \"o\"\nprofile = \"read-only\"\n{lines}");
    let agents = Agents::load(&written("former", "agents.toml", &text(&right))).unwrap();
    let Credential::Key(hashes) = &agents.get(&id("a")).unwrap().credential else { panic!("no key") };
    assert_eq!(hashes.former.as_ref().unwrap().until, "2025-01-02T00:00:00Z".parse().unwrap());
    for (wrong, message) in [
        (right.replace("+01:00", ""), "`former_key_until` is a time such as 2030-01-31T12:00:00Z"),
        (right.replace(&other, "slk_canary"), "`former_key_hash` is no argon2id hash, `$argon2id$v=19$…`"),
        (right.replace(&other, &one), "`a` has its former key still"),
        (right.replace("former_key_until", "#"), "`a` needs both `former_key_hash` and `former_key_until`"),
        (
            right.replacen("key_hash = ", "issuer = \"https://x.example\"\nsubject = \"s\"\n#", 1),
            "`a` has a former key and no `key_hash`",
        ),
    ] {
        let told = told(&written("former", "agents.toml", &text(&wrong)));
        assert!(told.contains(message) && !told.contains("canary"), "{told}");
    }
}
