//! What was granted, and the codes and tokens that came of it.

use std::collections::BTreeMap;
use std::iter::repeat_with;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use fastrand::Rng;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// How long a code holds, in seconds.
const CODE_LIFETIME: i64 = 600;
/// How long an access token holds, in seconds.
pub(super) const ACCESS_LIFETIME: i64 = 3_600;
/// How long a refresh token may still be exchanged after its rotation, in seconds.
const LEEWAY: i64 = 600;
/// How long refresh tokens hold unused, in seconds: 90 days.
const IDLE: i64 = 90 * 86_400;
/// So many tokens are kept before those that ended are forgotten.
const SWEEP: usize = 1_000;

/// The one grant an app or a service account has of an account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Holder {
    pub(crate) client: String,
    pub(crate) account: String,
}

/// What a code was given for.
pub(super) struct Code {
    pub(super) holder: Holder,
    pub(super) redirect: String,
    /// The S256 challenge, if one was sent (RFC 7636 §4.2).
    pub(super) challenge: Option<String>,
    pub(super) made: Timestamp,
}

struct Access {
    holder: Holder,
    made: Timestamp,
}

struct Refresh {
    family: u64,
    made: Timestamp,
    rotated: Option<Timestamp>,
}

/// Why a code was not taken.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NoCode {
    /// Unknown, used, too old, of another client or for another redirect.
    Invalid,
    /// The verifier does not belong to the challenge.
    Verifier,
}

/// All grants, codes and tokens.
pub(crate) struct Grants {
    random: Rng,
    scopes: BTreeMap<Holder, Vec<String>>,
    codes: BTreeMap<String, Code>,
    access: BTreeMap<String, Access>,
    refresh: BTreeMap<String, Refresh>,
    families: BTreeMap<u64, Holder>,
    next_family: u64,
}

impl Default for Grants {
    fn default() -> Self {
        Self {
            random: Rng::new(),
            scopes: BTreeMap::new(),
            codes: BTreeMap::new(),
            access: BTreeMap::new(),
            refresh: BTreeMap::new(),
            families: BTreeMap::new(),
            next_family: 0,
        }
    }
}

impl Grants {
    /// Writes a consent down; it overrides the scopes of an earlier one.
    pub(super) fn grant(&mut self, holder: Holder, scopes: Vec<String>) {
        self.scopes.insert(holder, scopes);
    }

    pub(super) fn scopes(&self, holder: &Holder) -> Option<&[String]> {
        self.scopes.get(holder).map(Vec::as_slice)
    }

    pub(super) fn issue_code(&mut self, code: Code) -> String {
        let now = code.made;
        self.codes.retain(|_, code| age(code.made, now) <= CODE_LIFETIME);
        let text = self.opaque(64);
        self.codes.insert(text.clone(), code);
        text
    }

    /// Takes a code away if everything about it is right.
    pub(super) fn take_code(
        &mut self,
        text: &str,
        client: &str,
        redirect: &str,
        verifier: Option<&str>,
        now: Timestamp,
    ) -> Result<Holder, NoCode> {
        let right = |code: &&Code| {
            code.holder.client == client && code.redirect == redirect && age(code.made, now) <= CODE_LIFETIME
        };
        let code = self.codes.get(text).filter(right).ok_or(NoCode::Invalid)?;
        let derived = verifier.map(|verifier| URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes())));
        if code.challenge.is_some() && code.challenge != derived {
            return Err(NoCode::Verifier);
        }
        self.codes.remove(text).map(|code| code.holder).ok_or(NoCode::Invalid)
    }

    pub(super) fn issue_access(&mut self, holder: Holder, now: Timestamp) -> String {
        if self.access.len() >= SWEEP {
            self.access.retain(|_, access| age(access.made, now) <= ACCESS_LIFETIME);
        }
        let token = format!("eyJ{}.{}.{}", self.opaque(61), self.opaque(1_100), self.opaque(86));
        self.access.insert(token.clone(), Access { holder, made: now });
        token
    }

    /// The grant behind an access token that has not ended.
    pub(crate) fn holder(&self, token: &str, now: Timestamp) -> Option<(&Holder, &[String])> {
        let access = self.access.get(token).filter(|access| age(access.made, now) < ACCESS_LIFETIME)?;
        Some((&access.holder, self.scopes(&access.holder)?))
    }

    /// The first refresh token of a new family.
    pub(super) fn found_family(&mut self, holder: Holder, now: Timestamp) -> String {
        self.next_family += 1;
        self.families.insert(self.next_family, holder);
        self.issue_refresh(self.next_family, now)
    }

    fn issue_refresh(&mut self, family: u64, now: Timestamp) -> String {
        if self.refresh.len() >= SWEEP {
            let families = &self.families;
            self.refresh.retain(|_, refresh| families.contains_key(&refresh.family) && age(refresh.made, now) <= IDLE);
        }
        let token = format!("eyJ{}.{}.{}", self.opaque(61), self.opaque(1_000), self.opaque(43));
        self.refresh.insert(token.clone(), Refresh { family, made: now, rotated: None });
        token
    }

    /// The grant behind a refresh token of this client, and the token's successor unless that is `withheld`.
    ///
    /// A token that was rotated out is good for another pair within the leeway; later its use ends its family.
    pub(super) fn rotate(
        &mut self,
        token: &str,
        client: &str,
        withheld: bool,
        now: Timestamp,
    ) -> Option<(Holder, Option<String>)> {
        let refresh = self.refresh.get_mut(token)?;
        let family = refresh.family;
        let holder = self.families.get(&family).filter(|holder| holder.client == client)?.clone();
        if refresh.rotated.is_some_and(|rotated| age(rotated, now) > LEEWAY) {
            self.families.remove(&family);
            return None;
        }
        if age(refresh.made, now) > IDLE {
            return None;
        }
        if withheld {
            refresh.made = now;
            return Some((holder, None));
        }
        refresh.rotated.get_or_insert(now);
        let successor = self.issue_refresh(family, now);
        Some((holder, Some(successor)))
    }

    /// Withdraws what matches: grants, and everything that came of them.
    pub(super) fn revoke(&mut self, matches: impl Fn(&Holder) -> bool) {
        self.scopes.retain(|holder, _| !matches(holder));
        self.codes.retain(|_, code| !matches(&code.holder));
        self.access.retain(|_, access| !matches(&access.holder));
        self.families.retain(|_, holder| !matches(holder));
    }

    fn opaque(&mut self, length: usize) -> String {
        const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let random = &mut self.random;
        repeat_with(|| random.choice(LETTERS).copied().map_or('A', char::from)).take(length).collect()
    }
}

fn age(since: Timestamp, now: Timestamp) -> i64 {
    now.as_second().saturating_sub(since.as_second())
}
