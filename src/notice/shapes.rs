//! The bodies of webhooks: plain JSON, a Slack message, an Adaptive Card for Teams.
//!
//! Titles and previews are other people's words. In messages they stand where nothing is marked up, and signs that these
//! programs act on are replaced by ones that look alike, so that nobody is called and nothing can be clicked.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{ConnectionNotice, Message, Notice, cut};
use crate::config::WebhookShape;
use crate::domain::place::Place;
use crate::domain::text::clean_text;

/// Most characters of a preview in a message: Slack takes 3,000 in a block, of which some count twice; Teams 28 KB in all.
const LONGEST_PREVIEW: usize = 1400;
/// Most characters of a fact.
const LONGEST_FACT: usize = 300;

/// The body in that shape.
pub(super) fn body(message: &Message, shape: WebhookShape) -> Value {
    match shape {
        WebhookShape::Json => {
            let kind = match message {
                Message::Write(_) => "approval.waiting",
                Message::Connection(notice) if notice.is_good() => "connection.well",
                Message::Connection(_) => "connection.trouble",
            };
            json!({ "type": kind, "timestamp": message.first_at(), "data": message })
        }
        WebhookShape::Slack => slack(Words::of(message)),
        WebhookShape::Teams => teams(Words::of(message)),
    }
}

/// What a message says, without markup.
struct Words<'a> {
    title: String,
    facts: Vec<(&'static str, String)>,
    preview: String,
    hint: String,
    review_url: Option<&'a str>,
}

impl<'a> Words<'a> {
    fn of(message: &'a Message) -> Self {
        let mut words = match message {
            Message::Write(notice) => Self::of_write(notice),
            Message::Connection(notice) => Self::of_connection(notice),
        };
        words.facts.retain(|(_, text)| !text.is_empty());
        words
    }

    fn of_connection(notice: &ConnectionNotice) -> Self {
        let (title, hint) = if notice.is_good() {
            ("A connection is well again", "Nothing is left to do.")
        } else {
            ("A connection to Confluence needs you", "Nobody can sign in here. Run the command where Sluice runs.")
        };
        let facts = vec![
            ("Connection", fact(&notice.connection)),
            ("Site", fact(notice.site.trim_start_matches("https://"))),
            ("State", fact(&notice.state)),
            ("Since", moment(notice.since)),
            ("Why", fact(notice.why.as_deref().unwrap_or_default())),
            ("Command", fact(notice.how.as_deref().unwrap_or_default())),
        ];
        Self { title: title.to_owned(), facts, preview: String::new(), hint: hint.to_owned(), review_url: None }
    }

    fn of_write(notice: &'a Notice) -> Self {
        let places: Vec<String> = notice.places.iter().filter_map(named).collect();
        let facts = vec![
            ("Summary", fact(&notice.summary)),
            ("Target", fact(&notice.target)),
            ("Where", fact(&places.join(", "))),
            ("Agent", fact(&format!("{} of {}", notice.agent, notice.owner))),
            ("Tool", fact(&format!("{} ({})", notice.tool, notice.class))),
            ("Decide by", moment(notice.decide_by)),
            ("Site", fact(notice.site.trim_start_matches("https://"))),
            ("Approval", notice.approval.to_string()),
        ];
        Self {
            title: format!("A write waits for approval ({})", notice.class),
            facts,
            preview: harmless(&notice.preview, LONGEST_PREVIEW),
            hint: "Nobody can decide here. Look at the whole change first.".to_owned(),
            review_url: notice.review_url.as_deref(),
        }
    }
}

fn fact(text: &str) -> String {
    harmless(&text.replace('\n', " "), LONGEST_FACT)
}

fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

fn named(place: &Place) -> Option<String> {
    match place {
        Place::Space(id) => Some(format!("space {id}")),
        Place::SpaceKey(key) => Some(format!("space {key}")),
        Place::Copied(copied) => Some(format!("space {}", copied.key)),
        Place::Located(located) => Some(match &located.itself {
            Some(itself) => format!("{} {} in space {}", itself.word(), itself.id(), located.space),
            None => format!("space {}", located.space),
        }),
        Place::Source(name) => Some(format!("source {name}")),
        Place::Content(id) => Some(format!("page {id}")),
        Place::Node(kind, id) => Some(format!("{} {id}", kind.word())),
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
fn slack(words: Words<'_>) -> Value {
    let Words { title, facts, preview, hint, review_url } = words;
    let plain = |text: String| json!({ "type": "plain_text", "text": text, "emoji": false });
    let fields: Vec<Value> = facts.into_iter().map(|(name, text)| plain(format!("{name}: {text}"))).collect();
    let mut blocks =
        vec![json!({ "type": "header", "text": plain(title.clone()) }), json!({ "type": "section", "fields": fields })];
    if !preview.is_empty() {
        blocks.push(json!({ "type": "section", "text": plain(preview) }));
    }
    if let Some(url) = review_url {
        let button = json!({ "type": "button", "text": plain("Review".to_owned()), "url": url });
        blocks.push(json!({ "type": "actions", "elements": [button] }));
    }
    blocks.push(json!({ "type": "context", "elements": [plain(hint)] }));
    json!({ "text": title, "blocks": blocks, "unfurl_links": false, "unfurl_media": false })
}

/// An Adaptive Card; other people's words stand in text runs, which have no markup.
fn teams(words: Words<'_>) -> Value {
    let Words { title, facts, preview, hint, review_url } = words;
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
    let review = |url: &str| json!({ "type": "Action.OpenUrl", "title": "Review", "url": url });
    let actions: Vec<Value> = review_url.into_iter().map(review).collect();
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
