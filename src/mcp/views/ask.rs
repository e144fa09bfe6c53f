//! What a person is asked in the client, and what to make of the answer.

use std::collections::BTreeMap;

use rmcp::model::{ElicitRequestParams, ElicitResult, ElicitationAction, ElicitationSchema, InputResponses};
use serde_json::Value;

use crate::app::App;
use crate::approval::record::{Record, Says};
use crate::approval::{DecideError, Decider};
use crate::domain::text::{clean_text, one_line};

/// Under which name the form is asked for.
pub(super) const FORM: &str = "approve";
/// Under which name the address is asked to be opened.
pub(super) const ADDRESS: &str = "open";
/// How much of a preview a dialog shows, in characters.
const SHOWN: usize = 3_000;
/// How long a reason may be, in characters.
const REASON: usize = 500;

/// What a person said to a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// Yes or no, and why.
    Decided(Says, Option<String>),
    /// Neither: it was put away, or says nothing that is plain.
    Nothing,
}

/// The form in which the agent's own user decides. The words are the server's, never the agent's.
pub(super) async fn form(app: &App, record: &Record) -> Result<ElicitRequestParams, &'static str> {
    let requested_schema = ElicitationSchema::builder()
        .required_bool_with("approve", |field| field.title("Approve").description("Whether this may be done"))
        .optional_string_with("reason", |field| {
            field.title("Reason").description("For a denial: what the agent is told").max_length(500)
        })
        .build()?;
    let asked = &record.asked;
    let preview = asked.preview.text(app.approvals().store()).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "the preview of a write cannot be read");
        String::new()
    });
    let elsewhere = app
        .review_of(record)
        .map_or_else(|| format!("with `sluice approvals approve {}`", asked.id), |address| format!("at {address}"));
    let mut parts = vec![format!("The agent {} asks to {}", asked.agent, asked.summary)];
    parts.extend(asked.loss.clone());
    parts.push(cut(&preview));
    parts.push(format!("It may also be decided {elsewhere}; the first decision counts."));
    parts.retain(|part| !part.is_empty());
    Ok(ElicitRequestParams::FormElicitationParams { meta: None, message: parts.join("\n\n"), requested_schema })
}

/// The page on which people decide. Opening it decides nothing.
pub(super) fn page(record: &Record, address: String) -> ElicitRequestParams {
    let asked = &record.asked;
    ElicitRequestParams::UrlElicitationParams {
        meta: None,
        message: format!(
            "A person has to decide whether the agent {} may {}. Opening the page approves nothing.",
            asked.agent, asked.summary
        ),
        url: address,
        elicitation_id: asked.id.to_string(),
    }
}

fn cut(preview: &str) -> String {
    let clean = clean_text(preview).text;
    let total = clean.chars().count();
    let shown: String = clean.trim().chars().take(SHOWN).collect();
    if total > SHOWN { format!("{shown}\n[cut: {} more characters]", total - SHOWN) } else { shown }
}

/// What a form's answer says. Only a plain yes is one.
pub(super) fn said(answer: &ElicitResult) -> Said {
    let field = |name: &str| answer.content.as_ref().and_then(|content| content.get(name));
    let reason = || {
        let reason = field("reason").and_then(Value::as_str).map(|reason| one_line(reason, REASON));
        reason.filter(|reason| !reason.is_empty())
    };
    match (&answer.action, field("approve").and_then(Value::as_bool)) {
        (ElicitationAction::Accept, Some(true)) => Said::Decided(Says::Yes, reason()),
        (ElicitationAction::Accept, Some(false)) | (ElicitationAction::Decline, _) => Said::Decided(Says::No, reason()),
        _ => Said::Nothing,
    }
}

/// The answer under that name, where the client brings a readable one.
pub(super) fn brought(responses: Option<&InputResponses>, name: &str) -> Option<ElicitResult> {
    let responses: &BTreeMap<String, Value> = responses?;
    serde_json::from_value(responses.get(name)?.clone()).ok()
}

/// Lets the agent's own user decide on what was shown. Where somebody else was faster, that stands.
pub(super) async fn decide(app: &App, record: &Record, says: Says, reason: Option<String>) {
    let decided = app.approvals().decide(&record.asked.id, record.seal, &Decider::Client, says, reason).await;
    match decided {
        Ok(_) => {}
        Err(DecideError::Store(error)) => tracing::error!(%error, "a decision could not be written down"),
        Err(error) => tracing::info!(id = %record.asked.id, %error, "the answer in the client decided nothing"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_a_plain_yes_is_a_yes_and_putting_the_form_away_is_nothing() {
        let said = |answer: Value| said(&serde_json::from_value(answer).unwrap());
        let no = |reason: Option<&str>| Said::Decided(Says::No, reason.map(str::to_owned));
        let yes = json!({ "action": "accept", "content": { "approve": true, "reason": " " } });
        assert_eq!(said(yes), Said::Decided(Says::Yes, None));
        let refused = json!({ "action": "accept", "content": { "approve": false, "reason": "not\nnow" } });
        assert_eq!(said(refused), no(Some("not now")));
        assert_eq!(said(json!({ "action": "decline" })), no(None));
        assert_eq!(said(json!({ "action": "decline", "content": { "approve": true } })), no(None));
        for unclear in [
            json!({ "action": "accept" }),
            json!({ "action": "accept", "content": { "approve": "true" } }),
            json!({ "action": "accept", "content": [true] }),
            json!({ "action": "cancel", "content": { "approve": true } }),
        ] {
            assert_eq!(said(unclear.clone()), Said::Nothing, "{unclear}");
        }
    }

    #[test]
    fn a_long_preview_is_cut_and_says_so() {
        assert_eq!(cut("a\u{202e}b"), "ab");
        let long = cut(&"é".repeat(SHOWN + 7));
        assert!(long.ends_with("é\n[cut: 7 more characters]"), "{long}");
    }
}
