//! The sites that a grant covers, as Atlassian lists them.

use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use reqwest::{Method, Request};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;

use crate::config::WayOut;
use crate::domain::text::one_line;
use crate::outside::{Outside, OutsideError, Said};

/// How long the gateway may take for one answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Most sites that are offered.
const MOST: usize = 200;

/// A site that a grant covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Its id at the gateway.
    pub cloud_id: String,
    /// Its name, for people.
    pub name: String,
    /// Base of its links.
    pub url: String,
    /// What the grant covers there.
    pub scopes: Vec<String>,
}

/// Who signed in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Me {
    /// Atlassian's id of the account.
    pub account_id: String,
    /// Its name.
    pub name: Option<String>,
}

/// The gateway does not say which sites there are, or who signed in.
#[derive(Debug, thiserror::Error)]
pub enum SitesError {
    /// No answer.
    #[error("the gateway: {0}")]
    Outside(#[from] OutsideError),
    /// Another status.
    #[error("the gateway answered with status {0}")]
    Status(u16),
    /// An answer that is none.
    #[error("the gateway answered what cannot be used")]
    Answer,
}

#[derive(Deserialize)]
struct Resource {
    id: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    url: String,
    #[serde(default)]
    scopes: Vec<String>,
}

/// The Confluence sites that a bearer token is good for. A site that is listed several times, once for each product, is
/// one; what has no Confluence scope is none.
/// <https://developer.atlassian.com/cloud/confluence/oauth-2-3lo-apps/#3--make-calls-to-the-api-using-the-access-token>
pub async fn sites(gateway: &Url, access: &SecretString, way: &WayOut) -> Result<Vec<Site>, SitesError> {
    let listed: Vec<Resource> = ask(gateway, "oauth/token/accessible-resources", access, way).await?;
    Ok(merged(listed))
}

/// Who the token is of (scope `read:me`).
pub async fn me(gateway: &Url, access: &SecretString, way: &WayOut) -> Result<Me, SitesError> {
    ask(gateway, "me", access, way).await
}

fn merged(listed: Vec<Resource>) -> Vec<Site> {
    let mut sites: Vec<Site> = Vec::new();
    for Resource { id, name, url, scopes } in listed {
        let (name, url) = (one_line(&name, 80), one_line(&url, 200));
        match sites.iter_mut().find(|site| site.cloud_id == id) {
            Some(site) => site.scopes.extend(scopes),
            None => sites.push(Site { cloud_id: id, name, url: url.trim_end_matches('/').to_owned(), scopes }),
        }
    }
    for site in &mut sites {
        site.scopes.sort();
        site.scopes.dedup();
    }
    sites.retain(|site| site.scopes.iter().any(|scope| scope.contains("confluence")));
    sites.truncate(MOST);
    sites
}

async fn ask<T: DeserializeOwned>(
    gateway: &Url,
    path: &str,
    access: &SecretString,
    way: &WayOut,
) -> Result<T, SitesError> {
    let mut request = Request::new(Method::GET, gateway.join(path).map_err(|_| SitesError::Answer)?);
    let mut bearer =
        HeaderValue::from_str(&format!("Bearer {}", access.expose_secret())).map_err(|_| SitesError::Answer)?;
    bearer.set_sensitive(true);
    request.headers_mut().insert(AUTHORIZATION, bearer);
    request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
    let Said { status, body, .. } = Outside::new(way, PATIENCE)?.ask(request).await?;
    if status != 200 {
        return Err(SitesError::Status(status));
    }
    serde_json::from_slice(&body).map_err(|_| SitesError::Answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(id: &str, scopes: &[&str]) -> Resource {
        let scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
        Resource { id: id.into(), name: format!("name of {id}"), url: format!("https://{id}.example/"), scopes }
    }

    #[test]
    fn a_site_listed_for_each_product_is_one_and_what_has_no_confluence_scope_is_none() {
        let listed = vec![
            resource("a", &["read:page:confluence"]),
            resource("b", &["read:jira-work"]),
            resource("c", &["read:jira-work"]),
            resource("a", &["read:jira-work", "read:page:confluence"]),
            resource("c", &["search:confluence"]),
        ];
        let sites = merged(listed);
        let found: Vec<_> = sites.iter().map(|site| (site.cloud_id.as_str(), site.scopes.len())).collect();
        assert_eq!(found, [("a", 2), ("c", 2)]);
        assert_eq!(sites[0].url, "https://a.example");
    }
}
