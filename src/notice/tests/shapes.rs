//! What receivers see, with titles that would like to be more than titles.

use expect_test::expect_file;
use serde_json::Value;

use super::notice;
use crate::config::WebhookShape;
use crate::notice::{ConnectionNotice, Notice, shapes::body};

fn hostile() -> Notice {
    Notice {
        target: "page 1 \"<!channel> @everyone <@U123> <https://evil.example|here>\"".into(),
        summary: "[free](https://evil.example) <at>All</at> &lt;!here&gt; *bold* `x`\n\n# big \u{202e}\u{200b}".into(),
        preview: "@here <!subteam^S1>\nhttps://evil.example/?a=b".into(),
        review_url: Some("https://sluice.example/approvals/1".into()),
        ..notice(7)
    }
}

/// Every text in it but our own addresses and the kinds of things.
fn texts<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(members) => {
            for (name, member) in members {
                if !["url", "$schema", "type", "contentType"].contains(&name.as_str()) {
                    texts(member, found);
                }
            }
        }
        _ => {}
    }
}

#[test]
fn no_title_calls_anybody_or_becomes_a_link() {
    for shape in [WebhookShape::Slack, WebhookShape::Teams] {
        let message = body(&hostile().into(), shape);
        assert!(!message.to_string().contains("mrkdwn"));
        let mut found = Vec::new();
        texts(&message, &mut found);
        assert!(found.len() > 8);
        for text in found {
            for sign in ["<", ">", "@", "://", "[", "]", "`", "&", "\u{202e}", "\u{200b}"] {
                assert!(!text.contains(sign), "{shape:?}: {sign} in {text}");
            }
        }
    }
}

#[test]
fn what_is_said_of_a_connection_calls_nobody_either_and_names_the_command() {
    let why = Some("<!channel> @all [here](https://evil.example) `x`".to_owned());
    let trouble = ConnectionNotice { why, ..super::connections::notice() };
    for shape in [WebhookShape::Slack, WebhookShape::Teams] {
        let message = body(&trouble.clone().into(), shape).to_string();
        for text in ["acme", "reconnect needed", "2026-11-22 10:30 UTC", "sluice connect --reconnect acme"] {
            assert!(message.contains(text), "{shape:?}: {text} in {message}");
        }
        for sign in ["<", "@", "://evil", "[here", "`"] {
            assert!(!message.contains(sign), "{shape:?}: {sign} in {message}");
        }
    }
}

#[test]
fn a_message_stays_within_what_slack_and_teams_take() {
    let long = "\u{1f600}".repeat(100_000);
    let notice =
        Notice { target: long.clone(), summary: long.clone(), preview: long.clone(), owner: long, ..hostile() };
    let message = body(&notice.clone().cut().into(), WebhookShape::Slack);
    for block in message["blocks"].as_array().unwrap() {
        assert!(block["fields"].as_array().is_none_or(|fields| fields.len() <= 10));
        let text = block["text"]["text"].as_str().unwrap_or_default();
        assert!(text.encode_utf16().count() <= 3000, "{}", text.len());
    }
    assert!(body(&notice.cut().into(), WebhookShape::Teams).to_string().len() < 28_000);
}

#[test]
fn json_is_the_notice_itself() {
    let message = body(&hostile().into(), WebhookShape::Json);
    assert_eq!(message["type"], "approval.waiting");
    assert_eq!(serde_json::from_value::<Notice>(message["data"].clone()).unwrap(), hostile());
}

fn pretty(shape: WebhookShape) -> String {
    serde_json::to_string_pretty(&body(&hostile().into(), shape)).unwrap() + "\n"
}

#[test]
fn messages_read_like_this() {
    expect_file!["slack.json"].assert_eq(&pretty(WebhookShape::Slack));
    expect_file!["teams.json"].assert_eq(&pretty(WebhookShape::Teams));
}
