//! The modern era without tasks: the client comes back with a sealed state, leg by leg, until the write has ended.
//!
//! A leg is a request of its own, so that no time limit of a client or proxy is met; libraries give up after ten.

use std::time::Duration;

use rmcp::ErrorData;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, ElicitRequest, ElicitRequestParams, ElicitationAction, InputRequest,
    InputRequests, InputRequiredResult,
};

use crate::approval::Record;
use crate::domain::limits::EXECUTE_WITHIN;

use super::choose::{Can, Era};
use super::{AFTER_YES, Call, Waiting, ask, client, come_back, form_is_due};

/// How long one leg is held.
const LEG: Duration = Duration::from_secs(20);
/// How many legs there are at most.
const LEGS: u8 = 8;

/// The one answer to a state that is not to be trusted, whatever is wrong with it.
fn refused() -> ErrorData {
    ErrorData::invalid_params("`requestState` is not one that was given out for this call; call again without it", None)
}

impl Call<'_> {
    /// Asks the agent's own user, in the answer.
    pub(super) async fn ask_form(&self, record: &Record) -> CallToolResponse {
        match ask::form(self.app(), record).await {
            Ok(form) => self.asking(record, ask::FORM, form),
            Err(error) => {
                tracing::error!(error, "the form could not be made");
                self.leg(record, 0).await
            }
        }
    }

    /// Asks for the page to be opened on which people decide, in the answer.
    pub(super) fn ask_page(&self, record: &Record, address: String) -> CallToolResponse {
        self.asking(record, ask::ADDRESS, ask::page(record, address))
    }

    fn asking(&self, record: &Record, name: &str, asked: ElicitRequestParams) -> CallToolResponse {
        let Some(state) = self.sealed(record, 0) else { return self.now(record).into() };
        let request = InputRequest::Elicitation(ElicitRequest::new(asked));
        InputRequiredResult::new(Some(InputRequests::from([(name.to_owned(), request)])), Some(state)).into()
    }

    fn sealed(&self, record: &Record, leg: u8) -> Option<String> {
        let asked = &record.asked;
        // What was approved at the last moment is still to be told.
        let open = asked.decide_by.duration_since(self.app().approvals().now()).max(jiff::SignedDuration::ZERO);
        self.server.key.seal(&(asked.id.clone(), leg), asked.same, open.unsigned_abs() + EXECUTE_WITHIN)
    }

    /// A call that comes back goes straight to its record; nothing is planned again.
    pub(super) async fn resume(
        &self,
        state: &str,
        request: &CallToolRequestParams,
    ) -> Result<CallToolResponse, ErrorData> {
        let caller = &self.server.caller;
        let arguments = request.arguments.clone().unwrap_or_default();
        let client = client(self.context);
        let same = self.app().same(caller, self.entry, &arguments);
        let place = self.server.key.open(state, same).filter(|_| client.era == Era::Modern);
        let Some((id, leg)) = place else { return Err(refused()) };
        let record = match self.app().approvals().own(&caller.agent, &id).await {
            Ok(Some(record)) if leg < LEGS => record,
            Ok(_) => return Err(refused()),
            Err(error) => return Ok(super::replies::failure(self.tool(), &error.into()).into()),
        };
        if let Some(taken_back) = self.taken_back(&record).await {
            return Ok(taken_back.into());
        }
        let brought = |name| ask::brought(request.input_responses.as_ref(), name);
        let waiting = Waiting::new(&record, None);
        if let Some(form) = brought(ask::FORM).filter(|_| form_is_due(&waiting) && client.can.contains(&Can::Form)) {
            return Ok(match ask::said(&form) {
                ask::Said::Decided(says, reason) => {
                    ask::decide(self.app(), &record, says, reason).await;
                    self.held(&record, AFTER_YES).await.into()
                }
                ask::Said::Nothing => self.now(&record).into(),
            });
        }
        // Opening the page decides nothing; not opening it only means that nobody need be waited for here.
        match brought(ask::ADDRESS) {
            Some(opened) if opened.action != ElicitationAction::Accept => Ok(self.now(&record).into()),
            _ => Ok(self.leg(&record, leg).await),
        }
    }

    /// Holds one leg. All of them together last as long as the profile holds calls, and no longer.
    pub(super) async fn leg(&self, record: &Record, leg: u8) -> CallToolResponse {
        let left = self.server.caller.profile.approval.hold.saturating_sub(LEG * u32::from(leg));
        let record = match self.hold(record, left.min(LEG)).await {
            Ok(record) => record,
            Err(error) => return super::replies::failure(self.tool(), &error).into(),
        };
        let nobody_waits = self.context.ct.is_cancelled() || self.server.leaving.is_cancelled();
        let goes_on = !record.state.is_settled() && left > LEG && leg + 1 < LEGS && !nobody_waits;
        let next = goes_on.then(|| self.sealed(&record, leg + 1)).flatten();
        next.map_or_else(|| self.now(&record).into(), come_back)
    }
}
