//! Downloading an attachment: Confluence says where the file is, and one hop fetches it without our credentials.

use std::fmt;

use bytes::{Bytes, BytesMut};
use reqwest::Response;
use reqwest::header::CONTENT_TYPE;
use tokio::io::{AsyncWrite, AsyncWriteExt as _};
use tokio::sync::SemaphorePermit;
use url::{Host, Url};

use crate::confluence::address::is_loopback;
use crate::confluence::failure::{Defect, Failure, Upstream};
use crate::confluence::request::Request;
use crate::domain::access::Read;
use crate::policy::Permit;

use super::retry::header;
use super::transport::{self, Guard};
use super::{Client, Want};

/// A file, or its beginning.
#[derive(Clone, PartialEq, Eq)]
pub struct Download {
    /// What the media host says it is; untrusted.
    pub media_type: Option<String>,
    /// The bytes.
    pub bytes: Bytes,
    /// Whether that is all of it.
    pub extent: Extent,
}

impl fmt::Debug for Download {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Download({:?}, {} bytes, {:?})", self.media_type, self.bytes.len(), self.extent)
    }
}

/// How much of a file was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All of it.
    Whole,
    /// It is larger than what may be taken.
    Beginning,
}

/// A file that was written somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// What the media host says it is; untrusted.
    pub media_type: Option<String>,
    /// How many bytes were written.
    pub length: u64,
}

/// The media host's answer; the slot is held until the last byte.
struct Stream<'a> {
    response: Response,
    media_type: Option<String>,
    _slot: SemaphorePermit<'a>,
}

impl Client {
    /// Fetches a file, or the first `cap` bytes of it; `arrived` is told after each piece how many bytes there are.
    pub async fn download(
        &self,
        permit: &Permit<Read>,
        request: Request<Read>,
        cap: usize,
        mut arrived: impl FnMut(u64) + Send,
    ) -> Result<Download, Failure> {
        let mut stream = self.open(permit, request).await?;
        let mut bytes = BytesMut::new();
        let mut extent = Extent::Whole;
        while let Some(piece) = self.piece(&mut stream.response).await? {
            bytes.extend_from_slice(&piece);
            if bytes.len() > cap {
                bytes.truncate(cap);
                extent = Extent::Beginning;
                break;
            }
            arrived(bytes.len() as u64);
        }
        Ok(Download { media_type: stream.media_type, bytes: bytes.freeze(), extent })
    }

    /// Writes a file to `writer` as it arrives; one larger than `cap` is an error, and what was written is a torso.
    /// `arrived` is told after each piece how many bytes there are.
    pub async fn download_to(
        &self,
        permit: &Permit<Read>,
        request: Request<Read>,
        cap: u64,
        writer: &mut (impl AsyncWrite + Unpin + Send),
        mut arrived: impl FnMut(u64) + Send,
    ) -> Result<Saved, Failure> {
        let mut stream = self.open(permit, request).await?;
        let not_saved = |error: std::io::Error| Failure::NotSaved(error.kind());
        let mut length = 0;
        if stream.response.content_length().is_some_and(|announced| announced > cap) {
            return Err(Failure::TooBig { cap });
        }
        while let Some(piece) = self.piece(&mut stream.response).await? {
            length += piece.len() as u64;
            if length > cap {
                return Err(Failure::TooBig { cap });
            }
            writer.write_all(&piece).await.map_err(not_saved)?;
            arrived(length);
        }
        writer.flush().await.map_err(not_saved)?;
        Ok(Saved { media_type: stream.media_type, length })
    }

    async fn open(&self, permit: &Permit<Read>, request: Request<Read>) -> Result<Stream<'_>, Failure> {
        let outgoing = self.checked(&permit, &request, Want::Redirect)?;
        let answer = self.deliver(&outgoing).await?;
        let no_redirect = Failure::Unreadable { defect: Defect::NoRedirect, trace: answer.reply.trace };
        let location = answer.location.ok_or(no_redirect)?;
        let guard = Guard { loopback: self.inner.address.is_loopback() };
        let url = media_url(&location, &self.inner.media_hosts, guard)?;
        let mut patience = self.inner.throttle.patience();
        let slot = self.inner.throttle.slot(&mut patience).await;
        let slot = slot.map_err(|after| Failure::TooFast { after, trace: None })?;
        let response = self.hop(url).await?;
        let media_type = header(response.headers(), CONTENT_TYPE.as_str()).map(ToOwned::to_owned);
        Ok(Stream { response, media_type, _slot: slot })
    }

    /// The one hop: a plain GET from which the media host learns nothing about us.
    async fn hop(&self, url: Url) -> Result<Response, Failure> {
        let host = url.host_str().unwrap_or_default().to_owned();
        let request = self.inner.media.pool().await?.get(url);
        let response = match tokio::time::timeout(self.inner.timeouts.answer, request.send()).await {
            Err(_) => return Err(Failure::Timeout),
            // The URL holds a token of its own, so it stays out of errors and logs.
            Ok(sent) => sent.map_err(|error| broken(host, &error.without_url()))?,
        };
        let status = response.status().as_u16();
        tracing::debug!(status, "media host answered");
        match status {
            200 => Ok(response),
            404 | 410 => Err(Failure::NotFound(Upstream { status, said: None, trace: None })),
            300..=399 => Err(Failure::Unreadable { defect: Defect::Redirect, trace: None }),
            429 | 500..=599 => Err(Failure::Unavailable { after: None, trace: None }),
            _ => Err(Failure::Unreadable { defect: Defect::Status, trace: None }),
        }
    }
}

