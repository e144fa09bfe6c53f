//! The one client that sends requests to Confluence; every request needs a permit.

mod complaint;
mod download;
mod exchange;
#[cfg(test)]
mod hostile_tests;
mod last_step;
mod limits;
#[cfg(test)]
mod peer;
mod points;
mod retry;
pub mod settings;
#[cfg(test)]
mod tests;
mod transport;

use std::fmt;
use std::sync::Arc;

use url::Url;

use crate::clock::Clock;
use crate::domain::access::{Access, AccessClass};
use crate::policy::Warrant;

use super::address::Address;
use super::credentials::{Credentials, Refusal, Remedy};
use super::failure::Failure;
use super::reply::Reply;
use super::request::{Body, Method, Request};

use exchange::Setback;
use limits::{Throttle, Whose};
use retry::Trouble;
use transport::Transport;

pub use download::{Download, Extent, Saved};
pub use points::{PointsLeft, Purse};
pub use settings::{Limits, Rate, Settings, SettingsError, Timeouts};

/// Sends requests to one site for one account. Clones share connections and limits.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    address: Address,
    credentials: Arc<dyn Credentials>,
    timeouts: Timeouts,
    answer_cap: usize,
    media_hosts: Vec<String>,
    clock: Arc<dyn Clock>,
    throttle: Throttle,
    site: Transport,
    media: Transport,
}

/// A request that passed every check, stripped of its type.
struct Outgoing {
    whose: Whose,
    class: AccessClass,
    method: Method,
    template: &'static str,
    url: Url,
    body: Body,
    want: Want,
}

/// What a success looks like.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Want {
    Content,
    Redirect,
}

/// A success: the reply, and where it points if that was wanted.
struct Answer {
    reply: Reply,
    location: Option<String>,
}

impl Client {
    /// A client; nothing is connected or read from disk yet.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        let (site, media) = settings.plans()?;
        let purse = settings.purse.clone();
        let throttle = Throttle::new(&settings.limits, settings.credentials.allowance(), purse, &settings.clock);
        let Settings { address, credentials, timeouts, answer_cap, media_hosts, clock, .. } = settings;
        let (site, media) = (Transport::new(site), Transport::new(media));
        let inner = Inner { address, credentials, timeouts, answer_cap, media_hosts, clock, throttle, site, media };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Sends a request: the only way out. Dropping the future ends the request.
    ///
    /// A read permit sends no write:
    ///
    /// ```compile_fail,E0277
    /// use sluice::{confluence::{Client, Request}, domain::access::{Read, Update}, policy::Permit};
    /// async fn write(client: Client, permit: Permit<Read>, request: Request<Update>) {
    ///     let _ = client.send(&permit, request).await;
    /// }
    /// ```
    ///
    /// A write permit does:
    ///
    /// ```
    /// use sluice::{confluence::{Client, Request}, domain::access::{Read, Update}, policy::Permit};
    /// async fn write(client: Client, permit: Permit<Update>, request: Request<Update>) {
    ///     let _ = client.send(permit, request).await;
    /// }
    /// ```
    ///
    /// Once:
    ///
    /// ```compile_fail,E0382
    /// use sluice::{confluence::{Client, Request}, domain::access::{Read, Update}, policy::Permit};
    /// async fn write(client: Client, permit: Permit<Update>, request: Request<Update>) {
    ///     let _ = client.send(permit, request.clone()).await;
    ///     let _ = client.send(permit, request).await;
    /// }
    /// ```
    ///
    /// Nothing is sent without a permit:
    ///
    /// ```compile_fail,E0277
    /// use sluice::{confluence::{Client, Request}, domain::access::Read, policy::Permit};
    /// async fn read(client: Client, permit: Permit<Read>, request: Request<Read>) {
    ///     let _ = client.send((), request).await;
    /// }
    /// ```
    ///
    /// ```
    /// use sluice::{confluence::{Client, Request}, domain::access::Read, policy::Permit};
    /// async fn read(client: Client, permit: Permit<Read>, request: Request<Read>) {
    ///     let _ = client.send(&permit, request).await;
    /// }
    /// ```
    pub async fn send<A: Access>(&self, permit: impl Warrant<A>, request: Request<A>) -> Result<Reply, Failure> {
        let outgoing = self.checked(&permit, &request, Want::Content)?;
        Ok(self.deliver(&outgoing).await?.reply)
    }

    /// What is left of the hourly quota; `None` where the credentials are not counted against one.
    pub fn points(&self) -> Option<PointsLeft> {
        self.inner.throttle.points()
    }

    /// Where Confluence is.
    pub fn address(&self) -> &Address {
        &self.inner.address
    }

    fn checked<A: Access>(
        &self,
        permit: &impl Warrant<A>,
        request: &Request<A>,
        want: Want,
    ) -> Result<Outgoing, Failure> {
        if !permit.covers(&|| request.digest()) {
            return Err(Failure::Bug { what: "the permit is for another request" });
        }
        let url = self.inner.address.url_of(request);
        last_step::check(request.method(), request.path(), &url, &self.inner.address)?;
        last_step::check_operation(request.method(), request.template(), request.path())?;
        let (lane, method, template) = (request.lane(), request.method(), request.template());
        let (whose, body) = ((permit.agent().clone(), lane), request.body().clone());
        Ok(Outgoing { whose, class: A::CLASS, method, template, url, body, want })
    }

    async fn deliver(&self, outgoing: &Outgoing) -> Result<Answer, Failure> {
        let Inner { clock, throttle, timeouts, credentials, .. } = &*self.inner;
        let began = clock.steady();
        let mut patience = throttle.patience();
        let mut trace = None;
        let mut refusal = Refusal::First;
        for attempts in 1.. {
            let admitted = throttle.admit(&outgoing.whose, &mut patience).await;
            let slot = admitted.map_err(|after| Failure::TooFast { after, trace: trace.take() })?;
            let authorization = credentials.authorization().await?;
            let setback = match self.attempt(outgoing, &authorization).await {
                Ok(answer) => return Ok(answer),
                Err(setback) => setback,
            };
            drop(slot);
            if matches!(setback.failure, Failure::NotSignedIn(_)) {
                let remedy = credentials.refused(&authorization, refusal).await?;
                if refusal == Refusal::First && remedy == Remedy::SendAgain {
                    refusal = Refusal::Second;
                    continue;
                }
            }
            let Setback { mut failure, trouble, reach, retry_after } = setback;
            let wait = retry::back_off(attempts).max(retry_after.unwrap_or_default());
            if let Failure::TooFast { after, trace: its_trace } = &mut failure {
                *after = wait;
                trace.clone_from(its_trace);
                throttle.hold(reach, outgoing.whose.1, wait);
            }
            let in_time = clock.steady().saturating_sub(began) < timeouts.total;
            if !(in_time && trouble.again(outgoing.class, attempts)) {
                return Err(failure);
            }
            tracing::debug!(template = outgoing.template, attempts, ?wait, code = failure.code(), "sending again");
            // After a 429 the throttle itself holds the request back.
            if trouble != Trouble::TooFast && patience.wait(wait, &**clock).await.is_err() {
                return Err(failure);
            }
        }
        Err(Failure::Bug { what: "retries without end" })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Client({})", self.inner.address.host())
    }
}
