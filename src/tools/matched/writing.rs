//! A raw write: planned, judged, approved and sent like every other write.

use serde_json::{Map, Value};

use super::eyes::Eyes;
use super::{sites, watching};
use crate::approval::{Plan, Proof, Undo};
use crate::confluence::request::raw;
use crate::domain::access::{AccessClass, WriteAccess};
use crate::domain::place::Place;
use crate::domain::text::{escaped, one_line};
use crate::policy::ToolFacts;
use crate::published::{Matched, Place as Stands, Watch};
use crate::tools::submit::{self, Submission};
use crate::tools::told::Replayed;
use crate::tools::{Begun, ToolError};

/// Longest body that people are shown, in characters; what is cut is said.
const LONGEST: usize = 20_000;

/// Plans the write and has it carried out. An equal one finds the record of the first, before anything is read.
pub(super) async fn write<A: WriteAccess>(
    matched: &Matched,
    facts: ToolFacts,
    arguments: &Map<String, Value>,
    eyes: &Eyes<'_>,
) -> Result<Begun, ToolError> {
    let call = eyes.call;
    let submission = Submission::of(call, facts, arguments, None)?;
    if let Some(known) = call.approvals.equal(&call.caller.agent, submission.same).await? {
        return submit::follow(known, Replayed::Yes);
    }
    // A plan only reads, so it may be dropped halfway; from then on the write goes its way.
    let plan = tokio::select! {
        biased;
        () = call.context.cancelled.cancelled() => return Err(ToolError::cancelled()),
        plan = plan::<A>(matched, eyes) => plan?,
    };
    call.submit(submission, plan).await
}

async fn plan<A: WriteAccess>(matched: &Matched, eyes: &Eyes<'_>) -> Result<Plan<A>, ToolError> {
    eyes.tell_no_pages_apart()?;
    let places = places(matched, eyes).await?;
    for place in &places {
        eyes.sees(place).await?;
    }
    let seen = watching::look(matched, eyes).await?;
    let effect = if seen.deletes { AccessClass::Delete } else { A::CLASS };
    let request = raw::raised::<A>(matched, effect).ok_or_else(ToolError::fault)?;
    let line = one_line(&format!("{request:?}"), 300);
    let mut preview = seen.lines;
    preview.push(exact(matched, &line));
    let undo = match (seen.document, seen.rests_on, matched.row().watch) {
        (Some((kind, page)), Some(version), Watch::Body) => Undo::WriteBack { kind, page, version },
        _ => Undo::ByHand("read what it changed and send the opposite; a raw request is not undone by itself".into()),
    };
    Ok(Plan {
        request,
        places,
        target: format!("the raw request {line}"),
        rests_on: seen.rests_on,
        before: seen.before,
        effect,
        loses: Vec::new(),
        summary: format!("send {line}"),
        preview: preview.join("\n"),
        undo,
        proof: Proof::AskAPerson,
    })
}

/// Every place that the write touches: what path, body and thing say.
async fn places(matched: &Matched, eyes: &Eyes<'_>) -> Result<Vec<Place>, ToolError> {
    let mut places: Vec<Place> = sites::of_request(matched, eyes).await?.into_iter().collect();
    places.extend(sites::of_body(matched.body(), eyes).await?);
    if places.is_empty() || (matched.row().place == Stands::Body && places.contains(&Place::Unknown)) {
        return Err(ToolError::input(
            format!("the body of {} does not say where it shall be", matched.row().name()),
            "name the space, or what it hangs on, as Confluence publishes it",
        ));
    }
    Ok(places)
}

/// The exact request, for people: nothing in it is invisible.
fn exact(matched: &Matched, line: &str) -> String {
    let body = matched.body().map(|body| serde_json::to_string_pretty(body).unwrap_or_default()).unwrap_or_default();
    let mut body = escaped(&body);
    if let Some((end, _)) = body.char_indices().nth(LONGEST) {
        body.truncate(end);
        body.push_str("\n[the preview is cut here]");
    }
    format!("the exact request:\n{line}\n{body}")
}
