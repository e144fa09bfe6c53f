//! Which view of a write that waits a client gets: the best that it says it takes part in.

use std::collections::BTreeSet;

use rmcp::model::ClientCapabilities;

use crate::approval::State;
use crate::approval::record::{ClientMay, Record};
use crate::policy::profile::ApprovedBy;

/// Which of the protocol's two lives a request belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Era {
    /// Up to 2025-11-25: a session, in which the server may ask the client.
    Legacy,
    /// From 2026-07-28: each request stands alone; the server asks in its answer.
    Modern,
}

/// What a client takes part in, as it says in the request itself or, in a session, at its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Can {
    /// It follows tasks.
    Tasks,
    /// It shows forms.
    Form,
    /// It opens addresses.
    Url,
}

/// What is known of the client that made a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Client {
    pub(super) era: Era,
    pub(super) can: BTreeSet<Can>,
}

impl Client {
    pub(super) fn new(era: Era, capabilities: &ClientCapabilities) -> Self {
        let elicitation = capabilities.elicitation.as_ref();
        // An empty object means forms: that is how the capability began.
        let form = elicitation.is_some_and(|modes| modes.form.is_some() || modes.url.is_none());
        let url = elicitation.is_some_and(|modes| modes.url.is_some());
        let said = [(Can::Tasks, capabilities.supports_tasks()), (Can::Form, form), (Can::Url, url)];
        Self { era, can: said.into_iter().filter_map(|(can, is_so)| is_so.then_some(can)).collect() }
    }
}

/// What matters of a write that has not come to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Waiting {
    state: State,
    by: ApprovedBy,
    client_may: ClientMay,
    review: Option<String>,
}

impl Waiting {
    pub(super) fn new(record: &Record, review: Option<String>) -> Self {
        let asked = &record.asked;
        Self { state: record.state, by: asked.by, client_may: asked.client_may, review }
    }
}

/// How a write that has not come to its end is shown. A progress token adds beats to every view in which a call is
/// held, and how long one is held is the profile's to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum View {
    /// A task with the record's id.
    Task,
    /// A form, asked for in the answer; the client comes back with it.
    Form,
    /// The address of the page on which people decide, likewise.
    Url(String),
    /// Nothing is asked; the client comes back leg by leg.
    Legs,
    /// A form in the middle of the call, raced against everyone else who may decide.
    RacedForm,
    /// The address in the middle of the call, likewise.
    RacedUrl(String),
    /// The call is held.
    Held,
    /// Told at once as it is: what is being found out may take long, and only a person is waited for.
    Now,
}

/// Whether the agent's own user is asked in the client.
pub(super) fn form_is_due(waiting: &Waiting) -> bool {
    waiting.state == State::Pending && waiting.by == ApprovedBy::Client && waiting.client_may == ClientMay::Approve
}

/// The best view.
pub(super) fn choose(client: &Client, waiting: &Waiting) -> View {
    let can = |can: Can| client.can.contains(&can);
    let modern = client.era == Era::Modern;
    if modern && can(Can::Tasks) {
        return View::Task;
    }
    if waiting.state.is_under_way() {
        return View::Now;
    }
    let address = waiting.review.clone().filter(|_| can(Can::Url) && waiting.state == State::Pending);
    match (client.era, can(Can::Form) && form_is_due(waiting), address) {
        (Era::Modern, true, _) => View::Form,
        (Era::Modern, false, Some(address)) => View::Url(address),
        (Era::Modern, false, None) => View::Legs,
        (Era::Legacy, true, _) => View::RacedForm,
        (Era::Legacy, false, Some(address)) => View::RacedUrl(address),
        (Era::Legacy, false, None) => View::Held,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn client(era: Era, capabilities: Value) -> Client {
        Client::new(era, &serde_json::from_value(capabilities).unwrap())
    }

    fn waiting(by: ApprovedBy, client_may: ClientMay, review: bool) -> Waiting {
        Waiting { state: State::Pending, by, client_may, review: review.then(|| "https://desk/approvals/ap".into()) }
    }

    #[test]
    fn an_empty_elicitation_capability_means_forms() {
        let can = |capabilities: Value| client(Era::Modern, capabilities).can.into_iter().collect::<Vec<_>>();
        assert_eq!(can(json!({})), []);
        assert_eq!(can(json!({ "elicitation": {} })), [Can::Form]);
        assert_eq!(can(json!({ "elicitation": { "form": {} } })), [Can::Form]);
        assert_eq!(can(json!({ "elicitation": { "url": {} } })), [Can::Url]);
        assert_eq!(can(json!({ "elicitation": { "form": {}, "url": {} } })), [Can::Form, Can::Url]);
        assert_eq!(can(json!({ "extensions": { "io.modelcontextprotocol/tasks": {} } })), [Can::Tasks]);
    }

    #[test]
    fn each_client_gets_the_best_view_it_takes_part_in() {
        use ApprovedBy::{Client as User, FourEyes, Human};
        use ClientMay::{Approve, OnlyDeny};
        let none = json!({});
        let (form, url) = (json!({ "elicitation": {} }), json!({ "elicitation": { "url": {} } }));
        let both = json!({ "elicitation": { "form": {}, "url": {} } });
        let all = json!({ "elicitation": {}, "extensions": { "io.modelcontextprotocol/tasks": {} } });
        let at = || "https://desk/approvals/ap".to_owned();
        let table = [
            // capabilities, who approves, may the client, is there a page; modern, legacy
            (&none, Human, OnlyDeny, true, View::Legs, View::Held),
            (&none, User, Approve, false, View::Legs, View::Held),
            (&form, Human, OnlyDeny, true, View::Legs, View::Held),
            (&form, User, Approve, true, View::Form, View::RacedForm),
            (&form, User, OnlyDeny, true, View::Legs, View::Held),
            (&form, FourEyes, Approve, true, View::Legs, View::Held),
            (&url, Human, OnlyDeny, true, View::Url(at()), View::RacedUrl(at())),
            (&url, Human, OnlyDeny, false, View::Legs, View::Held),
            (&url, User, Approve, true, View::Url(at()), View::RacedUrl(at())),
            (&both, User, Approve, true, View::Form, View::RacedForm),
            (&both, User, OnlyDeny, true, View::Url(at()), View::RacedUrl(at())),
            (&all, Human, OnlyDeny, true, View::Task, View::Held),
            (&all, User, Approve, true, View::Task, View::RacedForm),
        ];
        for (capabilities, by, may, review, modern, legacy) in table {
            let waiting = waiting(by, may, review);
            let row = format!("{capabilities} {by:?} {may:?} {review}");
            assert_eq!(choose(&client(Era::Modern, capabilities.clone()), &waiting), modern, "{row}");
            assert_eq!(choose(&client(Era::Legacy, capabilities.clone()), &waiting), legacy, "{row}");
        }
    }

    #[test]
    fn nobody_is_asked_about_what_was_decided() {
        let capabilities = json!({ "elicitation": { "form": {}, "url": {} } });
        for (state, modern, legacy) in [
            (State::Approved, View::Legs, View::Held),
            (State::Executing, View::Now, View::Now),
            (State::Unknown, View::Now, View::Now),
        ] {
            let waiting = Waiting { state, ..waiting(ApprovedBy::Client, ClientMay::Approve, true) };
            assert_eq!(choose(&client(Era::Modern, capabilities.clone()), &waiting), modern, "{state}");
            assert_eq!(choose(&client(Era::Legacy, capabilities.clone()), &waiting), legacy, "{state}");
        }
    }
}
