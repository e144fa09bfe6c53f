//! Keys of agents and secrets of approvers: random, shown once, kept as hashes that are slow to guess.

use std::fmt;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, KeyId, Params, ParamsBuilder, PasswordHasher as _, PasswordVerifier as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Digest as _;

use super::PeopleError;
use crate::domain::digest::Digest;

/// Random bytes in a key or secret.
const BYTES: usize = 32;
/// Signs that these bytes are written with.
const SIGNS: usize = 43;
/// What a hash may cost at most: KiB of memory, rounds, lanes. Whoever writes the file should not stop the server.
const MOST_MEMORY: u32 = 256 * 1024;
const MOST_ROUNDS: u32 = 16;
const MOST_LANES: u32 = 16;
/// A hash of fewer bytes is no proof.
const SHORTEST_HASH: usize = 16;
/// A longer secret was not made here, and is not hashed.
const LONGEST_SECRET: usize = 1024;

/// What the id of a key is hashed with, so that it is no hash of the key for anything else.
const ID_LABEL: &[u8] = b"sluice: id of an agent's key\0";

/// Which key a hash may be of. It tells nothing of the key, and is no proof.
pub(super) type AgentKeyId = [u8; KeyId::MAX_LEN];

/// What an agent proves itself with: `slk_` and 43 letters, digits, dashes and underscores.
pub struct AgentKey(SecretString);

impl AgentKey {
    /// What every key begins with.
    pub const PREFIX: &'static str = "slk_";

    /// A new key.
    pub fn generate() -> Result<Self, PeopleError> {
        random(Self::PREFIX).map(Self)
    }

    /// The key a text is; `None` where it cannot be one.
    pub fn read(text: &SecretString) -> Option<Self> {
        let signs = text.expose_secret().strip_prefix(Self::PREFIX)?;
        let fits = signs.len() == SIGNS && URL_SAFE_NO_PAD.decode(signs).is_ok_and(|bytes| bytes.len() == BYTES);
        fits.then(|| Self(text.clone()))
    }

    /// The key, to be shown once.
    pub fn secret(&self) -> &SecretString {
        &self.0
    }

    /// What the hash of the key carries, so that no other hash is tried.
    pub(super) fn id(&self) -> AgentKeyId {
        let hash = sha2::Sha256::new().chain_update(ID_LABEL).chain_update(self.0.expose_secret()).finalize();
        let mut id = AgentKeyId::default();
        id.iter_mut().zip(hash).for_each(|(byte, hashed)| *byte = hashed);
        id
    }

    /// What a key that was verified is remembered by.
    pub(super) fn digest(&self) -> Digest {
        Digest::of([self.0.expose_secret().as_bytes()])
    }
}

impl fmt::Debug for AgentKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AgentKey(…)")
    }
}

/// A prefix that says what it is, and 32 random bytes as letters.
pub fn random(prefix: &str) -> Result<SecretString, PeopleError> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).map_err(|error| PeopleError::NoSecret { why: error.to_string() })?;
    Ok(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes)).into())
}

/// An argon2id hash with its salt and costs, in the form of the Password Hashing Competition.
#[derive(Clone, PartialEq, Eq)]
pub struct SlowHash {
    hash: PasswordHash,
    /// Which key it is of, where it says so.
    id: Option<AgentKeyId>,
}

impl SlowHash {
    /// The hash of a secret, with a salt of its own.
    pub(super) fn of(secret: &SecretString) -> Result<Self, PeopleError> {
        Self::with(&Params::DEFAULT, secret)
    }

    /// The hash of a key, which carries the id of the key as `keyid`: the cheap way to find the one hash to try.
    pub(super) fn of_key(key: &AgentKey) -> Result<Self, PeopleError> {
        let params = KeyId::new(&key.id()).and_then(|id| ParamsBuilder::new().keyid(id).build());
        let params = params.map_err(|error| PeopleError::NoSecret { why: error.to_string() })?;
        Self::with(&params, key.secret())
    }

    fn with(params: &Params, secret: &SecretString) -> Result<Self, PeopleError> {
        let hashed = Argon2::from(params).hash_password(secret.expose_secret().as_bytes());
        let hash = hashed.map_err(|error| PeopleError::NoSecret { why: error.to_string() })?;
        Ok(Self { id: params.keyid().try_into().ok(), hash })
    }

