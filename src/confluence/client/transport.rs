//! The connections: built once, when the first request needs them, never following where an answer points.

use std::error::Error as StdError;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Certificate, Proxy};
use tokio::sync::OnceCell;

use crate::confluence::failure::{Failure, Obstacle};

/// Which certificates are trusted.
#[derive(Clone)]
pub(super) enum Trust {
    /// None: nothing encrypted is spoken to.
    Nobody,
    /// The machine's authorities, and these.
    Platform(Vec<Certificate>),
}

/// What the connections are built from.
#[derive(Clone)]
pub(super) struct Plan {
    pub(super) trust: Trust,
    pub(super) connect_timeout: Duration,
    pub(super) proxy: Option<Proxy>,
    pub(super) gzip: bool,
    /// Where set, hosts that resolve to an address inside a network are not connected to.
    pub(super) guard: Option<Guard>,
}

/// A pool of connections that is built by the first request.
pub(super) struct Transport {
    plan: Plan,
    built: OnceCell<reqwest::Client>,
}

impl Transport {
    pub(super) fn new(plan: Plan) -> Self {
        Self { plan, built: OnceCell::new() }
    }

    /// The pool. Building it reads the machine's certificates, which takes too long for a start.
    pub(super) async fn pool(&self) -> Result<&reqwest::Client, Failure> {
        let build = || async {
            let plan = self.plan.clone();
            match tokio::task::spawn_blocking(move || build(plan)).await {
                Ok(Ok(client)) => Ok(client),
                Ok(Err(error)) => {
                    tracing::error!(error = %chain(&error), "connections cannot be made");
                    Err(Failure::Bug { what: "no HTTP connections could be set up" })
                }
                Err(_) => Err(Failure::Bug { what: "setting up HTTP connections was interrupted" }),
            }
        };
        self.built.get_or_try_init(build).await
    }
}

fn build(plan: Plan) -> reqwest::Result<reqwest::Client> {
    // Another part of the process may have chosen a provider before: any is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder()
        .user_agent(concat!("sluice/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .gzip(plan.gzip)
        .connect_timeout(plan.connect_timeout)
        .pool_idle_timeout(Duration::from_mins(1))
        .tcp_keepalive(Duration::from_secs(30))
        .no_proxy();
    let builder = match plan.trust {
        Trust::Nobody => builder.tls_certs_only([]),
        Trust::Platform(extra) if extra.is_empty() => builder,
        Trust::Platform(extra) => builder.tls_certs_merge(extra),
    };
    let builder = match (plan.proxy, plan.guard) {
        // Behind a proxy it is the proxy that resolves names and decides what may be reached.
        (Some(proxy), _) => builder.proxy(proxy),
        (None, Some(guard)) => builder.dns_resolver(Arc::new(guard)),
        (None, None) => builder,
    };
    builder.build()
}

/// Resolves names and refuses those with an address inside a network, so that the address checked is the one used.
#[derive(Clone, Copy, Debug)]
pub(super) struct Guard {
    /// Whether this machine's own addresses may be reached: only when the site is there too.
    pub(super) loopback: bool,
}

/// A host that resolves to an address inside a network.
#[derive(Debug, thiserror::Error)]
#[error("the host resolves to an address inside a network")]
pub(super) struct InsideAddress;

impl Guard {
    /// Whether an address may be connected to.
    pub(super) fn allows(self, address: IpAddr) -> bool {
        match address.to_canonical() {
            address if address.is_loopback() => self.loopback,
            IpAddr::V4(address) => is_public_v4(address),
            IpAddr::V6(address) => is_public_v6(address),
        }
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = *self;
        Box::pin(async move {
            let addresses: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if !addresses.iter().all(|address| guard.allows(address.ip())) {
                return Err(InsideAddress.into());
            }
            let addresses: Addrs = Box::new(addresses.into_iter());
            Ok(addresses)
        })
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let inside = match address.octets() {
        [0 | 10 | 127 | 224.., ..] | [169, 254, ..] | [192, 168, ..] | [192, 0, 0 | 2, _] | [203, 0, 113, _] => true,
        [100, second, ..] => (64..128).contains(&second),
        [172, second, ..] => (16..32).contains(&second),
        [198, second, third, _] => matches!(second, 18 | 19) || (second, third) == (51, 100),
        _ => false,
    };
    !inside
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let embedded = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match address.segments() {
        // Translated and tunnelled addresses are as public as the one they carry.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => embedded(high, low),
        [0x2001, 0 | 0xdb8, ..] => false,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

/// What kept a request from being sent, if nothing of it was.
pub(super) fn obstacle(error: &reqwest::Error) -> Option<Obstacle> {
    if !error.is_connect() {
        return None;
    }
    Some(if error.is_timeout() {
        Obstacle::Time
    } else if causes(error).any(<dyn StdError>::is::<rustls::Error>) {
        Obstacle::Tls
    } else if error.is_dns() {
        Obstacle::Name
    } else {
        Obstacle::Connection
    })
}

/// Whether the guard refused the host's address.
pub(super) fn is_inside(error: &reqwest::Error) -> bool {
    causes(error).any(<dyn StdError>::is::<InsideAddress>)
}

fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |cause| match cause.downcast_ref::<std::io::Error>() {
        // An I/O error passes over the error it wraps and names that one's source.
        Some(outer) => outer.get_ref().map(|inner| inner as _),
        None => (*cause).source(),
    })
}

/// An error with its causes, on one line, for the log.
pub(super) fn chain(error: &(dyn StdError + 'static)) -> String {
    let causes: Vec<String> = causes(error).map(ToString::to_string).collect();
    causes.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_pass() {
        let inside = [
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "127.0.0.1",
            "0.0.0.0",
            "100.64.0.1",
            "192.0.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "64:ff9b::a00:1",
            "2002:a00:1::",
            "2001:db8::1",
            "2001::1",
            "fec0::1",
        ];
        for address in inside {
            assert!(!Guard { loopback: false }.allows(address.parse().unwrap()), "{address}");
        }
        for address in ["93.184.216.34", "100.128.0.1", "172.32.0.1", "2606:4700::1", "64:ff9b::5db8:d822"] {
            assert!(Guard { loopback: false }.allows(address.parse().unwrap()), "{address}");
        }
        for address in ["127.0.0.1", "::1", "::ffff:127.0.0.1"] {
            assert!(Guard { loopback: true }.allows(address.parse().unwrap()), "{address}");
        }
        assert!(!Guard { loopback: true }.allows("169.254.169.254".parse().unwrap()));
    }

    #[tokio::test]
    async fn a_name_that_resolves_inside_is_refused() {
        assert!(Guard { loopback: false }.resolve("localhost".parse().unwrap()).await.is_err());
        assert!(Guard { loopback: true }.resolve("localhost".parse().unwrap()).await.is_ok());
    }
}