fn broken(host: String, error: &reqwest::Error) -> Failure {
    tracing::debug!(error = %transport::chain(error), "media host not reached");
    if transport::is_inside(error) {
        return Failure::Refused { why: "the media host's address is inside a network" };
    }
    match transport::obstacle(error) {
        Some(obstacle) => Failure::NotStarted { host, obstacle },
        None => Failure::Unavailable { after: None, trace: None },
    }
}

/// The address of the file, if Confluence named one that may be followed.
fn media_url(location: &str, hosts: &[String], guard: Guard) -> Result<Url, Failure> {
    let refuse = |why| Err(Failure::Refused { why });
    let Ok(url) = Url::parse(location) else { return refuse("the file is not on a media host") };
    let safe = match url.scheme() {
        "https" => true,
        "http" => guard.loopback && is_loopback(&url),
        _ => false,
    };
    if !safe {
        return refuse("the media host's address is not encrypted");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("the media host's address carries a name or password");
    }
    // A site on this machine is a simulated one, whose media host takes any free port of it.
    let own = guard.loopback && is_loopback(&url);
    if !own && !is_listed(&url, hosts) {
        return refuse("the file is not on a media host");
    }
    // A name is checked when it is resolved; an address is not resolved.
    let literal = match url.host() {
        Some(Host::Ipv4(address)) => Some(address.into()),
        Some(Host::Ipv6(address)) => Some(address.into()),
        _ => None,
    };
    if literal.is_some_and(|address| !guard.allows(address)) {
        return refuse("the media host's address is inside a network");
    }
    Ok(url)
}

fn is_listed(url: &Url, hosts: &[String]) -> bool {
    let host = url.host_str().unwrap_or_default();
    let name = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    hosts.iter().any(|listed| listed.eq_ignore_ascii_case(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_listed_encrypted_public_media_hosts_are_followed() {
        let hosts =
            ["api.media.atlassian.com".to_owned(), "10.0.0.1".into(), "127.0.0.1:81".into(), "169.254.169.254".into()];
        let far = Guard { loopback: false };
        let here = Guard { loopback: true };
        assert!(media_url("https://api.media.atlassian.com/file/1?token=x", &hosts, far).is_ok());
        assert!(media_url("https://API.media.atlassian.com:443/file", &hosts, far).is_ok());
        assert!(media_url("http://127.0.0.1:81/file", &hosts, here).is_ok());
        let refused = [
            "http://api.media.atlassian.com/file",
            "https://api.media.atlassian.com:444/file",
            "https://api.media.atlassian.com.evil.example/",
            "https://evil.example/",
            "//evil.example/x",
            "\\\\evil.example\\x",
            "/wiki/x",
            "",
            "https://u:p@api.media.atlassian.com/",
            "https://api.media.atlassian.com@evil.example/",
            "https://10.0.0.1/",
            "http://127.0.0.1:81/",
            "https://127.0.0.1:81/",
            "https://169.254.169.254/latest/meta-data",
            "ftp://api.media.atlassian.com/",
            "file:///etc/passwd",
            "javascript:alert(1)",
        ];
        for location in refused {
            let judged = media_url(location, &hosts, far);
            assert!(matches!(judged, Err(Failure::Refused { .. })), "{location}: {judged:?}");
        }
        assert!(media_url("http://api.media.atlassian.com/file", &hosts, here).is_err());
    }

    #[test]
    fn a_site_on_this_machine_may_have_its_media_host_on_any_port_of_it_and_nowhere_else() {
        let here = Guard { loopback: true };
        for location in [
            "http://127.0.0.1:82/file",
            "https://127.0.0.1:82/file",
            "http://[::1]:82/file",
            "http://localhost:82/file",
        ] {
            assert!(media_url(location, &[], here).is_ok(), "{location}");
            assert!(media_url(location, &[], Guard { loopback: false }).is_err(), "{location}");
        }
        for location in [
            "http://u:p@127.0.0.1:82/file",
            "http://10.0.0.1:82/file",
            "https://10.0.0.1/file",
            "https://evil.example/file",
            "http://localhost.evil.example/file",
            "ftp://127.0.0.1/file",
        ] {
            assert!(media_url(location, &[], here).is_err(), "{location}");
        }
    }
}
