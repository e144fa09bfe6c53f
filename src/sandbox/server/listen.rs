//! Listens for connections, in the clear or with a certificate of a throwaway authority.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::serve::Listener;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use tokio_util::sync::CancellationToken;

/// How long a client may take to agree on encryption.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Why a simulated site could not start.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The address is taken or not ours.
    #[error("cannot listen on `{address}`")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The system's word.
        source: std::io::Error,
    },
    /// No certificate could be made.
    #[error("cannot make a certificate")]
    Certificate(#[from] rcgen::Error),
    /// The certificate could not be used.
    #[error("cannot serve with the certificate")]
    Tls(#[from] rustls::Error),
}

/// An authority made for one run, and what serves with its certificate.
pub(super) struct Authority {
    pub(super) pem: String,
    pub(super) acceptor: TlsAcceptor,
}

/// Makes an authority and a certificate for this machine's own names.
pub(super) fn authority() -> Result<Authority, SandboxError> {
    let mut params = CertificateParams::new(Vec::<String>::new())?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(rcgen::DnType::CommonName, "Sluice simulated site");
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign, KeyUsagePurpose::DigitalSignature];
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    let pem = certificate.pem();
    let issuer = Issuer::new(params, key);
    let own_key = KeyPair::generate()?;
    let names = ["127.0.0.1", "::1", "localhost", "*.atlassian.net", "api.atlassian.com"].map(str::to_owned);
    let own = CertificateParams::new(names)?.signed_by(&own_key, &issuer)?;
    let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(own_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![own.der().clone()], private)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Authority { pem, acceptor: TlsAcceptor::from(Arc::new(config)) })
}

/// Accepts encrypted connections; a client that dawdles does not hold up the others.
struct TlsListener {
    tcp: TcpListener,
    acceptor: TlsAcceptor,
    handshakes: JoinSet<Option<(TlsStream<TcpStream>, SocketAddr)>>,
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            tokio::select! {
                (stream, address) = Listener::accept(&mut self.tcp) => {
                    let acceptor = self.acceptor.clone();
                    self.handshakes.spawn(async move {
                        let stream = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await.ok()?.ok()?;
                        Some((stream, address))
                    });
                }
                Some(done) = self.handshakes.join_next() => {
                    if let Ok(Some(connection)) = done {
                        return connection;
                    }
                }
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.tcp.local_addr()
    }
}

pub(super) async fn bind(address: SocketAddr) -> Result<TcpListener, SandboxError> {
    TcpListener::bind(address).await.map_err(|source| SandboxError::Listen { address, source })
}

pub(super) fn local(listener: &TcpListener, address: SocketAddr) -> Result<SocketAddr, SandboxError> {
    listener.local_addr().map_err(|source| SandboxError::Listen { address, source })
}

/// Serves one host until told to stop.
pub(super) fn host(
    tcp: TcpListener,
    router: Router,
    authority: Option<&Authority>,
    stopping: CancellationToken,
) -> impl Future<Output = std::io::Result<()>> + use<> {
    let acceptor = authority.map(|authority| authority.acceptor.clone());
    async move {
        match acceptor {
            None => axum::serve(tcp, router).with_graceful_shutdown(stopping.cancelled_owned()).await,
            Some(acceptor) => {
                let listener = TlsListener { tcp, acceptor, handshakes: JoinSet::new() };
                axum::serve(listener, router).with_graceful_shutdown(stopping.cancelled_owned()).await
            }
        }
    }
}
