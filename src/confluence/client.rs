//! The one client that sends requests to Confluence; every request needs a permit.

mod complaint;
mod download;
mod last_step;
pub mod limits;
mod points;
mod retry;
mod retry_after;
pub mod settings;
mod transport;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, LINK, LOCATION};
use reqwest::{RequestBuilder, Response};
use url::Url;

use crate::clock::Clock;
use crate::domain::access::{Access, AccessClass};
use crate::policy::Warrant;

use super::address::Address;
use super::credentials::Credentials;
use super::failure::{Defect, Failure, Obstacle};
use super::reply::Reply;
use super::request::{Body, Lane, Method, Request};

use complaint::Complaint;
use limits::Throttle;
use retry::Trouble;
use retry_after::{Reach, header};
use transport::Transport;

pub use download::{Download, Extent, Saved};
pub use limits::{Limits, Rate};
pub use points::PointsLeft;
pub use settings::{Settings, SettingsError, Timeouts};

/// Of an error's body, this much is read.
const COMPLAINT_CAP: usize = 64 * 1024;

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
    class: AccessClass,
    lane: Lane,
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

/// One attempt that failed.
struct Setback {
    failure: Failure,
    trouble: Trouble,
    reach: Reach,
    retry_after: Option<Duration>,
}

impl From<Failure> for Setback {
    fn from(failure: Failure) -> Self {
        Self { failure, trouble: Trouble::Final, reach: Reach::Lane, retry_after: None }
    }
}

