//! Finds a site at Atlassian's gateway: the id it has there.

use std::time::Duration;

use serde::Deserialize;

use crate::config::Connection;

/// An answer is never longer than this.
const LONGEST: usize = 64 * 1024;
/// How long the site may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The cloud id could not be found.
#[derive(Debug, thiserror::Error)]
#[error("the cloud id of `{site}` could not be looked up: {cause}; give `--cloud-id` to go without the look-up")]
pub struct CloudIdError {
    site: String,
    cause: Cause,
}

#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("{}", root(.0))]
    Http(#[from] reqwest::Error),
    #[error("the site answered with status {0}")]
    Status(u16),
    #[error("the answer names no cloud id")]
    Answer,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TenantInfo {
    cloud_id: String,
}

/// Asks the site for its cloud id. The site tells everyone, so no credentials go along.
pub async fn cloud_id(connection: &Connection) -> Result<String, CloudIdError> {
    ask(connection).await.map_err(|cause| CloudIdError { site: connection.site.clone(), cause })
}

async fn ask(connection: &Connection) -> Result<String, Cause> {
    // Another part of the process may have chosen a provider before: any is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("sluice/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .timeout(PATIENCE)
        .no_proxy();
    if let Some(proxy) = &connection.proxy {
        builder = builder.proxy(reqwest::Proxy::all(proxy.clone())?);
    }
    if let Some(pem) = &connection.authority {
        builder = builder.tls_certs_merge(reqwest::Certificate::from_pem_bundle(pem)?);
    }
    let mut answer = builder.build()?.get(format!("{}/_edge/tenant_info", connection.site)).send().await?;
    if !answer.status().is_success() {
        return Err(Cause::Status(answer.status().as_u16()));
    }
    let mut body = Vec::new();
    while let Some(piece) = answer.chunk().await? {
        body.extend_from_slice(&piece);
        if body.len() > LONGEST {
            return Err(Cause::Answer);
        }
    }
    serde_json::from_slice::<TenantInfo>(&body).map(|tenant| tenant.cloud_id).map_err(|_| Cause::Answer)
}

/// The innermost cause, which says what really happened.
fn root(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
