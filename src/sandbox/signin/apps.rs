//! Who may ask for tokens: apps that people consent to, and service accounts that need nobody's consent.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Client id of the app that every sandbox knows.
pub const CLIENT_ID: &str = "sandbox-client";
/// Its secret.
pub const CLIENT_SECRET: &str = "sandbox-client-secret";
/// Where its consent ends, to the letter.
pub const CALLBACK: &str = "http://127.0.0.1:7978/callback";
/// Client id of the service account that every sandbox knows.
pub const SERVICE_CLIENT_ID: &str = "sandbox-service";
/// Its secret.
pub const SERVICE_CLIENT_SECRET: &str = "sandbox-service-secret";
/// A scoped API token: Basic, at the gateway only.
pub const SCOPED_TOKEN: &str = "sandbox-scoped-token";
/// What the service account and the scoped token may do: everything but to delete spaces.
pub const SCOPES: [&str; 37] = [
    "read:me",
    "read:analytics.content:confluence",
    "read:attachment:confluence",
    "read:comment:confluence",
    "read:content-details:confluence",
    "read:content.metadata:confluence",
    "read:database:confluence",
    "read:embed:confluence",
    "read:folder:confluence",
    "read:group:confluence",
    "read:hierarchical-content:confluence",
    "read:label:confluence",
    "read:page:confluence",
    "read:space:confluence",
    "read:space-details:confluence",
    "read:task:confluence",
    "read:template:confluence",
    "read:user:confluence",
    "read:watcher:confluence",
    "read:whiteboard:confluence",
    "readonly:content.attachment:confluence",
    "write:attachment:confluence",
    "write:comment:confluence",
    "write:content:confluence",
    "write:content.restriction:confluence",
    "write:folder:confluence",
    "write:label:confluence",
    "write:page:confluence",
    "write:space:confluence",
    "write:space.permission:confluence",
    "write:task:confluence",
    "write:watcher:confluence",
    "delete:attachment:confluence",
    "delete:comment:confluence",
    "delete:content:confluence",
    "delete:folder:confluence",
    "delete:page:confluence",
];

/// An OAuth 2.0 app with an account-level grant: one consent covers every site of the account.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct App {
    /// The public half of its credentials.
    pub client_id: String,
    /// The other half.
    pub client_secret: String,
    /// Its only callback, compared to the letter.
    pub callback: String,
    /// What people read when they are asked.
    pub name: String,
}

/// A service account with OAuth 2.0 credentials.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceAccount {
    /// The public half of its credentials.
    pub client_id: String,
    /// The other half.
    pub client_secret: String,
    /// The account of the sites that it acts as.
    pub account: String,
    /// What its tokens may do.
    pub scopes: Vec<String>,
}

/// All of them, by client id.
pub(crate) struct Apps {
    pub(super) apps: BTreeMap<String, App>,
    pub(super) services: BTreeMap<String, ServiceAccount>,
}

impl Apps {
    pub(super) fn new(service: &str) -> Self {
        let app = App {
            client_id: CLIENT_ID.to_owned(),
            client_secret: CLIENT_SECRET.to_owned(),
            callback: CALLBACK.to_owned(),
            name: "Sluice".to_owned(),
        };
        let service = ServiceAccount {
            client_id: SERVICE_CLIENT_ID.to_owned(),
            client_secret: SERVICE_CLIENT_SECRET.to_owned(),
            account: service.to_owned(),
            scopes: scopes(),
        };
        let mut apps = Self { apps: BTreeMap::new(), services: BTreeMap::new() };
        apps.register(app);
        apps.services.insert(service.client_id.clone(), service);
        apps
    }

    pub(super) fn register(&mut self, app: App) {
        self.apps.insert(app.client_id.clone(), app);
    }
}

/// [`SCOPES`] as a token holds them.
pub(crate) fn scopes() -> Vec<String> {
    SCOPES.map(str::to_owned).to_vec()
}
