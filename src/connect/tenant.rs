//! Finds a site at Atlassian's gateway: the id it has there.

use std::time::Duration;

use serde::Deserialize;
use url::Url;

use crate::config::{Connection, WayOut};
use crate::outside::{Outside, OutsideError};

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
    #[error(transparent)]
    Outside(#[from] OutsideError),
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
    let way = WayOut { proxy: connection.proxy.clone(), authority: connection.authority.clone() };
    let outside = Outside::new(&way, PATIENCE)?;
    let address = Url::parse(&format!("{}/_edge/tenant_info", connection.site)).map_err(|_| Cause::Answer)?;
    let said = outside.get(address).await?;
    if !(200..300).contains(&said.status) {
        return Err(Cause::Status(said.status));
    }
    serde_json::from_slice::<TenantInfo>(&said.body).map(|tenant| tenant.cloud_id).map_err(|_| Cause::Answer)
}
