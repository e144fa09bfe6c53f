//! One exchange with Confluence: a request out, an answer back, and what it means if there is none.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, LINK, LOCATION};
use reqwest::{RequestBuilder, Response};

use crate::confluence::credentials::Authorization;
use crate::confluence::failure::{Defect, Failure, Obstacle};
use crate::confluence::reply::Reply;
use crate::confluence::request::{Body, Method};

use super::complaint::Complaint;
use super::retry::{self, Reach, Trouble, header};
use super::{Answer, Client, Inner, Outgoing, Want, points, transport};

/// Of an error's body, this much is read.
const COMPLAINT_CAP: usize = 64 * 1024;

/// One attempt that failed.
pub(super) struct Setback {
    pub(super) failure: Failure,
    pub(super) trouble: Trouble,
    pub(super) reach: Reach,
    pub(super) retry_after: Option<Duration>,
}

impl From<Failure> for Setback {
    fn from(failure: Failure) -> Self {
        Self { failure, trouble: Trouble::Final, reach: Reach::Lane, retry_after: None }
    }
}

impl Client {
    /// Sends a request once and reads what comes back.
    pub(super) async fn attempt(&self, outgoing: &Outgoing, authorization: &Authorization) -> Result<Answer, Setback> {
        let Inner { clock, timeouts, .. } = &*self.inner;
        let began = clock.steady();
        let upload = Duration::from_secs(outgoing.body.bytes().len() as u64 / (64 * 1024));
        let request = self.request(outgoing, authorization).await?;
        let exchange = async {
            let response = match tokio::time::timeout(timeouts.answer + upload, request.send()).await {
                Ok(Ok(response)) => response,
                Ok(Err(error)) => return Err(self.broken(outgoing, &error)),
                Err(_) => return Err(silent(outgoing, Trouble::Interrupted)),
            };
            let (status, trace) = (response.status().as_u16(), trace(response.headers()));
            let answer = self.answer(outgoing, response).await;
            let took = clock.steady().saturating_sub(began);
            let (method, template) = (outgoing.method.as_str(), outgoing.template);
            tracing::debug!(method, template, status, trace, ?took, "answered");
            answer
        };
        match tokio::time::timeout(timeouts.total + upload, exchange).await {
            Ok(answer) => answer,
            Err(_) => Err(silent(outgoing, Trouble::Final)),
        }
    }

    async fn request(&self, outgoing: &Outgoing, authorization: &Authorization) -> Result<RequestBuilder, Failure> {
        let pool = self.inner.site.pool().await?;
        let method = match outgoing.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut request = pool
            .request(method, outgoing.url.clone())
            .header(AUTHORIZATION, authorization.header())
            .header(ACCEPT, "application/json");
        if let Some(content_type) = outgoing.body.content_type() {
            request = request.header(CONTENT_TYPE, content_type);
        }
        Ok(match &outgoing.body {
            // Watches are guarded against forgery like forms.
            Body::Empty if outgoing.method != Method::Get && outgoing.url.path().contains("/rest/api/user/watch/") => {
                request.header("X-Atlassian-Token", "no-check")
            }
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
        let trace = trace(&headers);
        let text = |name: &HeaderName| header(&headers, name.as_str()).map(ToOwned::to_owned);
        let body = match (outgoing.want, status) {
            (Want::Redirect, 301 | 302 | 303 | 307 | 308) => Bytes::new(),
            (Want::Redirect, 200..=299) => {
                throttle.charge(|| 1, &headers);
                return Err(Failure::Unreadable { defect: Defect::NoRedirect, trace }.into());
            }
            (Want::Content, 200..=299) => {
                let body = self.body(response, *answer_cap).await;
                body.map_err(|failure| cut_short(outgoing, failure, trace.clone()))?
            }
            _ => {
                throttle.charge(|| 1, &headers);
                return Err(self.complaint(outgoing, response).await);
            }
        };
        let reply = Reply { status, body, trace, link: text(&LINK), class: outgoing.class };
        throttle.charge(|| points::cost(outgoing.class.writes(), outgoing.template, reply.objects()), &headers);
        Ok(Answer { reply, location: text(&LOCATION) })
    }

    async fn complaint(&self, outgoing: &Outgoing, response: Response) -> Setback {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let body = self.first(response, COMPLAINT_CAP).await;
        let retry_after = retry::retry_after(&headers, self.inner.clock.now());
        let trace = trace(&headers);
        tracing::debug!(status, trace, body = ?String::from_utf8_lossy(&body), "refused");
        let trouble = match status {
            429 => Trouble::TooFast,
            502..=504 => Trouble::Interrupted,
            _ => Trouble::Final,
        };
        let failure = Complaint { class: outgoing.class, status, body: &body, retry_after, trace }.failure();
        Setback { failure, trouble, reach: retry::reach(&headers), retry_after }
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

    /// The next piece of a body.
    pub(super) async fn piece(&self, response: &mut Response) -> Result<Option<Bytes>, Failure> {
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
