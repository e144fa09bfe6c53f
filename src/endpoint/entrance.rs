//! Lets a request in: who sends it, with which credential, and what that stands for.

use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use secrecy::SecretString;

use super::House;
use super::answers::{Checked, Refused};
use crate::app::App;
use crate::domain::access::AccessClass;
use crate::identity::{NotProven, Proven, Scopes};
use crate::mcp::http::{Asks, Message};
use crate::mcp::{Reach, Seat};
use crate::people::Admitted;

/// Who was let in.
pub(super) struct Entered {
    pub(super) proven: Proven,
    pub(super) seat: Seat,
}

impl House {
    /// Who sends a request with these headers.
    pub(super) async fn enter(&self, headers: &HeaderMap, metadata: &str) -> Checked<Entered> {
        let credential = bearer(headers).ok_or_else(|| Refused::nobody(metadata))?;
        let agents = self.parts.roster.agents();
        let proven = self.parts.identity.prove(&agents, &credential).await.map_err(|error| {
            if let NotProven::Invalid(why) = error {
                tracing::info!(why, "a credential was refused");
            }
            Refused::not_proven(error, metadata)
        })?;
        let Some(admitted) = self.parts.roster.admit(&proven.agent, proven.credential) else {
            tracing::warn!(agent = %proven.agent, "an agent was refused: it has just been turned out, or its profile cannot be read");
            return Err(Refused::not_proven(NotProven::Invalid("it lets nobody in now"), metadata));
        };
        let connection = admitted.caller.borrow().connection.clone();
        let app = self.parts.apps.of(connection.as_deref()).await.map_err(|why| Refused::no_site(&why))?;
        Ok(Entered { seat: self.seat(app, admitted, proven.scopes), proven })
    }

    fn seat(&self, app: Arc<App>, admitted: Admitted, scopes: Option<Scopes>) -> Seat {
        let Admitted { caller, gone } = admitted;
        let reach = scopes.map(|scopes| Reach {
            read: scopes.allow(AccessClass::Read),
            write: scopes.allow(AccessClass::Update),
            delete: scopes.allow(AccessClass::Delete),
        });
        Seat { app, caller, reach, gone, leaving: self.leaving.clone() }
    }
}

/// Whether the credential stands for what a message asks; where it does not, which scopes would.
pub(super) fn lacking(entered: &Entered, message: &Message) -> Option<&'static [&'static str]> {
    let scopes = entered.proven.scopes?;
    let class = match message.asks {
        Asks::Tool(entry) => entry.facts.class,
        Asks::Reading => AccessClass::Read,
        Asks::Nothing | Asks::Session | Asks::Listening | Asks::Else => return None,
    };
    (!scopes.allow(class)).then(|| Scopes::needed_for(class))
}

/// The credential of the one `Authorization` header there is (RFC 6750 section 2.1; the scheme's case does not matter,
/// RFC 9110 section 11.1).
pub(super) fn bearer(headers: &HeaderMap) -> Option<SecretString> {
    let mut given = headers.get_all(AUTHORIZATION).into_iter();
    let (Some(only), None) = (given.next(), given.next()) else { return None };
    let (scheme, credential) = only.to_str().ok()?.split_once(' ')?;
    let credential = credential.trim_matches(' ');
    (scheme.eq_ignore_ascii_case("bearer") && !credential.is_empty()).then(|| SecretString::from(credential))
}
