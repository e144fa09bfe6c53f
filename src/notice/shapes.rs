//! The bodies of webhooks: plain JSON, a Slack message, an Adaptive Card for Teams.
//!
//! Titles and previews are other people's words. In messages they stand where nothing is marked up, and signs that these
//! programs act on are replaced by ones that look alike, so that nobody is called and nothing can be clicked.

use serde_json::{Value, json};

use super::{Notice, cut};
use crate::config::WebhookShape;
use crate::domain::place::Place;
use crate::domain::text::clean_text;

/// Most characters of a preview in a message: Slack takes 3,000 in a block, of which some count twice; Teams 28 KB in all.
const LONGEST_PREVIEW: usize = 1400;
/// Most characters of a fact.
const LONGEST_FACT: usize = 300;

/// The body in that shape.
pub(super) fn body(notice: &Notice, shape: WebhookShape) -> Value {
    match shape {
        WebhookShape::Json => json!({ "type": "approval.waiting", "timestamp": notice.asked_at, "data": notice }),
        WebhookShape::Slack => slack(notice),
        WebhookShape::Teams => teams(notice),
    }
}

/// What a message says, without markup.
struct Message {
    title: String,
    facts: Vec<(&'static str, String)>,
    preview: String,
    hint: String,
}

impl Message {
    fn of(notice: &Notice) -> Self {
        let fact = |text: &str| harmless(&text.replace('\n', " "), LONGEST_FACT);
        let places: Vec<String> = notice.places.iter().filter_map(named).collect();
        let mut facts = vec![
            ("Summary", fact(&notice.summary)),
            ("Target", fact(&notice.target)),
            ("Where", fact(&places.join(", "))),
            ("Agent", fact(&format!("{} of {}", notice.agent, notice.owner))),
            ("Tool", fact(&format!("{} ({})", notice.tool, notice.class))),
            ("Decide by", notice.decide_by.strftime("%Y-%m-%d %H:%M UTC").to_string()),
            ("Site", fact(notice.site.trim_start_matches("https://"))),
            ("Approval", notice.approval.to_string()),
        ];
        facts.retain(|(_, text)| !text.is_empty());
        Self {
            title: format!("A write waits for approval ({})", notice.class),
            facts,
            preview: harmless(&notice.preview, LONGEST_PREVIEW),
            hint: "Nobody can decide here. Look at the whole change first.".to_owned(),
        }
    }
}

fn named(place: &Place) -> Option<String> {
    match place {
        Place::Space(id) => Some(format!("space {id}")),
        Place::SpaceKey(key) => Some(format!("space {key}")),
        Place::Content(id) => Some(format!("page {id}")),
        Place::Unknown => Some("an unknown place".to_owned()),
        Place::Nowhere => None,
    }
}

/// Other people's words without invisible characters and without signs that make mentions, links or markup.
fn harmless(text: &str, most: usize) -> String {
    let alike = |sign| match sign {
        '<' => '‹',
        '>' => '›',
        '&' => '＆',
        '@' => '＠',
        '[' => '［',
        ']' => '］',
        '/' => '∕',
        '`' => '\'',
        '*' => '∗',
        other => other,
    };
    cut(&clean_text(text).text.chars().map(alike).collect::<String>(), most)
}

/// Block Kit; every text of it is `plain_text`.
fn slack(notice: &Notice) -> Value {
    let Message { title, facts, preview, hint } = Message::of(notice);
    let plain = |text: String| json!({ "type": "plain_text", "text": text, "emoji": false });
    let fields: Vec<Value> = facts.into_iter().map(|(name, text)| plain(format!("{name}: {text}"))).collect();
    let mut blocks =
        vec![json!({ "type": "header", "text": plain(title.clone()) }), json!({ "type": "section", "fields": fields })];
    if !preview.is_empty() {
        blocks.push(json!({ "type": "section", "text": plain(preview) }));
    }
    if let Some(url) = &notice.review_url {
        let button = json!({ "type": "button", "text": plain("Review".to_owned()), "url": url });
        blocks.push(json!({ "type": "actions", "elements": [button] }));
    }
    blocks.push(json!({ "type": "context", "elements": [plain(hint)] }));
    json!({ "text": title, "blocks": blocks, "unfurl_links": false, "unfurl_media": false })
}

/// An Adaptive Card; other people's words stand in text runs, which have no markup.
fn teams(notice: &Notice) -> Value {
    let Message { title, facts, preview, hint } = Message::of(notice);
    let run = |text: String| json!({ "type": "TextRun", "text": text });
    let heading = json!({ "type": "TextBlock", "text": title, "weight": "Bolder", "size": "Medium", "wrap": true });
    let mut body = vec![heading];
    for (name, text) in facts {
        let name = json!({ "type": "TextRun", "text": format!("{name}: "), "weight": "Bolder" });
        body.push(json!({ "type": "RichTextBlock", "inlines": [name, run(text)] }));
    }
    if !preview.is_empty() {
        let preview = json!({ "type": "TextRun", "text": preview, "fontType": "Monospace" });
        body.push(json!({ "type": "RichTextBlock", "separator": true, "inlines": [preview] }));
    }
    body.push(json!({ "type": "TextBlock", "text": hint, "isSubtle": true, "wrap": true }));
    let review = |url: &String| json!({ "type": "Action.OpenUrl", "title": "Review", "url": url });
    let actions: Vec<Value> = notice.review_url.iter().map(review).collect();
    let card = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
        "actions": actions,
    });
    let kind = "application/vnd.microsoft.card.adaptive";
    json!({ "type": "message", "attachments": [{ "contentType": kind, "contentUrl": null, "content": card }] })
}
