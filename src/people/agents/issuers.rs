//! The issuers of agents' tokens: whose signatures count, for whom, and how.

use std::fmt;

use url::Url;

use super::reading::word;
use crate::confluence::address::is_loopback;
use crate::domain::spelling::nearest;
use crate::domain::text::{is_invisible, quoted};
use crate::people::document::{Entry, Form};
use crate::policy::file::Mistakes;

pub(super) const FORM: Form =
    Form { table: "issuers", keys: &["issuer", "audience", "jwks_uri", "algorithms", "require_scopes"] };
/// Longest address or audience, in bytes.
const LONGEST: usize = 255;
/// More words than this in one list help nobody.
const MOST_WORDS: usize = 20;

/// Who signs tokens of agents, as a table `[issuers.NAME]` has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    /// Its name in the file.
    pub name: String,
    /// What the claim `iss` equals, letter by letter: an `https` address.
    pub issuer: String,
    /// One of a token's audiences is one of these, letter by letter.
    pub audience: Vec<String>,
    /// Where its keys are: `https`, or `http` on this machine. Without it, its discovery documents say so.
    pub jwks_uri: Option<Url>,
    /// How its tokens may be signed.
    pub algorithms: Vec<SigningAlgorithm>,
    /// Whether a token allows only what its scopes say.
    pub require_scopes: bool,
}

/// How a token may be signed (RFC 7518 section 3.1, RFC 8037): with a private key that Sluice does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SigningAlgorithm {
    /// RSA with PKCS #1 v1.5 padding and SHA-256.
    Rs256,
    /// The same with SHA-384.
    Rs384,
    /// The same with SHA-512.
    Rs512,
    /// RSA with PSS padding and SHA-256.
    Ps256,
    /// The same with SHA-384.
    Ps384,
    /// The same with SHA-512.
    Ps512,
    /// ECDSA with P-256 and SHA-256.
    Es256,
    /// ECDSA with P-384 and SHA-384.
    Es384,
    /// Ed25519.
    EdDsa,
}

impl SigningAlgorithm {
    /// Every one.
    pub const ALL: [Self; 9] = [
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
        Self::Ps256,
        Self::Ps384,
        Self::Ps512,
        Self::Es256,
        Self::Es384,
        Self::EdDsa,
    ];
    /// Those of an issuer whose table names none.
    const USUAL: [Self; 3] = [Self::Rs256, Self::Es256, Self::EdDsa];

    /// The one of that name, as files and tokens write it.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// Its name, as files and tokens write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::EdDsa => "EdDSA",
        }
    }
}

impl fmt::Display for SigningAlgorithm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// The issuer of a table; `None` only where there is a mistake.
pub(super) fn issuer(entry: &Entry, mistakes: &mut Mistakes<'_>) -> Option<Issuer> {
    for key in ["issuer", "audience"].into_iter().filter(|key| !entry.has(key)) {
        mistakes.add(entry.at, &format!("`{}` lacks the key `{key}`", entry.name), None);
    }
    let issuer = word(entry, "issuer", mistakes).filter(|(text, at)| {
        let fits = is_issuer(text);
        if !fits {
            mistakes.add(*at, "`issuer` is an address such as https://login.example.com", None);
        }
        fits
    });
    let audience = entry.texts("audience", mistakes).map(|words| audience(entry, &words, mistakes));
    let jwks_uri = word(entry, "jwks_uri", mistakes).and_then(|(text, at)| {
        let address = keys_address(text);
        if address.is_none() {
            mistakes.add(at, "`jwks_uri` is an https address, or an http one on this machine", None);
        }
        address
    });
    let algorithms = match entry.list("algorithms", mistakes) {
        Some(words) => algorithms(entry, &words, mistakes),
        None => SigningAlgorithm::USUAL.into(),
    };
    let require_scopes = entry.switch("require_scopes", mistakes);
    let (issuer, _) = issuer?;
    let (name, issuer) = (entry.name.clone(), issuer.to_owned());
    Some(Issuer { name, issuer, audience: audience?, jwks_uri, algorithms, require_scopes })
}

/// Whether a text is what RFC 8414 section 2 calls an issuer: `https`, without query, fragment or credentials.
pub(super) fn is_issuer(text: &str) -> bool {
    let fits = |url: Url| {
        let bare = url.query().is_none() && url.fragment().is_none();
        url.scheme() == "https" && url.has_host() && bare && url.username().is_empty() && url.password().is_none()
    };
    text.len() <= LONGEST && Url::parse(text).is_ok_and(fits)
}

/// The address that a text is, if keys may be had from it.
fn keys_address(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let scheme = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
    (scheme && url.has_host() && url.username().is_empty() && url.password().is_none()).then_some(url)
}

fn audience(entry: &Entry, words: &[(&str, usize)], mistakes: &mut Mistakes<'_>) -> Vec<String> {
    count(entry, "audience", words, mistakes);
    for (word, at) in words {
        let hidden = word.contains(|sign: char| sign.is_control() || is_invisible(sign));
        if word.trim().is_empty() || hidden || word.len() > LONGEST {
            mistakes.add(*at, &format!("an `audience` is 1 to {LONGEST} bytes that everybody can see"), None);
        }
    }
    words.iter().map(|(word, _)| (*word).to_owned()).collect()
}

fn algorithms(entry: &Entry, words: &[(&str, usize)], mistakes: &mut Mistakes<'_>) -> Vec<SigningAlgorithm> {
    count(entry, "algorithms", words, mistakes);
    let mut known = Vec::new();
    for (word, at) in words {
        if let Some(algorithm) = SigningAlgorithm::named(word) {
            known.push(algorithm);
            continue;
        }
        let upper = word.to_ascii_uppercase();
        let (why, meant) = match upper.as_str() {
            "NONE" => ("leaves tokens unsigned, so that anyone could write them", None),
            _ if upper.starts_with("HS") => ("signs with a secret that whoever checks could sign with too", None),
            _ => ("is no algorithm that counts", nearest(word, SigningAlgorithm::ALL.map(SigningAlgorithm::name))),
        };
        let names = SigningAlgorithm::ALL.map(SigningAlgorithm::name).join(", ");
        mistakes.add(*at, &format!("{} {why}; use {names}", quoted(word, 60)), meant);
    }
    known
}

fn count(entry: &Entry, key: &str, words: &[(&str, usize)], mistakes: &mut Mistakes<'_>) {
    let at = entry.span(key).map_or(entry.at, |span| span.start);
    if words.is_empty() {
        mistakes.add(at, &format!("`{key}` is empty"), None);
    } else if words.len() > MOST_WORDS {
        mistakes.add(at, &format!("`{key}` has more than {MOST_WORDS} entries"), None);
    }
}
