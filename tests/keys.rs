//! Who keeps keys: what holds for each of them, and what each of them must stand.

mod azure;
mod given;
mod key_file;
mod provider;
mod stand_in;
mod vault;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sluice::clock::Clock;
use sluice::config::{Environment, Flags, Settings};
use sluice::keys::{DataKey, KeyProvider, WrappedKey};

use crate::identity::StillClock;

/// What keys are bound to.
const BOUND: &str = "acme 1";

/// An empty folder of its own.
fn folder() -> PathBuf {
    static MADE: AtomicU64 = AtomicU64::new(0);
    let name = format!("keys-{}-{}", std::process::id(), MADE.fetch_add(1, Ordering::SeqCst));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn settings(variables: &[(&str, &str)]) -> Settings {
    let environment: Environment = variables.iter().copied().collect();
    Settings::load(&Flags::default(), &environment).unwrap()
}

/// Who keeps keys by these variables, with a configuration folder of its own.
fn kept_by(variables: &[(&str, &str)]) -> Result<Arc<dyn KeyProvider>, String> {
    let folder = folder();
    let mut all = vec![("SLUICE_CONFIG_DIR", folder.to_str().unwrap())];
    all.extend(variables);
    let clock: Arc<dyn Clock> = Arc::new(StillClock::default());
    sluice::keys::provider(&settings(&all), &clock).map_err(|error| error.to_string())
}

async fn wrapped(provider: &dyn KeyProvider) -> (DataKey, WrappedKey) {
    let key = DataKey::generate().unwrap();
    let wrapped = provider.wrap(&key, BOUND).await.unwrap();
    (key, wrapped)
}

/// Whether it unwraps to that key.
async fn opens(provider: &dyn KeyProvider, key: &DataKey, wrapped: &WrappedKey) -> bool {
    provider.unwrap(wrapped, BOUND).await.is_ok_and(|unwrapped| unwrapped.expose() == key.expose())
}

async fn refusal(provider: &dyn KeyProvider, wrapped: &WrappedKey, bound: &str) -> String {
    let error = provider.unwrap(wrapped, bound).await.unwrap_err();
    assert!(!error.to_string().contains('\n'), "{error}");
    format!("{error} {error:?}")
}

/// What holds for whoever keeps keys; every so many signs of a wrapped key are tried.
async fn keeps_keys(provider: &dyn KeyProvider, step: usize) {
    let (key, right) = wrapped(provider).await;
    assert!(opens(provider, &key, &right).await);
    let written = serde_json::to_string(&right).unwrap();
    assert_eq!(serde_json::from_str::<WrappedKey>(&written).unwrap(), right);
    let (_, other) = wrapped(provider).await;
    assert_ne!(other.wrapped, right.wrapped);
    for bound in ["acme 2", "acme 1\0", "acme", ""] {
        assert!(refusal(provider, &right, bound).await.contains("was changed"), "{bound}");
    }
    for place in (0..right.wrapped.len()).step_by(step) {
        let mut signs = right.wrapped.clone().into_bytes();
        signs[place] = if signs[place] == b'A' { b'B' } else { b'A' };
        let changed = WrappedKey { wrapped: String::from_utf8(signs).unwrap(), ..right.clone() };
        assert!(refusal(provider, &changed, BOUND).await.contains("was changed"), "sign {place}");
        let cut = WrappedKey { wrapped: right.wrapped[..place].to_owned(), ..right.clone() };
        assert!(refusal(provider, &cut, BOUND).await.contains("was changed"), "{place} signs");
    }
    for wrapped in ["?".to_owned(), "A".repeat(100_000), format!("{} ", right.wrapped)] {
        let changed = WrappedKey { wrapped, ..right.clone() };
        assert!(refusal(provider, &changed, BOUND).await.contains("was changed"));
    }
    for key in ["", "/", "argon2id$", "https://evil.example/keys/x/1", "\0"] {
        let changed = WrappedKey { key: key.to_owned(), ..right.clone() };
        assert!(provider.unwrap(&changed, BOUND).await.is_err(), "{key}");
    }
    assert!(opens(provider, &key, &right).await);
}
