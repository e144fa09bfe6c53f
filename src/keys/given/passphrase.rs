//! Makes wrapping keys of a passphrase, slowly: argon2id (RFC 9106), with salt and costs beside what it wrapped.

use std::sync::Arc;

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use secrecy::{ExposeSecret as _, SecretBox, SecretString};
use tokio::sync::Mutex;

use crate::keys::wrapping::WrappingKey;
use crate::keys::{KeepingError, LENGTH};

/// How the name of a key begins that was made of a passphrase, in the form of the Password Hashing Competition.
const NAMED: &str = "argon2id$v=19$";
/// Bytes of a salt.
const SALT: usize = 16;
/// What a new key costs: KiB of memory, rounds, lanes (RFC 9106 section 4, for machines with little memory).
const COSTS: Costs = Costs { memory: 64 * 1024, rounds: 3, lanes: 4 };
/// What a key may cost at most. Whoever writes the store should not stop the server.
const MOST: Costs = Costs { memory: 256 * 1024, rounds: 16, lanes: 16 };
/// So many keys are remembered: one for each run of the server that sealed something.
const REMEMBERED: usize = 16;

/// What making a key costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Costs {
    memory: u32,
    rounds: u32,
    lanes: u32,
}

/// A passphrase, and the keys that were made of it.
pub(super) struct Passphrase {
    words: Arc<SecretString>,
    /// By name, the one that wraps first. Whoever makes one holds it, so that memory is needed once only.
    made: Mutex<Made>,
}

#[derive(Default)]
struct Made {
    present: Option<String>,
    keys: Vec<(String, Arc<WrappingKey>)>,
}

/// Whether a key of that name was made of a passphrase.
pub(super) fn is_named(name: &str) -> bool {
    name.starts_with(NAMED)
}

impl Passphrase {
    pub(super) fn new(words: SecretString) -> Self {
        Self { words: Arc::new(words), made: Mutex::default() }
    }

    /// The key to wrap with, and its name.
    pub(super) async fn present(&self) -> Result<(String, Arc<WrappingKey>), KeepingError> {
        let mut made = self.made.lock().await;
        let name = match made.present.clone() {
            Some(name) => name,
            None => name(COSTS, &salt()?),
        };
        let key = self.made(&mut made, &name).await?;
        made.present = Some(name.clone());
        Ok((name, key))
    }

    /// The key of that name.
    pub(super) async fn of(&self, name: &str) -> Result<Arc<WrappingKey>, KeepingError> {
        self.made(&mut *self.made.lock().await, name).await
    }

    async fn made(&self, made: &mut Made, name: &str) -> Result<Arc<WrappingKey>, KeepingError> {
        if let Some((_, key)) = made.keys.iter().find(|(known, _)| known == name) {
            return Ok(Arc::clone(key));
        }
        let (costs, salt) = read(name).ok_or_else(changed)?;
        let words = Arc::clone(&self.words);
        let making = tokio::task::spawn_blocking(move || derive(&words, costs, &salt));
        let key = making.await.map_err(|error| failed(&error.to_string()))??;
        let key = Arc::new(key);
        if made.keys.len() >= REMEMBERED {
            made.keys.remove(0);
        }
        made.keys.push((name.to_owned(), Arc::clone(&key)));
        Ok(key)
    }
}

fn derive(words: &SecretString, costs: Costs, salt: &[u8]) -> Result<WrappingKey, KeepingError> {
    let params = Params::new(costs.memory, costs.rounds, costs.lanes, Some(LENGTH)).map_err(|_| changed())?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut made = Ok(());
    let key = SecretBox::init_with_mut(|key: &mut [u8; LENGTH]| {
        made = argon2.hash_password_into(words.expose_secret().as_bytes(), salt, key);
    });
    made.map_err(|error| failed(&error.to_string()))?;
    Ok(WrappingKey::of(key))
}

fn salt() -> Result<[u8; SALT], KeepingError> {
    let mut salt = [0; SALT];
    getrandom::fill(&mut salt).map_err(|error| KeepingError::Random(error.to_string()))?;
    Ok(salt)
}

fn name(costs: Costs, salt: &[u8; SALT]) -> String {
    let Costs { memory, rounds, lanes } = costs;
    format!("{NAMED}m={memory},t={rounds},p={lanes}${}", STANDARD_NO_PAD.encode(salt))
}

/// Costs and salt of a name; `None` where it is none, or where it costs too much.
fn read(name: &str) -> Option<(Costs, Vec<u8>)> {
    let (costs, salt) = name.strip_prefix(NAMED)?.split_once('$')?;
    let mut costs = costs.split(',');
    let mut cost = |prefix, most| {
        let cost: u32 = costs.next()?.strip_prefix(prefix)?.parse().ok()?;
        (cost <= most).then_some(cost)
    };
    let (memory, rounds, lanes) = (cost("m=", MOST.memory)?, cost("t=", MOST.rounds)?, cost("p=", MOST.lanes)?);
    let salt = STANDARD_NO_PAD.decode(salt).ok().filter(|salt| salt.len() == SALT)?;
    costs.next().is_none().then_some((Costs { memory, rounds, lanes }, salt))
}

fn changed() -> KeepingError {
    KeepingError::Broken { key: "the given passphrase".to_owned() }
}

fn failed(problem: &str) -> KeepingError {
    let problem = format!("no key can be made of it: {problem}");
    KeepingError::Provider { provider: "the given passphrase".to_owned(), problem }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_what_its_key_costs_and_may_not_cost_too_much() {
        let written = name(COSTS, &[7; SALT]);
        assert_eq!(read(&written), Some((COSTS, vec![7; SALT])));
        for (right, wrong) in [
            ("m=65536", "m=4194304"),
            ("m=65536", "m=-1"),
            ("t=3", "t=4000000000"),
            ("t=3", "t=17"),
            ("p=4", "p=17"),
            ("p=4", "p=4,x=1"),
            ("v=19", "v=16"),
            ("argon2id", "argon2d"),
            ("BwcH", "Bwc"),
            ("$m", "m"),
        ] {
            assert!(written.contains(right), "{right}");
            assert_eq!(read(&written.replacen(right, wrong, 1)), None, "{wrong}");
        }
    }
}
