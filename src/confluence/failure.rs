//! What can go wrong with a request to Confluence, sorted by whose move it is now.

mod upstream;

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use upstream::{Quote, Upstream};

/// Why a request did not succeed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// 401: the credentials are wrong, expired or withdrawn.
    #[error("Confluence does not accept the credentials")]
    NotSignedIn(Upstream),
    /// The grant or token has ended.
    #[error(
        "the connection `{connection}` has ended ({why}); an administrator can sign in again with `sluice connect --reconnect {connection}`"
    )]
    ReconnectNeeded {
        /// Its name.
        connection: String,
        /// Why, in a few words.
        why: String,
    },
    /// Its tokens could not be renewed, for a reason that may pass.
    #[error("the tokens of the connection `{connection}` cannot be renewed now: {why}")]
    NotRenewed {
        /// Its name.
        connection: String,
        /// Why, in a few words.
        why: String,
        /// When it is tried again.
        after: Duration,
    },
    /// Somebody disconnected it.
    #[error("the connection `{connection}` was disconnected")]
    Disconnected {
        /// Its name.
        connection: String,
    },
    /// 401: signed in, but the token lacks a scope.
    #[error("the token lacks a scope that this operation needs")]
    ScopeMissing(Upstream),
    /// 403: the account may not.
    #[error("the connected account has no permission for this in Confluence")]
    Forbidden(Upstream),
    /// 404: not there, or hidden from the account.
    #[error("not found or no permission")]
    NotFound(Upstream),
    /// 409, or 400 about versions: somebody was faster.
    #[error("it conflicts with what is in Confluence now{}", .0.saying())]
    Conflict(Upstream),
    /// 410: Confluence no longer offers this operation.
    #[error("Confluence no longer offers this operation to this kind of credentials")]
    Gone(Upstream),
    /// 413: the request is larger than Confluence takes.
    #[error("Confluence takes no request as large as this")]
    TooLarge(Upstream),
    /// 400, 422 and other refusals of what was sent.
    #[error("Confluence found the request invalid (status {}){}", .0.status, .0.saying())]
    Invalid(Upstream),
    /// 429, or our own limits: wait, then try again.
    #[error("too many requests; room again in {} s", ceil(*after))]
    TooFast {
        /// From now.
        after: Duration,
        /// Confluence's name for the request.
        trace: Option<String>,
    },
    /// 5xx or a broken connection, on a read.
    #[error("Confluence is not available at the moment")]
    Unavailable {
        /// What Confluence asked us to wait, if it did.
        after: Option<Duration>,
        /// Confluence's name for the request.
        trace: Option<String>,
    },
    /// A read that took too long.
    #[error("Confluence did not answer in time")]
    Timeout,
    /// Not one byte of the request was sent.
    #[error("`{host}` could not be reached: {obstacle}")]
    NotStarted {
        /// The host.
        host: String,
        /// What stood in the way.
        obstacle: Obstacle,
    },
    /// A write that was sent and whose fate is not known.
    #[error("the write was sent, but whether it took effect is not known")]
    Unknown {
        /// Confluence's name for the request.
        trace: Option<String>,
    },
    /// The answer is not what the API promises.
    #[error("the answer cannot be used: {defect}")]
    Unreadable {
        /// What is wrong with it.
        defect: Defect,
        /// Confluence's name for the request.
        trace: Option<String>,
    },
    /// The answer is larger than Sluice takes in.
    #[error("the answer is larger than {cap} bytes")]
    TooBig {
        /// What would have been taken.
        cap: u64,
    },
    /// The last check before the wire refused the URL.
    #[error("refused before sending: {why}")]
    Refused {
        /// Which rule.
        why: &'static str,
    },
    /// What was downloaded could not be written.
    #[error("the download could not be written: {0}")]
    NotSaved(std::io::ErrorKind),
    /// A mistake of ours.
    #[error("a fault in Sluice: {what}")]
    Bug {
        /// Which invariant did not hold.
        what: &'static str,
    },
}

/// What keeps a connection from being made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Obstacle {
    /// The host's name has no address.
    #[error("its name has no address")]
    Name,
    /// Nobody answers, or the connection is refused.
    #[error("no connection")]
    Connection,
    /// The certificate is not trusted, or the handshake failed.
    #[error("its certificate is not trusted or the TLS handshake failed")]
    Tls,
    /// It takes too long.
    #[error("no connection in time")]
    Time,
}

/// What is wrong with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Defect {
    /// A web page, such as a login form.
    #[error("it is a web page where JSON was expected")]
    WebPage,
    /// It ends too early.
    #[error("it was cut short")]
    CutShort,
    /// Not JSON at all.
    #[error("it is not valid JSON")]
    NotJson,
    /// Nested deeper than any honest answer.
    #[error("it is nested too deeply")]
    TooDeep,
    /// JSON without the promised fields.
    #[error("it lacks the promised fields")]
    OtherFields,
    /// A redirect where none belongs.
    #[error("it is a redirect where none belongs")]
    Redirect,
    /// No redirect where one belongs.
    #[error("it does not say where the file is")]
    NoRedirect,
    /// A status that the API does not have.
    #[error("its status has no meaning here")]
    Status,
}

/// Whether the same call may be made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TryAgain {
    /// It would fail again, or do harm.
    No,
    /// Once what the hint names is put right.
    AfterFix,
    /// As it is, after this long.
    After(Duration),
}

