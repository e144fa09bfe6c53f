//! An app that signs people in at the simulated site, and its browser.

use serde_json::{Value, json};
use sluice::sandbox::Sandbox;
use sluice::sandbox::signin::{CALLBACK, CLIENT_ID, CLIENT_SECRET};
use url::Url;

use crate::small_site::{ADMIN, client, read};

/// What the app asks for unless a test says otherwise.
pub(super) const SCOPES: &str = "offline_access read:me read:page:confluence read:space:confluence";

/// An app with its credentials.
pub(super) struct Visitor<'a> {
    sandbox: &'a Sandbox,
    client: reqwest::Client,
}

impl<'a> Visitor<'a> {
    pub(super) fn new(sandbox: &'a Sandbox) -> Self {
        Self { sandbox, client: client() }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.sandbox.url())
    }

    fn post_form(&self, path: &str, fields: &[(&str, impl AsRef<str>)]) -> reqwest::RequestBuilder {
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let kind = "application/x-www-form-urlencoded;charset=UTF-8";
        self.client.post(self.url(path)).header("content-type", kind).body(form)
    }

    /// The parameters with which it asks for consent.
    pub(super) fn wish(scope: &str) -> Vec<(&'static str, String)> {
        let fixed = [
            ("audience", "api.atlassian.com"),
            ("client_id", CLIENT_ID),
            ("scope", scope),
            ("redirect_uri", CALLBACK),
            ("state", "state-1"),
            ("response_type", "code"),
            ("prompt", "consent"),
        ];
        fixed.map(|(name, value)| (name, value.to_owned())).to_vec()
    }

    /// Opens the consent page: status and page.
    pub(super) async fn ask(&self, wish: &[(&str, String)]) -> (u16, String) {
        let answer = self.client.get(self.url("/authorize")).query(wish).send().await.unwrap();
        assert!(!answer.headers().contains_key("location"));
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// Presses a button of the page: status, and where the browser goes.
    pub(super) async fn decide(&self, wish: &[(&str, String)], account: &str, decision: &str) -> (u16, Option<Url>) {
        let mut form = wish.to_vec();
        form.extend([("account", account.to_owned()), ("decision", decision.to_owned())]);
        let answer = self.post_form("/authorize", &form).send().await.unwrap();
        let location = answer.headers().get("location").map(|location| location.to_str().unwrap().parse().unwrap());
        (answer.status().as_u16(), location)
    }

    /// The code of the administrator's consent.
    pub(super) async fn code(&self, wish: &[(&str, String)]) -> String {
        let (status, location) = self.decide(wish, ADMIN, "accept").await;
        assert_eq!(status, 302);
        parameter(&location.unwrap(), "code").unwrap()
    }

    /// An exchange with the app's credentials, as JSON.
    pub(super) async fn exchange(&self, mut fields: Value) -> (u16, Value) {
        let object = fields.as_object_mut().unwrap();
        for (name, value) in [("client_id", CLIENT_ID), ("client_secret", CLIENT_SECRET)] {
            object.entry(name).or_insert(value.into());
        }
        read(self.client.post(self.url("/oauth/token")).json(&fields)).await
    }

    /// An exchange as a form.
    pub(super) async fn exchange_form(&self, fields: &[(&str, &str)]) -> (u16, Value) {
        read(self.post_form("/oauth/token", fields)).await
    }

    pub(super) async fn exchange_code(&self, code: &str) -> (u16, Value) {
        self.exchange(json!({ "grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK })).await
    }

    pub(super) async fn refresh(&self, token: &str) -> (u16, Value) {
        self.exchange(json!({ "grant_type": "refresh_token", "refresh_token": token })).await
    }

    /// Consent of the administrator and its exchange: access token and refresh token, if there is one.
    pub(super) async fn sign_in(&self, scope: &str) -> (String, String) {
        let code = self.code(&Self::wish(scope)).await;
        let (status, tokens) = self.exchange_code(&code).await;
        assert_eq!(status, 200, "{tokens}");
        pair(&tokens)
    }

    /// Reads an address with an access token.
    pub(super) async fn get(&self, path: &str, access: &str) -> (u16, Value) {
        read(self.client.get(self.url(path)).bearer_auth(access)).await
    }

    /// Tells the desk something: the status.
    pub(super) async fn steer(&self, path: &str, document: Value) -> u16 {
        read(self.client.post(self.url(path)).json(&document)).await.0
    }
}

/// Access and refresh token of an answer; empty where there is none.
pub(super) fn pair(tokens: &Value) -> (String, String) {
    let text = |name: &str| tokens[name].as_str().unwrap_or_default().to_owned();
    (text("access_token"), text("refresh_token"))
}

/// A parameter of the address a browser is sent to.
pub(super) fn parameter(location: &Url, name: &str) -> Option<String> {
    location.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

/// The refusal of a refresh token that is no longer good.
pub(super) fn unknown() -> (u16, Value) {
    (403, json!({ "error": "invalid_grant", "error_description": "Unknown or invalid refresh token." }))
}
