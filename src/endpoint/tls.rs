//! The certificate that agents see: read again when its files change, the last good one holds.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::ServerConfig;
use rustls::pki_types::pem::{Error as PemError, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use crate::clock::Clock;
use crate::config::TlsFiles;
use crate::people::files::Files;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_millis(500);

/// The certificate or its key cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("`{}` and `{}` cannot be served with: {problem}", files.certificates.display(), files.key.display())]
pub struct TlsError {
    files: TlsFiles,
    problem: Problem,
}

#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error("the certificate cannot be read: {0}")]
    Certificate(#[source] PemError),
    #[error("the first file holds no certificate")]
    NoCertificate,
    // The parser's words name no part of the key.
    #[error("the key cannot be read: {0}")]
    Key(#[source] PemError),
    #[error("they do not fit each other: {0}")]
    Pair(#[from] rustls::Error),
}

/// A certificate and the files it came from.
pub(super) struct Certificates {
    files: TlsFiles,
    now: Mutex<Arc<ServerConfig>>,
}

impl Certificates {
    pub(super) fn open(files: TlsFiles) -> Result<Self, TlsError> {
        let now = Mutex::new(read(&files)?);
        Ok(Self { files, now })
    }

    /// What the next connection is met with.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.now.lock().unwrap_or_else(PoisonError::into_inner)))
    }

    /// Looks at the files again and again.
    pub(super) async fn follow(&self, clock: &Arc<dyn Clock>) {
        let mut files = Files::default();
        let watched = [self.files.certificates.clone(), self.files.key.clone()];
        files.watch(watched);
        let mut said = None;
        loop {
            clock.sleep(LOOK).await;
            if !files.changed(clock.now().into()) {
                continue;
            }
            match read(&self.files) {
                Ok(config) => {
                    *self.now.lock().unwrap_or_else(PoisonError::into_inner) = config;
                    tracing::debug!("the certificate was read again");
                    said = None;
                }
                Err(error) => {
                    let error = error.to_string();
                    // Both files change, one after the other: what does not fit yet will in a moment.
                    if said.as_ref() != Some(&error) {
                        tracing::warn!(%error, "the new certificate cannot be used yet; the former goes on");
                    }
                    said = Some(error);
                }
            }
        }
    }
}

fn read(files: &TlsFiles) -> Result<Arc<ServerConfig>, TlsError> {
    understand(files).map_err(|problem| TlsError { files: files.clone(), problem })
}

fn understand(files: &TlsFiles) -> Result<Arc<ServerConfig>, Problem> {
    let certificates = CertificateDer::pem_file_iter(&files.certificates).map_err(Problem::Certificate)?;
    let certificates: Vec<_> = certificates.collect::<Result<_, _>>().map_err(Problem::Certificate)?;
    if certificates.is_empty() {
        return Err(Problem::NoCertificate);
    }
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(Problem::Key)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(certificates, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
