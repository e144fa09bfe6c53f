//! What a client is built from.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Certificate, Proxy};
use url::Url;

use crate::clock::{Clock, SystemClock};
use crate::confluence::address::Address;
use crate::confluence::credentials::Credentials;
use crate::domain::limits::{ANSWER, RETRY_WAIT};

use super::points::Purse;
use super::transport::{Guard, Plan, Trust};

/// Requests per second, and how many may come at once after a quiet while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// On average.
    pub per_second: NonZeroU32,
    /// At once.
    pub burst: NonZeroU32,
}

/// The limits Sluice keeps to by itself. `None` is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Everything together.
    pub site: Option<Rate>,
    /// Reads by id and lists.
    pub reads: Option<Rate>,
    /// CQL and user search.
    pub searches: Option<Rate>,
    /// Writes.
    pub writes: Option<Rate>,
    /// Attachment bytes.
    pub transfers: Option<Rate>,
    /// Requests under way at once.
    pub at_once: NonZeroU32,
    /// Points per UTC hour, where the credentials are counted against them.
    pub points_per_hour: u32,
    /// How long one call waits in all before it is told to come back.
    pub patience: Duration,
}

impl Default for Limits {
    /// Confluence publishes no burst limits; Jira's are twice these.
    fn default() -> Self {
        Self::at(NonZeroU32::MIN.saturating_add(49))
    }
}

impl Limits {
    /// So many requests a second in all, and of searches, writes and transfers a fifth of that each. After a quiet
    /// while, two seconds' worth may come at once.
    pub fn at(per_second: NonZeroU32) -> Self {
        let twice = NonZeroU32::MIN.saturating_add(1);
        let rate = |per_second: NonZeroU32| Some(Rate { per_second, burst: per_second.saturating_mul(twice) });
        let fifth = NonZeroU32::new(per_second.get() / 5).unwrap_or(NonZeroU32::MIN);
        Self {
            site: rate(per_second),
            reads: rate(per_second),
            searches: rate(fifth),
            writes: rate(fifth),
            transfers: rate(fifth),
            at_once: NonZeroU32::MIN.saturating_add(7),
            points_per_hour: 65_000,
            patience: RETRY_WAIT,
        }
    }

    /// The same without rates: for a simulated site, which guards nothing.
    pub fn without_rates() -> Self {
        Self { site: None, reads: None, searches: None, writes: None, transfers: None, ..Self::default() }
    }
}

/// Everything a client needs to know; [`Settings::new`] fills in what is usual.
#[derive(Clone)]
pub struct Settings {
    /// Where Confluence is.
    pub address: Address,
    /// Who we are.
    pub credentials: Arc<dyn Credentials>,
    /// Certificates, as PEM, of authorities to trust besides the machine's.
    pub authorities: Option<Vec<u8>>,
    /// The proxy to go through; without one, proxy variables of the environment are ignored.
    pub proxy: Option<Url>,
    /// How fast to ask.
    pub limits: Limits,
    /// Where the hourly points are counted, where the credentials are counted against them.
    pub purse: Purse,
    /// How long to wait for what.
    pub timeouts: Timeouts,
    /// The largest answer taken in, in bytes after decompression.
    pub answer_cap: usize,
    /// Hosts that attachments are downloaded from, as `host` or `host:port`; where the site is on this machine, any
    /// address of this machine besides.
    pub media_hosts: Vec<String>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// How long to wait for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// Until a connection is made.
    pub connect: Duration,
    /// From sending until the answer begins; uploads get a second more for each 64 KiB.
    pub answer: Duration,
    /// Between two pieces of an answer.
    pub pause: Duration,
    /// For the whole of an answer, downloads apart. No retry begins later than this after the call did.
    pub total: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            answer: Duration::from_secs(30),
            pause: Duration::from_secs(20),
            total: Duration::from_secs(90),
        }
    }
}

/// Settings that cannot be used; each message names the setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The authorities are not PEM.
    #[error("the file in `--ca-file` holds no certificate in PEM form")]
    Authorities,
    /// The proxy's address is unusable.
    #[error("the address in `--proxy` is not that of an HTTP proxy")]
    Proxy,
}

impl Settings {
    /// The usual settings.
    pub fn new(address: Address, credentials: Arc<dyn Credentials>) -> Self {
        Self {
            address,
            credentials,
            authorities: None,
            proxy: None,
            limits: Limits::default(),
            purse: Purse::default(),
            timeouts: Timeouts::default(),
            answer_cap: ANSWER,
            media_hosts: vec!["api.media.atlassian.com".into()],
            clock: Arc::new(SystemClock::new()),
        }
    }

    /// What the connections to Confluence, and those to the media hosts, are built from.
    pub(super) fn plans(&self) -> Result<(Plan, Plan), SettingsError> {
        let authorities = match &self.authorities {
            None => Vec::new(),
            Some(pem) => Certificate::from_pem_bundle(pem)
                .ok()
                .filter(|certificates| !certificates.is_empty())
                .ok_or(SettingsError::Authorities)?,
        };
        let proxy = self.proxy.clone().map(Proxy::all).transpose().map_err(|_| SettingsError::Proxy)?;
        let trust = Trust::Platform(authorities);
        let connect_timeout = self.timeouts.connect;
        let guard = Some(Guard { loopback: self.address.is_loopback() });
        let media = Plan { trust: trust.clone(), connect_timeout, proxy: proxy.clone(), gzip: false, guard };
        let trust = if self.address.is_encrypted() { trust } else { Trust::Nobody };
        Ok((Plan { trust, connect_timeout, proxy, gzip: true, guard: None }, media))
    }
}