impl Failure {
    /// The stable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotSignedIn(_) => "not_signed_in",
            Self::ReconnectNeeded { .. } => "reconnect_needed",
            Self::NotRenewed { .. } => "not_renewed",
            Self::Disconnected { .. } => "disconnected",
            Self::ScopeMissing(_) => "scope_missing",
            Self::Forbidden(_) => "forbidden",
            Self::NotFound(_) => "not_found",
            Self::Conflict(_) => "conflict",
            Self::Gone(_) => "gone",
            Self::TooLarge(_) => "too_large",
            Self::Invalid(_) => "invalid",
            Self::TooFast { .. } => "too_fast",
            Self::Unavailable { .. } => "unavailable",
            Self::Timeout => "timeout",
            Self::NotStarted { .. } => "not_started",
            Self::Unknown { .. } => "unknown",
            Self::Unreadable { .. } => "unreadable",
            Self::TooBig { .. } => "too_big",
            Self::Refused { .. } => "refused",
            Self::NotSaved(_) => "not_saved",
            Self::Bug { .. } => "bug",
        }
    }

    /// What to do about it.
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::NotSignedIn(_) => {
                "the operator has to renew the token; classic tokens belong to the site's host, scoped and bearer tokens to the gateway"
            }
            Self::ReconnectNeeded { .. } => "nothing was sent; repeat the call once somebody has signed in again",
            Self::NotRenewed { .. } => "nothing was sent; repeat the call later",
            Self::Disconnected { .. } => "nothing was sent; an administrator can connect a site with `sluice connect`",
            Self::ScopeMissing(_) => "the operator has to grant the scope and issue the token again",
            Self::Forbidden(_) => "an administrator of the space or site can grant the permission in Confluence",
            Self::NotFound(_) => "check the id; Confluence answers the same when the connected account may not see it",
            Self::Conflict(_) => "read it again and repeat the change on the current version",
            Self::Gone(_) => "use another tool; this operation will not come back",
            Self::TooLarge(_) => "send less: Confluence takes pages up to 5 MB, and files up to the site's limit",
            Self::Invalid(_) => "correct the arguments",
            Self::TooFast { .. } => "wait, then repeat the call as it is",
            Self::Unavailable { .. } | Self::Timeout => "repeat the call later",
            Self::NotStarted { obstacle: Obstacle::Tls, .. } => {
                "nothing was sent; the operator can trust a private authority with `--ca-file`"
            }
            Self::NotStarted { .. } => "nothing was sent; the operator should check address and network",
            Self::Unknown { .. } => "read the target to see whether the write took effect before sending it again",
            Self::Unreadable { .. } => {
                "repeat the call later; if it stays, the operator should check the site's address"
            }
            Self::TooBig { .. } => "ask for less, such as a smaller limit or another body format",
            Self::Refused { .. } => "Sluice never sends this, whatever the profile",
            Self::NotSaved(_) => "the operator should check the download folder",
            Self::Bug { .. } => "report it to the operator",
        }
    }

    /// Whether the same call may be made again.
    pub fn try_again(&self) -> TryAgain {
        const SOON: Duration = Duration::from_secs(30);
        match self {
            Self::NotSignedIn(_)
            | Self::ReconnectNeeded { .. }
            | Self::Disconnected { .. }
            | Self::ScopeMissing(_)
            | Self::Forbidden(_)
            | Self::NotFound(_)
            | Self::Conflict(_)
            | Self::TooLarge(_)
            | Self::Invalid(_)
            | Self::NotStarted { obstacle: Obstacle::Tls | Obstacle::Name, .. }
            | Self::TooBig { .. }
            | Self::NotSaved(_) => TryAgain::AfterFix,
            Self::TooFast { after, .. } | Self::NotRenewed { after, .. } => TryAgain::After(*after),
            Self::Unavailable { after, .. } => TryAgain::After(after.unwrap_or(SOON)),
            Self::Timeout | Self::NotStarted { .. } | Self::Unreadable { .. } => TryAgain::After(SOON),
            Self::Gone(_) | Self::Unknown { .. } | Self::Refused { .. } | Self::Bug { .. } => TryAgain::No,
        }
    }

    /// Confluence's name for the request, for a support ticket.
    pub fn trace(&self) -> Option<&str> {
        match self {
            Self::NotSignedIn(upstream)
            | Self::ScopeMissing(upstream)
            | Self::Forbidden(upstream)
            | Self::NotFound(upstream)
            | Self::Conflict(upstream)
            | Self::Gone(upstream)
            | Self::TooLarge(upstream)
            | Self::Invalid(upstream) => upstream.trace.as_deref(),
            Self::TooFast { trace, .. }
            | Self::Unavailable { trace, .. }
            | Self::Unknown { trace }
            | Self::Unreadable { trace, .. } => trace.as_deref(),
            Self::ReconnectNeeded { .. }
            | Self::NotRenewed { .. }
            | Self::Disconnected { .. }
            | Self::Timeout
            | Self::NotStarted { .. }
            | Self::TooBig { .. }
            | Self::Refused { .. }
            | Self::NotSaved(_)
            | Self::Bug { .. } => None,
        }
    }
}

/// Whole seconds, rounded up, so that nobody comes back too early.
fn ceil(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_rounded_up() {
        let failure = Failure::TooFast { after: Duration::from_millis(1001), trace: None };
        assert_eq!(failure.to_string(), "too many requests; room again in 2 s");
    }
}
