//! Keys and passphrases that somebody gives: where from, which are refused, and how one follows another.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::{BOUND, folder, keeps_keys, kept_by, opens, refusal, settings, wrapped};

const WORDS: &str = "correct horse battery staple";

fn key(byte: u8) -> String {
    STANDARD.encode([byte; 32])
}

#[tokio::test]
async fn a_given_key_keeps_keys() {
    let provider = kept_by(&[("SLUICE_KEY", &key(251))]).unwrap();
    keeps_keys(&*provider, 1).await;
    let (data, kept) = wrapped(&*provider).await;
    assert_eq!(kept.provider, "given");
    // The same key in another spelling.
    let other = kept_by(&[("SLUICE_KEY", &URL_SAFE_NO_PAD.encode([251; 32]))]).unwrap();
    assert!(opens(&*other, &data, &kept).await);
    assert!(refusal(&*kept_by(&[("SLUICE_KEY", &key(2))]).unwrap(), &kept, BOUND).await.contains("another key"));
    for nothing in [provider.renew(), provider.retire(), provider.forget()] {
        nothing.await.unwrap();
    }
    assert!(opens(&*provider, &data, &kept).await);
}

#[tokio::test]
async fn a_given_passphrase_keeps_keys() {
    let provider = kept_by(&[("SLUICE_PASSPHRASE", WORDS)]).unwrap();
    keeps_keys(&*provider, 7).await;
    let (data, kept) = wrapped(&*provider).await;
    assert!(kept.key.starts_with("argon2id$v=19$m=65536,t=3,p=4$"), "{}", kept.key);
    // A later run makes the same key of the same words, and a salt of its own.
    let later = kept_by(&[("SLUICE_PASSPHRASE", WORDS)]).unwrap();
    assert!(opens(&*later, &data, &kept).await);
    assert_ne!(wrapped(&*later).await.1.key, kept.key);
    let other = kept_by(&[("SLUICE_PASSPHRASE", "correct horse battery stable")]).unwrap();
    assert!(refusal(&*other, &kept, BOUND).await.contains("another key"));
}

#[tokio::test]
async fn what_a_wrapped_key_costs_is_bounded() {
    let provider = kept_by(&[("SLUICE_PASSPHRASE", WORDS)]).unwrap();
    let (_, kept) = wrapped(&*provider).await;
    for (right, wrong) in [("m=65536", "m=4294967295"), ("t=3", "t=4294967295"), ("p=4", "p=4096"), ("m=65536", "m=1")]
    {
        let mut costly = kept.clone();
        costly.key = kept.key.replace(right, wrong);
        assert!(refusal(&*provider, &costly, BOUND).await.contains("was changed"), "{wrong}");
    }
}

#[tokio::test]
async fn the_one_before_opens_what_it_sealed() {
    let (data, by_key) = wrapped(&*kept_by(&[("SLUICE_KEY", &key(1))]).unwrap()).await;
    let (other, by_words) = wrapped(&*kept_by(&[("SLUICE_PASSPHRASE", WORDS)]).unwrap()).await;
    let rotating =
        kept_by(&[("SLUICE_KEY", &key(2)), ("SLUICE_PREVIOUS_KEY", &key(1)), ("SLUICE_PREVIOUS_PASSPHRASE", WORDS)])
            .unwrap();
    assert!(opens(&*rotating, &data, &by_key).await && opens(&*rotating, &other, &by_words).await);
    let (newest, by_newest) = wrapped(&*rotating).await;
    let rotated = kept_by(&[("SLUICE_KEY", &key(2))]).unwrap();
    assert!(opens(&*rotated, &newest, &by_newest).await);
    assert!(!opens(&*rotated, &data, &by_key).await && !opens(&*rotated, &other, &by_words).await);
    let words = kept_by(&[
        ("SLUICE_PASSPHRASE", "another passphrase"),
        ("SLUICE_PREVIOUS_PASSPHRASE", WORDS),
        ("SLUICE_PREVIOUS_KEY", &key(2)),
    ])
    .unwrap();
    assert!(opens(&*words, &other, &by_words).await && opens(&*words, &newest, &by_newest).await);
}

