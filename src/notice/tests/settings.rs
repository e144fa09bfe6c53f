//! What may be set, and what is refused at start.

use crate::config::{Environment, Flags, Settings, WebhookShape};

const SECRET: &str = "canary-canary-canary-canary";

fn settings(variables: &[(&str, &str)]) -> Settings {
    let environment: Environment = variables.iter().copied().collect();
    Settings::load(&Flags::default(), &environment).unwrap()
}

fn webhook(url: &str) -> Result<String, String> {
    let settings = settings(&[("SLUICE_APPROVAL_WEBHOOK", url), ("SLUICE_APPROVAL_WEBHOOK_SECRET", SECRET)]);
    settings.webhook().map(|webhook| webhook.unwrap().url.to_string()).map_err(|error| error.to_string())
}

#[test]
fn a_webhook_is_encrypted_or_on_this_machine() {
    for good in ["https://hooks.example.com/a", "http://127.0.0.1:8080/a", "http://localhost/a", "http://[::1]:1/a"] {
        assert_eq!(webhook(good).as_deref(), Ok(good));
    }
    let bad = [
        "http://hooks.example.com/canary",
        "http://10.0.0.1/canary",
        "http://127.0.0.1.example.com/canary",
        "https://user:canary@hooks.example.com/",
        "ftp://hooks.example.com/canary",
        "file:///canary",
        "canary",
    ];
    for bad in bad {
        let error = webhook(bad).unwrap_err();
        assert!(error.contains("(approval_webhook from SLUICE_APPROVAL_WEBHOOK)"), "{error}");
        assert!(!error.contains("canary"), "{error}");
    }
}

#[test]
fn a_webhook_of_json_needs_a_secret_that_is_long_enough() {
    let url = ("SLUICE_APPROVAL_WEBHOOK", "https://hooks.example.com/");
    let error = settings(&[url]).webhook().unwrap_err().to_string();
    assert!(error.contains("SLUICE_APPROVAL_WEBHOOK_SECRET"), "{error}");
    for bad in ["canary", "whsec_Y2FuYXJ5", "whsec_canary!canary!canary!canary!canary"] {
        let error = settings(&[url, ("SLUICE_APPROVAL_WEBHOOK_SECRET", bad)]).webhook().unwrap_err().to_string();
        assert!(error.contains("approval_webhook_secret") && !error.contains("canary"), "{error}");
    }
    let slack = settings(&[url, ("SLUICE_APPROVAL_WEBHOOK_SHAPE", "slack")]).webhook().unwrap().unwrap();
    assert!(slack.secret.is_none() && slack.shape == WebhookShape::Slack);
    assert!(settings(&[url, ("SLUICE_APPROVAL_WEBHOOK_SHAPE", "xml")]).webhook().is_err());
    assert!(settings(&[]).webhook().unwrap().is_none());
}

#[cfg(unix)]
#[test]
fn a_command_is_a_program_by_its_full_path() {
    let command = |line: &str| settings(&[("SLUICE_APPROVAL_COMMAND", line)]).approval_command();
    let understood = command("/bin/sh -c 'echo \"$1\"; exit' x").unwrap().unwrap();
    assert_eq!((understood.program.as_str(), understood.timeout.as_secs()), ("/bin/sh", 30));
    assert_eq!(understood.arguments, ["-c", "echo \"$1\"; exit", "x"]);
    for bad in ["sh -c x", "/bin/sh 'x", "/no/such/program", "/etc/passwd", "/tmp", "   ", "# x"] {
        let error = command(bad).unwrap_err().to_string();
        assert!(error.contains("approval_command"), "{error}");
    }
    assert_eq!(settings(&[]).approval_command().unwrap(), None);
}
