//! Where settings come from, which one wins, and how mistakes are told.

use std::path::Path;

use expect_test::expect;
use sluice::config::declared::{AGENT, ALL, FOLDER, LOG, PROFILE, SITE};
use sluice::config::{ConfigError, Environment, Flags, Kind, Origin, Settings};

use super::{folder, run, run_in};

fn load(file: &Path, environment: &[(&str, &str)], flags: &[(&'static str, &str)]) -> Result<Settings, ConfigError> {
    let environment: Environment = environment.iter().copied().collect();
    let values = flags.iter().map(|(key, value)| (*key, (*value).to_owned())).collect();
    Settings::load(&Flags { config: Some(file.to_owned()), values }, &environment)
}

fn written(name: &str, text: &str) -> std::path::PathBuf {
    let file = folder(name).join("sluice.toml");
    std::fs::write(&file, text).unwrap();
    file
}

#[test]
fn a_flag_wins_over_a_variable_and_a_variable_over_the_file() {
    let file = written("precedence", "agent = \"file\"\nsite = \"https://file.example\"\nprofile = \"p.toml\"\n");
    let settings =
        load(&file, &[("SLUICE_SITE", "https://variable.example"), ("SLUICE_AGENT", "variable")], &[("agent", "flag")])
            .unwrap();
    let agent = settings.get(&AGENT).unwrap();
    assert_eq!((agent.value.as_str(), &agent.origin), ("flag", &Origin::Flag("agent")));
    let site = settings.get(&SITE).unwrap();
    assert_eq!((site.value.as_str(), &site.origin), ("https://variable.example", &Origin::Environment("SLUICE_SITE")));
    let profile = settings.get(&PROFILE).unwrap();
    assert_eq!(profile.origin, Origin::File { path: file.clone(), line: 3 });
    assert_eq!(settings.get(&LOG).unwrap().origin, Origin::Default);
}

#[test]
fn a_path_in_the_file_is_relative_to_the_file_and_one_in_a_flag_is_not() {
    let file = written("relative", "folder = \"files\"\n");
    assert_eq!(load(&file, &[], &[]).unwrap().path(&FOLDER).unwrap(), file.parent().unwrap().join("files"));
    assert_eq!(load(&file, &[], &[("folder", "here")]).unwrap().path(&FOLDER).unwrap(), Path::new("here"));
}

#[test]
fn an_empty_variable_counts_as_not_set() {
    let file = written("empty", "agent = \"file\"\n");
    assert_eq!(load(&file, &[("SLUICE_AGENT", "")], &[]).unwrap().get(&AGENT).unwrap().value, "file");
}

#[test]
fn the_configuration_folder_is_the_named_one_then_that_of_the_desktop_then_the_home() {
    let file = written("folders", "agent = \"found\"\n");
    let named = file.parent().unwrap().to_str().unwrap();
    let load = |variables: &[(&str, &str)]| {
        let environment: Environment = variables.iter().copied().collect();
        Settings::load(&Flags::default(), &environment).unwrap()
    };
    assert_eq!(load(&[("SLUICE_CONFIG_DIR", named), ("HOME", "/nowhere")]).file.unwrap(), file);
    let home = folder("home");
    std::fs::create_dir_all(home.join(".config/sluice")).unwrap();
    std::fs::write(home.join(".config/sluice/sluice.toml"), "").unwrap();
    assert!(load(&[("HOME", home.to_str().unwrap())]).file.unwrap().ends_with(".config/sluice/sluice.toml"));
    assert_eq!(load(&[("XDG_CONFIG_HOME", "/nowhere"), ("HOME", home.to_str().unwrap())]).file, None);
}

#[test]
fn every_mistake_in_the_file_is_told_with_its_place_and_the_right_key() {
    let text =
        "sitee = \"x\"\nagent = 7\napi_token = \"geheim\"\nrequests-per-second = 5\npoints_per_hour = \"many\"\n";
    let file = written("mistakes", text);
    let told = load(&file, &[], &[]).unwrap_err().to_string().replace(file.to_str().unwrap(), "sluice.toml");
    expect![[r"
        sluice.toml:1:1: there is no setting `sitee`; did you mean `site`?
        sluice.toml:2:9: `agent` is text in quotation marks
        sluice.toml:3:13: `api_token` has no place in a file; set SLUICE_API_TOKEN or use `api_token_file`
        sluice.toml:4:1: there is no setting `requests-per-second`; did you mean `requests_per_second`?
        sluice.toml:5:19: `points_per_hour` is a whole number"]]
    .assert_eq(&told);
}

#[test]
fn what_is_no_toml_or_no_settings_file_is_told_and_harms_nothing() {
    for (name, text) in [
        ("broken", "site = ".to_owned()),
        ("nested", format!("site = {}1{}", "[".repeat(10_000), "]".repeat(10_000))),
        ("dotted", format!("{}a = 1{}", format!("{}a = {{ ", "a.".repeat(77)).repeat(99), " }".repeat(99))),
        ("long", "# x\n".repeat(100_000)),
        ("controls", "site = \"\u{1b}[31m\"\nx\u{202e} = 1".to_owned()),
    ] {
        let error = load(&written(name, &text), &[], &[]).unwrap_err().to_string();
        assert!(error.contains("sluice.toml:") && !error.contains('\u{1b}'), "{name}: {error}");
    }
}

#[tokio::test]
async fn a_named_settings_file_must_be_there() {
    let ran = run(&["serve", "--stdio", "--config", "absent.toml"]).await;
    assert_eq!(ran.exit_code, 2);
    let error = ran.end.unwrap_err();
    assert!(error.starts_with("`absent.toml` (from --config) cannot be read"), "{error}");
}

#[tokio::test]
async fn what_is_missing_or_wrong_is_told_with_the_setting_to_change() {
    let token = ("SLUICE_API_TOKEN", "canary-4711");
    let email = ("SLUICE_EMAIL", "a@b.example");
    let site = ("SLUICE_SITE", "https://acme.atlassian.net");
    let mut told = String::new();
    for environment in [
        vec![],
        vec![("SLUICE_SITE", "http://acme.atlassian.net"), email, token],
        vec![site],
        vec![site, token],
        vec![site, email, ("SLUICE_API_TOKEN", "canary 4711")],
        vec![site, email, token, ("SLUICE_BEARER_TOKEN", "canary-4712")],
        vec![site, email, token, ("SLUICE_TOKEN_KIND", "skoped")],
        vec![site, email, token, ("SLUICE_TOKEN_KIND", "scoped"), ("SLUICE_GATEWAY", "http://api.example")],
        vec![site, email, token, ("SLUICE_TOKEN_KIND", "scoped"), ("SLUICE_CLOUD_ID", "../x")],
        vec![site, email, token, ("SLUICE_REQUESTS_PER_SECOND", "0")],
        vec![site, email, token, ("SLUICE_PROXY", "socks")],
        vec![site, email, token, ("SLUICE_MEDIA_HOST", "https://media.example/")],
        vec![site, email, token, ("SLUICE_AGENT", "a b")],
        vec![site, email, token, ("SLUICE_PROFILE", "absent.toml")],
        vec![site, email, ("SLUICE_API_TOKEN_FILE", "absent")],
    ] {
        let ran = run_in(&environment, &["serve", "--stdio"]).await;
        assert_eq!(ran.exit_code, 2, "{environment:?}");
        told.push_str(&ran.end.unwrap_err());
        told.push('\n');
    }
    assert!(!told.contains("canary"), "{told}");
    expect![[r#"
        the site is not set; run `sluice connect`, or give `--site https://acme.atlassian.net`, set SLUICE_SITE, or write `site` into sluice.toml; `sluice demo` needs none
        `http://acme.atlassian.net` in `--site` is not encrypted; use `https://` (`http://` is for this machine alone) (site from SLUICE_SITE)
        what to sign in with is not set; run `sluice connect`, or set SLUICE_EMAIL and SLUICE_API_TOKEN, or give `--api-token-file`
        the e-mail address is not set; give `--email` or set SLUICE_EMAIL: the address of the account the API token belongs to
        the token is empty or holds spaces or characters outside ASCII (api_token from SLUICE_API_TOKEN)
        there is an OAuth token (from SLUICE_BEARER_TOKEN) and an API token (from SLUICE_API_TOKEN); give one of the two
        `skoped` cannot be right: it is `classic` or `scoped` (token_kind from SLUICE_TOKEN_KIND)
        `http://api.example` in `--gateway` is not encrypted; use `https://` (`http://` is for this machine alone) (gateway from SLUICE_GATEWAY)
        `../x` cannot be right: a cloud id has letters, digits and dashes; leave it out to have it looked up (cloud_id from SLUICE_CLOUD_ID)
        `0` cannot be right: it is a whole number above zero (requests_per_second from SLUICE_REQUESTS_PER_SECOND)
        `socks` cannot be right: it is an address such as http://proxy.example.com:3128 (proxy from SLUICE_PROXY)
        `https://media.example/` cannot be right: it is a host such as api.media.atlassian.com (media_host from SLUICE_MEDIA_HOST)
        `a b` cannot be right: use 1 to 64 letters, digits, dots, dashes (agent from SLUICE_AGENT)
        there is no profile file `absent.toml`, and no shipped profile of that name (read-only, documentation-manager, full-access)
        `absent` (from SLUICE_API_TOKEN_FILE) cannot be read: No such file or directory (os error 2)
    "#]].assert_eq(&told);
}

#[test]
fn settings_print_no_values() {
    let environment: Environment = [("SLUICE_API_TOKEN", "canary-4711")].into_iter().collect();
    let settings = Settings::load(&Flags::default(), &environment).unwrap();
    assert!(!format!("{settings:?}").contains("canary"));
}

#[test]
fn no_secret_has_a_flag_and_each_setting_is_named_alike_everywhere() {
    for setting in ALL {
        assert_eq!(setting.flag.is_none(), matches!(setting.kind, Kind::Secret | Kind::Address), "{}", setting.key);
        assert_eq!(setting.variable, format!("SLUICE_{}", setting.key.to_uppercase()));
        assert_eq!(setting.flag.unwrap_or(setting.key).replace('-', "_"), setting.key);
    }
}

#[test]
fn misspelt_variables_are_noticed() {
    let environment: Environment =
        [("SLUICE_STIE", "x"), ("SLUICE_CONFIG_DIR", "/x"), ("HOME", "/x")].into_iter().collect();
    assert_eq!(Settings::load(&Flags::default(), &environment).unwrap().unknown_variables, ["SLUICE_STIE"]);
}

#[test]
fn a_password_in_an_address_is_not_repeated() {
    let file = written("proxy", "");
    let environment = [
        ("SLUICE_SITE", "https://acme.atlassian.net"),
        ("SLUICE_BEARER_TOKEN", "x"),
        ("SLUICE_CLOUD_ID", "1"),
        ("SLUICE_PROXY", "socks5://me:geheim@proxy.example:1"),
    ];
    let error = load(&file, &environment, &[]).unwrap().connection().err().unwrap().to_string();
    assert!(error.contains("proxy.example:1") && !error.contains("geheim"), "{error}");
}
