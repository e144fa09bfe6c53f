//! Who keeps keys by the settings, and how keys move from one to another.

use sluice::config::ProviderKind;
use sluice::keys::WrappedKey;

use super::{BOUND, folder, kept_by, opens, refusal, settings, wrapped};

const KEY: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

#[test]
fn a_file_keeps_keys_unless_a_key_is_given_or_somebody_else_is_named() {
    let chosen = |variables: &[(&str, &str)]| {
        let mut all = vec![("SLUICE_CONFIG_DIR", "/etc/sluice")];
        all.extend(variables);
        settings(&all).keys().map(|keys| keys.provider).map_err(|error| error.to_string())
    };
    assert_eq!(chosen(&[]), Ok(ProviderKind::File));
    assert_eq!(chosen(&[("SLUICE_KEY", KEY)]), Ok(ProviderKind::Given));
    assert_eq!(chosen(&[("SLUICE_PREVIOUS_KEY", KEY)]), Ok(ProviderKind::File));
    assert_eq!(chosen(&[("SLUICE_KEY", KEY), ("SLUICE_KEY_PROVIDER", "file")]), Ok(ProviderKind::File));
    assert_eq!(chosen(&[("SLUICE_KEY_PROVIDER", "keyring")]), Ok(ProviderKind::Keyring));
    for (variables, told) in [
        (vec![("SLUICE_KEY_PROVIDER", "clipboard")], "`file`, `given`, `keyring`, `azure` or `vault`"),
        (vec![("SLUICE_KEY_PROVIDER", "azure")], "azure_key is not set"),
        (vec![("SLUICE_KEY_PROVIDER", "vault")], "vault_key is not set"),
        (vec![("SLUICE_VAULT_KEY", "sluice")], "VAULT_ADDR"),
        (vec![("SLUICE_VAULT_KEY", "sluice"), ("VAULT_ADDR", "https://v")], "VAULT_TOKEN"),
        (vec![("SLUICE_VAULT_KEY", "sluice"), ("VAULT_ADDR", "http://vault.example.com")], "an https address"),
        (vec![("SLUICE_KEYRING_ENTRY", "a/b")], "use 1 to 64 letters"),
    ] {
        let error = chosen(&variables).unwrap_err();
        assert!(error.contains(told), "{error}");
    }
    assert_eq!(
        settings(&[("SLUICE_CONFIG_DIR", "/etc/sluice")]).keys().unwrap().file.unwrap(),
        std::path::Path::new("/etc/sluice/connection.key")
    );
    assert!(settings(&[]).keys().err().unwrap().to_string().contains("--key-file"));
}

#[tokio::test]
async fn keys_move_from_one_provider_to_another() {
    let folder = folder();
    let place = ("SLUICE_CONFIG_DIR", folder.to_str().unwrap());
    let file = kept_by(&[place]).unwrap();
    let (data, by_file) = wrapped(&*file).await;
    assert_eq!(by_file.provider, "file");
    let given = kept_by(&[place, ("SLUICE_KEY", KEY)]).unwrap();
    assert_eq!(given.prepare(std::slice::from_ref(&by_file)).await.unwrap(), None);
    assert!(opens(&*given, &data, &by_file).await);
    let anew = given.wrap(&given.unwrap(&by_file, BOUND).await.unwrap(), BOUND).await.unwrap();
    assert_eq!(anew.provider, "given");
    let alone = kept_by(&[("SLUICE_KEY", KEY)]).unwrap();
    assert!(opens(&*alone, &data, &anew).await);
    // And back; the key is still named, as the one before.
    let back = kept_by(&[place, ("SLUICE_PREVIOUS_KEY", KEY)]).unwrap();
    assert!(opens(&*back, &data, &anew).await);
    assert_eq!(back.wrap(&data, BOUND).await.unwrap().provider, "file");
    given.forget().await.unwrap();
    assert!(!folder.join("connection.key").exists());
}

#[tokio::test]
async fn a_first_key_file_is_made_where_somebody_else_sealed_everything() {
    let (_, by_key) = wrapped(&*kept_by(&[("SLUICE_KEY", KEY)]).unwrap()).await;
    let file = kept_by(&[("SLUICE_PREVIOUS_KEY", KEY)]).unwrap();
    let told = file.prepare(&[by_key]).await.unwrap().unwrap();
    assert!(told.starts_with("a key was made in the key file `"), "{told}");
}

#[tokio::test]
async fn whoever_is_not_set_is_named_with_what_to_set() {
    let file = kept_by(&[]).unwrap();
    for (name, told) in [
        ("given", "set SLUICE_PREVIOUS_KEY"),
        ("azure", "`azure_key`"),
        ("vault", "`vault_key`"),
        ("clipboard", "the version of Sluice that sealed it"),
        ("", "the version of Sluice that sealed it"),
    ] {
        let kept = WrappedKey { provider: name.to_owned(), key: "k".to_owned(), wrapped: "AAAA".to_owned() };
        let error = refusal(&*file, &kept, BOUND).await;
        assert!(error.contains(told) && error.contains("which the settings do not name"), "{error}");
        assert!(file.prepare(&[kept]).await.unwrap_err().to_string().contains(told));
    }
}
