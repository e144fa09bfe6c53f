//! `approvers.toml`: mistakes, secrets, and what an approver may decide on.

use expect_test::expect;
use secrecy::{ExposeSecret as _, SecretString};
use sluice::domain::access::AccessClass;
use sluice::people::approvers::CLASSES;
use sluice::people::{Approver, Approvers, NotProven, PeopleError, TouchedSpace};

use super::{cheap_hash, file, hostile, written};

fn told(file: &std::path::Path) -> String {
    Approvers::load(file).unwrap_err().to_string().replace(file.to_str().unwrap(), "approvers.toml")
}

fn everything(name: &str) -> Approver {
    Approver { name: name.into(), classes: CLASSES.into(), spaces: None }
}

#[test]
fn without_a_file_nobody_approves() {
    let approvers = Approvers::load(&file("no_approvers", "approvers.toml")).unwrap();
    assert!(approvers.is_empty());
    assert_eq!(approvers.prove(&SecretString::from("")), Err(NotProven));
}

#[test]
fn every_mistake_is_told_with_its_place_and_the_right_word() {
    let hash = cheap_hash("x");
    let text = format!(
        "[approvers.a]\nsecrethash = \"{hash}\"\n[approvers.b]\nsecret_hash = \"sla_canary\"\n\
         classes = [\"creat\", \"read\", 7]\nspaces = [\"I T\"]\n[approvers.\"c d\"]\nsecret_hash = \"{hash}\"\n\
         classes = \"all\"\n[approvers.e]\nsecret_hash = \"{hash}\"\n"
    );
    let told = told(&written("approver_mistakes", "approvers.toml", &text));
    assert!(!told.contains("canary"), "{told}");
    expect![[r#"
        approvers.toml:1:12: `a` lacks the key `secret_hash`
        approvers.toml:2:1: unknown key `secrethash`; did you mean `secret_hash`?
        approvers.toml:4:15: `secret_hash` is no argon2id hash, `$argon2id$v=19$…`
        approvers.toml:5:12: `creat` is none of create, update, delete; did you mean `create`?
        approvers.toml:5:21: `read` is none of create, update, delete
        approvers.toml:5:29: an entry of `classes` is text in quotation marks
        approvers.toml:6:11: `I T` is not a space key: letters and digits, as in "IT"
        approvers.toml:7:12: `c d` is no name; use 1 to 64 letters, digits, dots, dashes
        approvers.toml:9:11: `classes` is a list, as in ["…"]
        approvers.toml:10:12: `e` has the secret of `c d`"#]]
    .assert_eq(&told);
}

#[test]
fn what_is_no_file_of_approvers_is_told_and_harms_nothing() {
    for (name, text) in hostile("approvers") {
        let told = told(&written("hostile_approvers", "approvers.toml", &text));
        assert!(told.contains("approvers.toml:") && !told.contains('\u{1b}') && told.len() < 10_000, "{name}: {told}");
    }
    let many: Vec<_> =
        (0..51).map(|number| format!("[approvers.a{number}]\nsecret_hash = \"{}\"", cheap_hash("x"))).collect();
    let told = told(&written("many_approvers", "approvers.toml", &many.join("\n")));
    assert!(told.ends_with("more than 50 approvers"), "{told}");
}

#[test]
fn a_secret_proves_its_approver_and_no_other_text_proves_anyone() {
    let text = format!(
        "[approvers.anna]\nsecret_hash = \"{}\"\nclasses = [\"update\"]\n[approvers.ben]\nsecret_hash = \"{}\"\n",
        cheap_hash("sla_anna"),
        cheap_hash("sla_ben")
    );
    let approvers = Approvers::load(&written("prove", "approvers.toml", &text)).unwrap();
    assert_eq!(approvers.names().collect::<Vec<_>>(), ["anna", "ben"]);
    assert_eq!(approvers.prove(&"sla_anna".into()).unwrap().classes, [AccessClass::Update].into());
    assert_eq!(approvers.prove(&"sla_ben".into()), Ok(everything("ben")));
    for wrong in ["", "sla_", "sla_ann", "sla_anna ", "SLA_ANNA"] {
        assert_eq!(approvers.prove(&wrong.into()), Err(NotProven), "{wrong}");
    }
}

#[test]
fn an_added_approver_proves_it_with_the_secret_and_a_removed_one_does_not() {
    let before = format!("# people\n\n[approvers.ben] # b\nsecret_hash = \"{}\"\n", cheap_hash("sla_ben"));
    let file = written("add_approver", "approvers.toml", &before);
    let anna = Approver {
        name: "anna.m".into(),
        classes: [AccessClass::Create, AccessClass::Update].into(),
        spaces: Some(["IT".parse().unwrap(), "123".parse().unwrap()].into()),
    };
    let secret = Approvers::add(&file, anna.clone()).unwrap();
    assert!(secret.expose_secret().starts_with("sla_") && secret.expose_secret().len() == 47);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.starts_with(&before) && !text.contains(secret.expose_secret()), "{text}");
    assert_eq!(Approvers::load(&file).unwrap().prove(&secret), Ok(anna.clone()));
    assert!(matches!(Approvers::add(&file, anna), Err(PeopleError::Taken { .. })));
    Approvers::remove(&file, "anna.m").unwrap();
    assert_eq!(std::fs::read_to_string(&file).unwrap().trim_end(), before.trim_end());
    assert_eq!(Approvers::load(&file).unwrap().prove(&secret), Err(NotProven));
    assert!(matches!(Approvers::remove(&file, "anna.m"), Err(PeopleError::Nobody { .. })));
}

#[test]
fn removing_takes_the_table_and_leaves_what_stands_round_it() {
    let hash = |name: &str| cheap_hash(name);
    let (one, two, three) = (hash("1"), hash("2"), hash("3"));
    let text = format!(
        "# top\n[approvers.one]\nsecret_hash = \"{one}\"\n\n# about two\n[approvers.two]\nspaces = [\n  \"IT\", # yes\n  \"OPS\",\n]\n\
         secret_hash = \"{two}\" # hash\n# about three\n[approvers.three]\nsecret_hash = \"{three}\"\n"
    );
    let file = written("remove", "approvers.toml", &text);
    Approvers::remove(&file, "two").unwrap();
    assert_eq!(
        std::fs::read_to_string(&file).unwrap(),
        format!(
            "# top\n[approvers.one]\nsecret_hash = \"{one}\"\n\n# about two\n# about three\n[approvers.three]\n\
             secret_hash = \"{three}\"\n"
        )
    );
    let inline = format!("[approvers]\none = {{ secret_hash = \"{one}\" }}\n");
    let file = written("remove", "approvers.toml", &inline);
    assert!(matches!(Approvers::remove(&file, "one"), Err(PeopleError::NotEditable { .. })));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), inline);
}