    /// Reads a hash; says in a few words what is wrong with it.
    pub(super) fn read(text: &str) -> Result<Self, &'static str> {
        let hash = PasswordHash::new(text).map_err(|_| "is no argon2id hash, `$argon2id$v=19$…`")?;
        if hash.algorithm.as_str() != "argon2id" || hash.version.is_some_and(|version| version != 0x13) {
            return Err("is no argon2id hash of version 19");
        }
        if hash.salt.is_none() || hash.hash.as_ref().is_none_or(|hash| hash.len() < SHORTEST_HASH) {
            return Err("lacks its salt or most of its hash");
        }
        let costs = Params::try_from(&hash).map_err(|_| "has costs that argon2 does not know")?;
        if costs.m_cost() > MOST_MEMORY || costs.t_cost() > MOST_ROUNDS || costs.p_cost() > MOST_LANES {
            return Err("costs too much: at most m=262144, t=16 and p=16");
        }
        Ok(Self { id: costs.keyid().try_into().ok(), hash })
    }

    /// The id of the key it is of; `None` in hashes written by hand or by older versions.
    pub(super) fn id(&self) -> Option<AgentKeyId> {
        self.id
    }

    /// Whether this is the hash of the secret. Takes about as long as the hash took to make; not for async code.
    pub(super) fn is_of(&self, secret: &SecretString) -> bool {
        let secret = secret.expose_secret().as_bytes();
        secret.len() <= LONGEST_SECRET && Argon2::default().verify_password(secret, &self.hash).is_ok()
    }
}

impl fmt::Display for SlowHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.hash.fmt(formatter)
    }
}

impl fmt::Debug for SlowHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SlowHash(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_43_signs_behind_its_prefix_and_never_twice_the_same() {
        let (one, other) = (AgentKey::generate().unwrap(), AgentKey::generate().unwrap());
        assert_ne!(one.secret().expose_secret(), other.secret().expose_secret());
        assert_eq!(one.secret().expose_secret().len(), "slk_".len() + 43);
        assert!(AgentKey::read(one.secret()).is_some());
        assert!(!format!("{one:?}").contains("slk_"));
        let key = one.secret().expose_secret();
        for bad in [String::new(), "slk_".into(), format!("{key}A"), key.replacen("slk_", "sla_", 1), format!(" {key}")]
        {
            assert!(AgentKey::read(&bad.clone().into()).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_hash_is_argon2id_at_a_bearable_cost() {
        let hash = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$";
        let full = format!("{hash}{}", "A".repeat(43));
        assert!(SlowHash::read(&full).is_ok());
        for (bad, told) in [
            ("hunter2".to_owned(), "is no argon2id hash"),
            (full.replace("argon2id", "argon2d"), "is no argon2id hash"),
            (full.replace("v=19", "v=16"), "of version 19"),
            (format!("{hash}{}", "A".repeat(14)), "lacks"),
            (full.replace("m=8", "m=4194304"), "costs too much"),
            (full.replace("t=1", "t=4000000"), "costs too much"),
        ] {
            let error = SlowHash::read(&bad).unwrap_err();
            assert!(error.contains(told), "{bad}: {error}");
        }
    }

    #[test]
    fn the_hash_of_a_key_says_which_key_it_is_of_and_stays_its_hash() {
        let (key, other) = (AgentKey::generate().unwrap(), AgentKey::generate().unwrap());
        let hash = SlowHash::of_key(&key).unwrap();
        let written = hash.to_string();
        assert!(written.contains("keyid="), "{written}");
        let read = SlowHash::read(&written).unwrap();
        assert!(read == hash && read.is_of(key.secret()) && !read.is_of(other.secret()));
        assert_eq!(read.id(), Some(key.id()));
        assert_ne!(other.id(), key.id());
        assert_eq!(SlowHash::of(key.secret()).unwrap().id(), None);
    }

    #[test]
    fn a_hash_knows_its_secret_and_no_other() {
        let secret = SecretString::from("sla_one");
        let hash = SlowHash::of(&secret).unwrap();
        let written = hash.to_string();
        assert!(written.starts_with("$argon2id$v=19$") && !format!("{hash:?}").contains("argon2id"));
        let read = SlowHash::read(&written).unwrap();
        assert!(read == hash && read.is_of(&secret));
        assert!(!read.is_of(&"sla_two".into()) && !read.is_of(&"x".repeat(1025).into()));
    }
}
