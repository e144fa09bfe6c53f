//! What a signed token says (RFC 7519, RFC 9068), and whether that counts here and now.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer};
use serde_json::{Number, Value};

use super::{NotProven, Scopes};
use crate::people::{Issuer, SigningAlgorithm};

/// How far an issuer's clock may be off.
const LEEWAY: SignedDuration = SignedDuration::from_secs(60);

/// A token whose signature is not checked yet: nothing of it counts but which issuer's key is to be asked for.
pub(super) struct Token<'a> {
    /// How it says it is signed; one of the few that may be.
    pub(super) algorithm: SigningAlgorithm,
    /// Which key it says it is signed with.
    pub(super) key_id: Option<String>,
    /// What is signed.
    pub(super) signed: &'a str,
    /// The signature, as written.
    pub(super) signature: &'a str,
    claims: Claims,
}

/// What a token says that was found right.
pub(super) struct Checked {
    pub(super) subject: String,
    /// From then on the token is refused.
    pub(super) until: Timestamp,
    pub(super) scopes: Scopes,
}

/// What of the header counts. Keys and addresses of keys in it are the sender's own word, and are not looked at.
#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    typ: Option<String>,
    #[serde(default, deserialize_with = "present")]
    crit: bool,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    #[serde(default)]
    sub: Option<String>,
    #[serde(default)]
    aud: Audience,
    #[serde(default)]
    exp: Option<Number>,
    #[serde(default)]
    nbf: Option<Number>,
    #[serde(default)]
    iat: Option<Number>,
    #[serde(default, deserialize_with = "some")]
    scope: Option<Value>,
    #[serde(default, deserialize_with = "some")]
    scp: Option<Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Default for Audience {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl Audience {
    fn includes(&self, wanted: &str) -> bool {
        match self {
            Self::One(one) => one == wanted,
            Self::Many(many) => many.iter().any(|one| one == wanted),
        }
    }
}

impl<'a> Token<'a> {
    /// Reads a token in its compact form; says in a few words why a text is none that could count.
    pub(super) fn read(text: &'a str) -> Result<Self, &'static str> {
        let (signed, signature) = text.rsplit_once('.').ok_or("it is no signed token")?;
        let (header, payload) = signed.split_once('.').ok_or("it is no signed token")?;
        let header: Header = part(header).ok_or("its header cannot be read")?;
        if header.crit {
            return Err("its header demands what is not understood");
        }
        // Media types differ in no letter's case (RFC 7515 section 4.1.9).
        let typ = header.typ.map(|typ| typ.to_ascii_lowercase());
        if !matches!(typ.as_deref(), None | Some("jwt" | "at+jwt" | "application/at+jwt")) {
            return Err("its type is another");
        }
        let algorithm = SigningAlgorithm::named(&header.alg).ok_or("its algorithm never counts")?;
        let claims = part(payload).ok_or("its claims cannot be read")?;
        Ok(Self { algorithm, key_id: header.kid, signed, signature, claims })
    }

    /// Who it says has signed it.
    pub(super) fn issuer(&self) -> &str {
        &self.claims.iss
    }

    /// What it says, if that counts here and now; only for tokens whose signature is right.
    pub(super) fn checked(self, issuer: &Issuer, now: Timestamp) -> Result<Checked, NotProven> {
        let Claims { iss, sub, aud, exp, nbf, iat, scope, scp } = self.claims;
        if iss != issuer.issuer {
            return Err(NotProven::Invalid("its issuer is another"));
        }
        if !issuer.audience.iter().any(|wanted| aud.includes(wanted)) {
            return Err(NotProven::Invalid("it is for another audience"));
        }
        let until = exp.as_ref().and_then(moment).and_then(|exp| exp.checked_add(LEEWAY).ok());
        let until = until.ok_or(NotProven::Invalid("it does not say when it expires"))?;
        if until <= now {
            return Err(NotProven::Expired);
        }
        for begins in [nbf, iat].into_iter().flatten() {
            let begins = moment(&begins).and_then(|begins| begins.checked_sub(LEEWAY).ok());
            if begins.is_none_or(|begins| begins > now) {
                return Err(NotProven::Invalid("its time is still to come"));
            }
        }
        let subject = sub.ok_or(NotProven::Invalid("it has no subject"))?;
        Ok(Checked { subject, until, scopes: Scopes::of_claims(scope.as_ref(), scp.as_ref()) })
    }
}

/// A part of a token: JSON in base64url without padding.
fn part<T: DeserializeOwned>(text: &str) -> Option<T> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    // A list would be read as the fields in their order.
    bytes.trim_ascii_start().starts_with(b"{").then(|| serde_json::from_slice(&bytes).ok())?
}

/// Seconds since 1970, perhaps with a fraction (RFC 7519 section 2).
fn moment(number: &Number) -> Option<Timestamp> {
    let whole = number.as_i64().map(|seconds| Timestamp::from_second(seconds).ok());
    whole.unwrap_or_else(|| Timestamp::from_duration(SignedDuration::try_from_secs_f64(number.as_f64()?).ok()?).ok())
}

/// Whether a field is there at all, whatever it holds.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(deserializer).map(|_| true)
}

/// A field that is there, even if it holds `null`.
fn some<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.c2ln", part(header), part(claims))
    }

    fn why(header: &Value, claims: &Value) -> Option<&'static str> {
        Token::read(&text(header, claims)).err()
    }

    #[test]
    fn a_header_that_demands_or_says_what_does_not_count_is_refused() {
        let claims = json!({ "iss": "https://login.example.com" });
        assert_eq!(why(&json!({ "alg": "RS256", "typ": "at+JWT", "jku": "https://x", "jwk": {} }), &claims), None);
        for (header, told) in [
            (json!({ "alg": "none" }), "its algorithm never counts"),
            (json!({ "alg": "HS256" }), "its algorithm never counts"),
            (json!({ "alg": "rs256" }), "its algorithm never counts"),
            (json!({ "alg": "RS256", "crit": ["b64"] }), "its header demands what is not understood"),
            (json!({ "alg": "RS256", "crit": null }), "its header demands what is not understood"),
            (json!({ "alg": "RS256", "typ": "logout+jwt" }), "its type is another"),
            (json!({ "typ": "JWT" }), "its header cannot be read"),
            (json!(["RS256", null, null, false]), "its header cannot be read"),
        ] {
            assert_eq!(why(&header, &claims), Some(told), "{header}");
        }
        assert_eq!(why(&json!({ "alg": "RS256" }), &json!({ "sub": "x" })), Some("its claims cannot be read"));
    }

    #[test]
    fn what_is_no_token_is_refused_whatever_it_is() {
        let deep = URL_SAFE_NO_PAD.encode(format!("{{\"alg\":{}1{}}}", "[".repeat(2000), "]".repeat(2000)));
        let twice = URL_SAFE_NO_PAD.encode("{\"alg\":\"none\",\"alg\":\"RS256\"}");
        for text in ["..", "a.b.c", "eyJ.e30=.x", "é.é.é", &format!("{deep}.e30.x"), &format!("{twice}.e30.x")] {
            assert!(Token::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_moment_is_seconds_with_or_without_a_fraction_and_within_bounds() {
        let number = |value: Value| moment(value.as_number().unwrap());
        assert_eq!(number(json!(1)), Timestamp::from_second(1).ok());
        assert_eq!(number(json!(1.5)), Timestamp::from_millisecond(1500).ok());
        for wild in [json!(1e300), json!(-1e300), json!(i64::MAX), json!(u64::MAX), json!(i64::MIN)] {
            assert_eq!(number(wild), None);
        }
    }
}
