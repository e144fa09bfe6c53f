//! Forms that a page of ours sent: of our own origin, not too long, with the secret of the session.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, ORIGIN};
use axum::response::Response;
use secrecy::{ExposeSecret as _, SecretString};

use super::Person;
use crate::dashboard::Office;
use crate::dashboard::answer::Failure;
use crate::dashboard::pages::sorry;
use crate::domain::digest::Digest;

/// How long a form may take.
const BODY: Duration = Duration::from_secs(10);
/// Most fields of a form.
const MOST_FIELDS: usize = 64;

/// The fields of a form; what is given twice is not given.
pub(in crate::dashboard) struct Form(HashMap<String, SecretString>);

impl Form {
    /// The text of a field, empty where it is left out.
    pub(in crate::dashboard) fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |text| text.expose_secret())
    }

    /// The same as a secret.
    pub(in crate::dashboard) fn secret(&self, name: &str) -> SecretString {
        self.0.get(name).cloned().unwrap_or_default()
    }

    /// Refuses what no page of this person's session sent.
    pub(in crate::dashboard) fn must_be_from(&self, person: &Person) -> Result<(), Failure> {
        // Digests take the same time to compare whatever is in them.
        let digest = |text: &str| Digest::of([text.as_bytes()]);
        let expected = person.csrf.as_ref().map(|csrf| digest(csrf.expose_secret()));
        if expected == Some(digest(self.text("csrf"))) {
            return Ok(());
        }
        let message = "this form is not from a page of your session; load the page again";
        Err(Failure::new(StatusCode::FORBIDDEN, "form", message))
    }

    fn of(body: &Bytes) -> Self {
        let mut fields = HashMap::new();
        for (name, text) in url::form_urlencoded::parse(body).take(MOST_FIELDS) {
            let twice = fields.insert(name.clone().into_owned(), SecretString::from(text.into_owned())).is_some();
            if twice {
                fields.insert(name.into_owned(), SecretString::default());
            }
        }
        Self(fields)
    }
}

impl FromRequest<Arc<Office>> for Form {
    type Rejection = Response;

    async fn from_request(request: Request, office: &Arc<Office>) -> Result<Self, Response> {
        read(request, office).await.map_err(|failure| sorry::page(&failure))
    }
}

async fn read(request: Request, office: &Arc<Office>) -> Result<Form, Failure> {
    // That the origin is ours, the guard has seen; browsers always send it with forms.
    if !request.headers().contains_key(ORIGIN) {
        return Err(Failure::new(StatusCode::FORBIDDEN, "origin", "a form says where it is from"));
    }
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(Failure::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "content_type", "this takes a form"));
    }
    let body = tokio::select! {
        biased;
        body = Bytes::from_request(request, &()) => body,
        () = office.clock.sleep(BODY) => {
            return Err(Failure::new(StatusCode::REQUEST_TIMEOUT, "slow", "the form took too long"));
        }
    };
    let body = body.map_err(|_| Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "length", "the form is too long"))?;
    Ok(Form::of(&body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_twice_is_not_given() {
        let form = Form::of(&Bytes::from_static(b"a=1&b=2&a=3&c=%20x%26"));
        assert_eq!((form.text("a"), form.text("b"), form.text("c"), form.text("d")), ("", "2", " x&", ""));
    }
}