impl Client {
    /// A client; nothing is connected or read from disk yet.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        let (site, media) = settings.plans()?;
        let throttle = Throttle::new(&settings.limits, settings.credentials.allowance(), &settings.clock);
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
        let outgoing = self.checked(&permit, request, Want::Content)?;
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
        request: Request<A>,
        want: Want,
    ) -> Result<Outgoing, Failure> {
        if !permit.covers(&|| request.digest()) {
            return Err(Failure::Bug { what: "the permit is for another request" });
        }
        let url = self.inner.address.url_of(&request);
        last_step::check(request.method(), request.path(), &url, &self.inner.address)?;
        let (lane, method, template) = (request.lane(), request.method(), request.template());
        Ok(Outgoing { class: A::CLASS, lane, method, template, url, body: request.body().clone(), want })
    }

    async fn deliver(&self, outgoing: &Outgoing) -> Result<Answer, Failure> {
        let Inner { clock, throttle, timeouts, .. } = &*self.inner;
        let began = clock.steady();
        let mut patience = throttle.patience();
        let mut trace = None;
        for attempts in 1.. {
            let admitted = throttle.admit(outgoing.lane, &mut patience).await;
            let slot = admitted.map_err(|after| Failure::TooFast { after, trace: trace.take() })?;
            let setback = match self.attempt(outgoing).await {
                Ok(answer) => return Ok(answer),
                Err(setback) => setback,
            };
            drop(slot);
            let Setback { mut failure, trouble, reach, retry_after } = setback;
            let wait = retry::back_off(attempts).max(retry_after.unwrap_or_default());
            if let Failure::TooFast { after, trace: its_trace } = &mut failure {
                *after = wait;
                trace.clone_from(its_trace);
                throttle.hold(reach, outgoing.lane, wait);
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

    async fn attempt(&self, outgoing: &Outgoing) -> Result<Answer, Setback> {
        let Inner { clock, timeouts, .. } = &*self.inner;
        let began = clock.steady();
        let upload = Duration::from_secs(outgoing.body.bytes().len() as u64 / (64 * 1024));
        let request = self.request(outgoing).await?;
        let exchange = async {
            let response = match tokio::time::timeout(timeouts.answer + upload, request.send()).await {
                Ok(Ok(response)) => response,
                Ok(Err(error)) => return Err(self.broken(outgoing, &error)),
                Err(_) => return Err(silent(outgoing, Trouble::Interrupted)),
            };
            let status = response.status().as_u16();
            let answer = self.answer(outgoing, response).await;
            let took = clock.steady().saturating_sub(began);
            tracing::debug!(method = outgoing.method.as_str(), template = outgoing.template, status, ?took, "answered");
            answer
        };
        match tokio::time::timeout(timeouts.total + upload, exchange).await {
            Ok(answer) => answer,
            Err(_) => Err(silent(outgoing, Trouble::Final)),
        }
    }

    async fn request(&self, outgoing: &Outgoing) -> Result<RequestBuilder, Failure> {
        let authorization = self.inner.credentials.authorization().await?;
        let pool = self.inner.site.pool().await?;
        let method = match outgoing.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut request = pool
            .request(method, outgoing.url.clone())
            .header(AUTHORIZATION, authorization.into_header())
            .header(ACCEPT, "application/json");
        if let Some(content_type) = outgoing.body.content_type() {
            request = request.header(CONTENT_TYPE, content_type);
        }
        Ok(match &outgoing.body {
            Body::Empty => request,
            Body::Json(bytes) => request.body(bytes.clone()),
            // Without it Confluence takes a form for a forged one.
            Body::Multipart { bytes, .. } => request.header("X-Atlassian-Token", "nocheck").body(bytes.clone()),
        })
    }

    async fn answer(&self, outgoing: &Outgoing, response: Response) -> Result<Answer, Setback> {
        let Inner { throttle, answer_cap, .. } = &*self.inner;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let location = header(&headers, LOCATION.as_str()).map(ToOwned::to_owned);
        let redirect = outgoing.want == Want::Redirect && matches!(status, 301 | 302 | 303 | 307 | 308);
        if !(200..300).contains(&status) && !redirect {
            throttle.charge(|| 1, &headers);
            return Err(self.complaint(outgoing, response).await);
        }
        let trace = trace(&headers);
        let wanted = matches!(outgoing.want, Want::Content) || redirect;
        let body = if redirect || !wanted { Ok(Bytes::new()) } else { self.body(response, *answer_cap).await };
        let link = header(&headers, LINK.as_str()).map(ToOwned::to_owned);
        let body = body.map_err(|failure| cut_short(outgoing, failure, trace.clone()));
        let reply = Reply { status, body: body?, trace, link, class: outgoing.class };
        throttle.charge(|| points::cost(outgoing.class.writes(), outgoing.template, reply.objects()), &headers);
        if !wanted {
            return Err(Failure::Unreadable { defect: Defect::NoRedirect, trace: reply.trace }.into());
        }
        Ok(Answer { reply, location })
    }

    async fn complaint(&self, outgoing: &Outgoing, response: Response) -> Setback {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let body = self.first(response, COMPLAINT_CAP).await;
        let retry_after = retry_after::retry_after(&headers, self.inner.clock.now());
        let trace = trace(&headers);
        tracing::debug!(status, trace, body = ?String::from_utf8_lossy(&body), "refused");
        let trouble = match status {
            429 => Trouble::TooFast,
            502..=504 => Trouble::Interrupted,
            _ => Trouble::Final,
        };
        let failure = Complaint { class: outgoing.class, status, body: &body, retry_after, trace }.failure();
        Setback { failure, trouble, reach: retry_after::reach(&headers), retry_after }
    }

    fn broken(&self, outgoing: &Outgoing, error: &reqwest::Error) -> Setback {
        tracing::debug!(template = outgoing.template, error = %transport::chain(error), "not answered");
        let (failure, trouble) = match transport::obstacle(error) {
            Some(obstacle) => {
                let trouble = if obstacle == Obstacle::Tls { Trouble::Final } else { Trouble::NotStarted };
                (Failure::NotStarted { host: self.inner.address.host().into(), obstacle }, trouble)
            }
            None if error.is_builder() => (Failure::Bug { what: "a request that HTTP cannot carry" }, Trouble::Final),
            None if outgoing.class.writes() => (Failure::Unknown { trace: None }, Trouble::Final),
            None => (Failure::Unavailable { after: None, trace: None }, Trouble::Interrupted),
        };
        Setback { failure, trouble, ..Failure::Timeout.into() }
    }

    /// The whole body, as long as it is not larger than `cap`.
    async fn body(&self, mut response: Response, cap: usize) -> Result<Bytes, Failure> {
        let mut body = BytesMut::new();
        while let Some(piece) = self.piece(&mut response).await? {
            if body.len() + piece.len() > cap {
                return Err(Failure::TooBig { cap: cap as u64 });
            }
            body.extend_from_slice(&piece);
        }
        Ok(body.freeze())
    }

    /// What can be had of the first `cap` bytes.
    async fn first(&self, mut response: Response, cap: usize) -> Bytes {
        let mut body = BytesMut::new();
        while let Ok(Some(piece)) = self.piece(&mut response).await {
            body.extend_from_slice(&piece);
            if body.len() >= cap {
                body.truncate(cap);
                break;
            }
        }
        body.freeze()
    }

    async fn piece(&self, response: &mut Response) -> Result<Option<Bytes>, Failure> {
        match tokio::time::timeout(self.inner.timeouts.pause, response.chunk()).await {
            Ok(Ok(piece)) => Ok(piece),
            Ok(Err(error)) => {
                tracing::debug!(error = %transport::chain(&error), "answer cut short");
                Err(Failure::Unreadable { defect: Defect::CutShort, trace: None })
            }
            Err(_) => Err(Failure::Timeout),
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Client({})", self.inner.address.host())
    }
}

/// No answer in time.
fn silent(outgoing: &Outgoing, trouble: Trouble) -> Setback {
    let failure = if outgoing.class.writes() { Failure::Unknown { trace: None } } else { Failure::Timeout };
    Setback { trouble, ..failure.into() }
}

/// An answer that began with success and cannot be read to its end.
fn cut_short(outgoing: &Outgoing, failure: Failure, trace: Option<String>) -> Setback {
    if outgoing.class.writes() {
        return Failure::Unknown { trace }.into();
    }
    match failure {
        Failure::Unreadable { defect, .. } => {
            let failure = Failure::Unreadable { defect, trace };
            Setback { trouble: Trouble::Interrupted, ..failure.into() }
        }
        other => other.into(),
    }
}

/// Confluence's name for the request, as far as it looks like one.
fn trace(headers: &HeaderMap) -> Option<String> {
    let plausible = |value: &&str| {
        (1..=64).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let names = ["atl-traceid", "atl-request-id", "x-arequestid"];
    names.into_iter().find_map(|name| header(headers, name).filter(plausible)).map(ToOwned::to_owned)
}
