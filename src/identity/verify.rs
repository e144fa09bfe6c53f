//! The public keys of an issuer (RFC 7517), and whether one of them signed a token.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

use super::token::Token;
use crate::people::SigningAlgorithm;

/// A set of more keys is refused.
const MOST_KEYS: usize = 100;
/// How long an RSA modulus is, in bits: shorter ones can be broken, longer ones only cost time.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=4096;

/// The keys of a set that tokens can be signed with.
#[derive(Debug)]
pub(super) struct KeySet(Vec<PublicKey>);

#[derive(Debug)]
struct PublicKey {
    id: Option<String>,
    /// The one algorithm it is for, where it says so.
    algorithm: Option<SigningAlgorithm>,
    kind: Kind,
    key: DecodingKey,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Rsa,
    P256,
    P384,
    Ed25519,
}

impl Kind {
    const fn of(algorithm: SigningAlgorithm) -> Self {
        use SigningAlgorithm as Named;
        match algorithm {
            Named::Rs256 | Named::Rs384 | Named::Rs512 | Named::Ps256 | Named::Ps384 | Named::Ps512 => Self::Rsa,
            Named::Es256 => Self::P256,
            Named::Es384 => Self::P384,
            Named::EdDsa => Self::Ed25519,
        }
    }
}

#[derive(Deserialize)]
struct Written {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    key_ops: Option<Vec<String>>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl KeySet {
    /// Reads a set. Keys in it that no token can be signed with are left out: symmetric ones, which everybody who
    /// checks could sign with, weak ones, ones for encryption, and ones that are not understood.
    pub(super) fn read(text: &[u8]) -> Result<Self, &'static str> {
        if !text.trim_ascii_start().starts_with(b"{") {
            return Err("the answer is no JSON object");
        }
        let written: Written = serde_json::from_slice(text).map_err(|_| "the answer is no set of keys")?;
        if written.keys.len() > MOST_KEYS {
            return Err("the answer has more than 100 keys");
        }
        Ok(Self(written.keys.into_iter().filter_map(usable).collect()))
    }

    /// Whether a key has this id.
    pub(super) fn has(&self, id: &str) -> bool {
        self.0.iter().any(|key| key.id.as_deref() == Some(id))
    }

    fn named(&self, id: Option<&str>) -> Result<impl Iterator<Item = &PublicKey>, &'static str> {
        if id.is_none() && self.0.len() != 1 {
            return Err("it names no key, and its issuer has not just one");
        }
        if id.is_some_and(|id| !self.has(id)) {
            return Err("its issuer has no such key");
        }
        Ok(self.0.iter().filter(move |key| id.is_none() || key.id.as_deref() == id))
    }
}

/// Whether the key that the token names signed it; says in a few words why not.
pub(super) fn signature(token: &Token<'_>, set: &KeySet) -> Result<(), &'static str> {
    let algorithm = token.algorithm;
    let fits = |key: &&PublicKey| key.kind == Kind::of(algorithm) && key.algorithm.is_none_or(|only| only == algorithm);
    let signed = |key: &PublicKey| {
        jsonwebtoken::crypto::verify(token.signature, token.signed.as_bytes(), &key.key, named(algorithm))
    };
    let mut fitting = set.named(token.key_id.as_deref())?.filter(fits).peekable();
    if fitting.peek().is_none() {
        return Err("its key is for another algorithm");
    }
    let right = fitting.any(|key| matches!(signed(key), Ok(true)));
    if right { Ok(()) } else { Err("its signature is wrong") }
}

const fn named(algorithm: SigningAlgorithm) -> Algorithm {
    match algorithm {
        SigningAlgorithm::Rs256 => Algorithm::RS256,
        SigningAlgorithm::Rs384 => Algorithm::RS384,
        SigningAlgorithm::Rs512 => Algorithm::RS512,
        SigningAlgorithm::Ps256 => Algorithm::PS256,
        SigningAlgorithm::Ps384 => Algorithm::PS384,
        SigningAlgorithm::Ps512 => Algorithm::PS512,
        SigningAlgorithm::Es256 => Algorithm::ES256,
        SigningAlgorithm::Es384 => Algorithm::ES384,
        SigningAlgorithm::EdDsa => Algorithm::EdDSA,
    }
}

/// The key, if tokens can be signed with it.
fn usable(written: Value) -> Option<PublicKey> {
    let jwk: Jwk = serde_json::from_value(written).ok()?;
    let for_signing = jwk.purpose.as_deref().is_none_or(|purpose| purpose == "sig")
        && jwk.key_ops.as_ref().is_none_or(|allowed| allowed.iter().any(|one| one == "verify"));
    let algorithm = match &jwk.alg {
        Some(name) => Some(SigningAlgorithm::named(name)?),
        None => None,
    };
    let (kind, key) = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
        ("RSA", _) => (Kind::Rsa, rsa(&jwk)?),
        ("EC", Some("P-256")) => (Kind::P256, curve(&jwk, 32)?),
        ("EC", Some("P-384")) => (Kind::P384, curve(&jwk, 48)?),
        ("OKP", Some("Ed25519")) => {
            let point = bytes(jwk.x.as_ref())?;
            (Kind::Ed25519, (point.len() == 32).then(|| DecodingKey::from_ed_der(&point))?)
        }
        _ => return None,
    };
    let fits = for_signing && algorithm.is_none_or(|only| Kind::of(only) == kind);
    fits.then_some(PublicKey { id: jwk.kid, algorithm, kind, key })
}