#[test]
fn an_approver_covers_a_write_if_class_and_every_space_are_named() {
    let (it, hr, key, other) =
        ("11".parse().unwrap(), "22".parse().unwrap(), "it".parse().unwrap(), "HR".parse().unwrap());
    let in_it = TouchedSpace { id: &it, key: Some(&key) };
    let keyless = TouchedSpace { id: &it, key: None };
    let in_hr = TouchedSpace { id: &hr, key: Some(&other) };
    let of = |spaces: Option<&[&str]>| Approver {
        name: "anna".into(),
        classes: [AccessClass::Create, AccessClass::Update].into(),
        spaces: spaces.map(|spaces| spaces.iter().map(|space| space.parse().unwrap()).collect()),
    };
    let update = AccessClass::Update;
    assert!(of(None).covers(update, &[]) && of(None).covers(update, &[in_it, in_hr]));
    assert!(!of(None).covers(AccessClass::Delete, &[in_it]));
    assert!(of(Some(&["IT"])).covers(update, &[in_it]));
    assert!(of(Some(&["11"])).covers(update, &[in_it, keyless]));
    assert!(!of(Some(&["IT"])).covers(update, &[keyless]));
    assert!(!of(Some(&["IT"])).covers(update, &[in_it, in_hr]));
    assert!(of(Some(&["IT", "22"])).covers(update, &[in_it, in_hr]));
    assert!(!of(Some(&["IT"])).covers(update, &[]));
    assert!(!of(Some(&[])).covers(update, &[in_it]));
    assert!(!of(Some(&["IT"])).covers(AccessClass::Delete, &[in_it]));
}