#[tokio::test]
async fn keys_come_from_files_and_from_systemd_as_well() {
    let folder = folder();
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (data, kept) = wrapped(&*kept_by(&[("SLUICE_KEY", &key(1))]).unwrap()).await;
    std::fs::write(folder.join("one"), format!("{}\n", key(1))).unwrap();
    assert!(opens(&*kept_by(&[("SLUICE_GIVEN_KEY_FILE", &path("one"))]).unwrap(), &data, &kept).await);
    assert!(kept_by(&[("SLUICE_GIVEN_KEY_FILE", &path("none"))]).err().unwrap().contains("cannot be read"));
    let credentials = [("CREDENTIALS_DIRECTORY", folder.to_str().unwrap())];
    assert!(kept_by(&credentials).unwrap().described().starts_with("the key file"));
    std::fs::write(folder.join("sluice-key"), format!("{}\n", key(1))).unwrap();
    assert!(opens(&*kept_by(&credentials).unwrap(), &data, &kept).await);
    let newer = [credentials[0], ("SLUICE_KEY", &key(2)), ("SLUICE_PREVIOUS_KEY_FILE", &path("one"))];
    assert!(opens(&*kept_by(&newer).unwrap(), &data, &kept).await);
    std::fs::remove_file(folder.join("sluice-key")).unwrap();
    let (words, by_words) = wrapped(&*kept_by(&[("SLUICE_PASSPHRASE", WORDS)]).unwrap()).await;
    std::fs::write(folder.join("sluice-passphrase"), WORDS).unwrap();
    assert!(opens(&*kept_by(&credentials).unwrap(), &words, &by_words).await);
    std::fs::write(folder.join("sluice-passphrase"), "short").unwrap();
    assert!(kept_by(&credentials).err().unwrap().contains("at least 12 characters"));
}

#[test]
fn what_is_no_key_or_passphrase_is_refused_without_being_repeated() {
    for (variable, wrong, told) in [
        ("SLUICE_KEY", "hunter2hunter2", "32 bytes as base64"),
        ("SLUICE_KEY", &STANDARD.encode([1; 31]), "32 bytes as base64"),
        ("SLUICE_KEY", &STANDARD.encode([1; 33]), "32 bytes as base64"),
        ("SLUICE_PREVIOUS_KEY", WORDS, "32 bytes as base64"),
        ("SLUICE_PASSPHRASE", "hunter2", "at least 12 characters"),
        ("SLUICE_PASSPHRASE", &"x".repeat(1025), "at most 1024 bytes"),
        ("SLUICE_PREVIOUS_PASSPHRASE", "hunter2", "at least 12 characters"),
    ] {
        let error = kept_by(&[(variable, wrong)]).err().unwrap();
        assert!(error.contains(told) && error.contains(variable) && !error.contains(wrong), "{error}");
    }
    let both = kept_by(&[("SLUICE_KEY", &key(1)), ("SLUICE_PASSPHRASE", WORDS)]).err().unwrap();
    assert!(both.contains("(from SLUICE_KEY)") && both.contains("(from SLUICE_PASSPHRASE)"), "{both}");
    assert!(kept_by(&[("SLUICE_KEY_PROVIDER", "given")]).err().unwrap().contains("set SLUICE_KEY"));
}

#[test]
fn given_secrets_print_and_travel_nowhere() {
    let settings = settings(&[
        ("SLUICE_KEY", &key(1)),
        ("SLUICE_PREVIOUS_PASSPHRASE", WORDS),
        ("SLUICE_KEY_PROVIDER", "given"),
        ("SLUICE_AZURE_KEY", "https://acme.vault.azure.net/keys/sluice"),
        ("AZURE_TENANT_ID", "tenant"),
        ("AZURE_CLIENT_ID", "client"),
        ("AZURE_CLIENT_SECRET", "canary-4711"),
        ("SLUICE_VAULT_KEY", "sluice"),
        ("VAULT_ADDR", "https://vault.example.com"),
        ("VAULT_TOKEN", "canary-4712"),
    ]);
    let keys = settings.keys().unwrap();
    let printed =
        format!("{settings:?} {:?} {:?} {:?} {:?}", keys.given.present, keys.given.previous, keys.azure, keys.vault);
    assert!(!printed.contains(WORDS) && !printed.contains(&key(1)) && !printed.contains("canary"), "{printed}");
    let carried = settings.carried().unwrap();
    assert!(carried.secrets.is_empty());
    assert!(!carried.values.keys().any(|name| name.contains("key") || name.contains("vault")));
    // Whoever serves keeps keys as it is told itself.
    let mut sent = carried.clone();
    sent.values.insert("key_provider".to_owned(), "file".to_owned());
    let there = sluice::config::Settings::of_carried(&sent, &settings);
    assert_eq!(there.keys().unwrap().provider, sluice::config::ProviderKind::Given);
}