fn rsa(jwk: &Jwk) -> Option<DecodingKey> {
    let (modulus, exponent) = (bytes(jwk.n.as_ref())?, bytes(jwk.e.as_ref())?);
    let modulus = modulus.iter().position(|byte| *byte != 0).and_then(|start| modulus.get(start..))?;
    let bits = modulus.len() * 8 - usize::try_from(modulus.first()?.leading_zeros()).ok()?;
    // 1 as the exponent would make every signature right.
    let fits = RSA_BITS.contains(&bits) && exponent.len() <= 4 && number(&exponent) >= 3 && number(&exponent) % 2 == 1;
    fits.then(|| DecodingKey::from_rsa_raw_components(modulus, &exponent))
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

/// A point of a curve, without compression (SEC 1 section 2.3.3).
fn curve(jwk: &Jwk, length: usize) -> Option<DecodingKey> {
    let (x, y) = (bytes(jwk.x.as_ref())?, bytes(jwk.y.as_ref())?);
    let fits = x.len() == length && y.len() == length;
    fits.then(|| DecodingKey::from_ec_der(&[&[4], x.as_slice(), y.as_slice()].concat()))
}

fn bytes(text: Option<&String>) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text?).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn left(keys: &Value) -> usize {
        KeySet::read(json!({ "keys": keys }).to_string().as_bytes()).unwrap().0.len()
    }

    fn text(length: usize) -> String {
        URL_SAFE_NO_PAD.encode(vec![0xff; length])
    }

    #[test]
    fn keys_that_no_token_can_be_signed_with_are_left_out() {
        let rsa = json!({ "kty": "RSA", "kid": "a", "n": text(256), "e": "AQAB" });
        let with = |key: &str, value: Value| {
            let mut changed = rsa.clone();
            changed[key] = value;
            json!([changed])
        };
        assert_eq!(left(&json!([rsa])), 1);
        assert_eq!(left(&with("alg", json!("PS512"))), 1);
        for (key, value) in [
            ("n", json!(text(255))),
            ("n", json!(format!("AAAA{}", text(255)))),
            ("n", json!(text(513))),
            ("n", json!("")),
            ("n", json!("+")),
            ("e", json!("AQ")),
            ("e", json!("Ag")),
            ("e", json!("________")),
            ("use", json!("enc")),
            ("key_ops", json!(["encrypt"])),
            ("alg", json!("HS256")),
            ("alg", json!("RSA-OAEP")),
            ("alg", json!("ES256")),
            ("kty", json!("oct")),
            ("kid", json!(7)),
        ] {
            assert_eq!(left(&with(key, value.clone())), 0, "{key} {value}");
        }
    }

    #[test]
    fn points_of_another_length_and_other_curves_are_left_out() {
        let point =
            |kty: &str, crv: &str, length| json!([{ "kty": kty, "crv": crv, "x": text(length), "y": text(length) }]);
        assert_eq!(left(&point("EC", "P-256", 32)) + left(&point("EC", "P-384", 48)), 2);
        assert_eq!(left(&point("OKP", "Ed25519", 32)), 1);
        for (kty, crv, length) in [
            ("EC", "P-256", 31),
            ("EC", "P-384", 32),
            ("EC", "P-521", 66),
            ("OKP", "Ed25519", 31),
            ("OKP", "Ed448", 57),
        ] {
            assert_eq!(left(&point(kty, crv, length)), 0, "{crv}");
        }
        assert_eq!(left(&json!([7, null, "x", [], { "kty": "oct", "k": "AAAA" }])), 0);
    }

    #[test]
    fn what_is_no_set_of_keys_is_refused() {
        let deep = format!("{{\"keys\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        let many = json!({ "keys": vec![json!({}); 101] }).to_string();
        for text in ["", "[]", "[[]]", "<html>", "{}", "{\"keys\":7}", "{\"keys\":[]", &deep, &many] {
            assert!(KeySet::read(text.as_bytes()).is_err(), "{}", text.len());
        }
    }
}
