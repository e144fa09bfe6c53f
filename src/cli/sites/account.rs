//! Who signed in at a site.

use std::sync::Arc;

use crate::cli::CliError;
use crate::cli::data::assemble;
use crate::clock::Clock;
use crate::config::Connection;
use crate::confluence::api;
use crate::confluence::failure::Failure;
use crate::confluence::model::User;
use crate::policy::gate::BuiltIn;

/// An account, as far as the site tells.
pub(super) struct Account {
    pub(super) id: String,
    pub(super) name: String,
}

/// Why the site does not say.
pub(super) enum Unknown {
    /// It takes the credentials, but they lack the scope for this question.
    NoScope,
    /// It does not take the credentials.
    NotSignedIn,
    /// Anything else.
    Failed(CliError),
}

/// Asks the site.
pub(super) async fn ask(connection: &Connection, clock: &Arc<dyn Clock>) -> Result<Account, Unknown> {
    let client = assemble::client(connection, clock).await.map_err(Unknown::Failed)?;
    let reply = client.send(&BuiltIn::Connect.permit(), api::users::current_user()).await;
    match reply.and_then(|reply| reply.json::<User>()) {
        Ok(user) => Ok(Account {
            id: user.account_id.as_ref().map(ToString::to_string).unwrap_or_default(),
            name: user.name().unwrap_or("somebody without a name").to_owned(),
        }),
        Err(Failure::ScopeMissing(_)) => Err(Unknown::NoScope),
        Err(Failure::NotSignedIn(_)) => Err(Unknown::NotSignedIn),
        Err(failure) => Err(Unknown::Failed(CliError::Refused(format!("{failure}; {}", failure.hint())))),
    }
}
