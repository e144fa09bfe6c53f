//! The key file: made once, for its owner alone, and never in place of one that is missing or cannot be read.

use std::path::PathBuf;

use sluice::keys::{KeyFile, KeyProvider as _};

use super::{BOUND, folder, keeps_keys, opens, refusal, wrapped};

fn path() -> PathBuf {
    folder().join("made/connection.key")
}

fn lines(path: &std::path::Path) -> Vec<String> {
    std::fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect()
}

/// Why nothing is wrapped.
async fn problem(file: &KeyFile) -> String {
    file.wrap(&sluice::keys::DataKey::generate().unwrap(), BOUND).await.unwrap_err().to_string()
}

#[tokio::test]
async fn a_key_file_keeps_keys() {
    keeps_keys(&KeyFile::new(path()), 1).await;
}

#[tokio::test]
async fn a_key_file_is_made_once_and_says_so() {
    let path = path();
    let file = KeyFile::new(&path);
    let told = file.prepare(&[]).await.unwrap().unwrap();
    assert_eq!(told, format!("a key was made in the key file `{}`; back it up", path.display()));
    let before = lines(&path);
    assert_eq!(before.len(), 1);
    assert_eq!(file.prepare(&[]).await.unwrap(), None);
    let (key, kept) = wrapped(&file).await;
    assert!(opens(&KeyFile::new(&path), &key, &kept).await);
    assert_eq!(KeyFile::new(&path).prepare(&[kept]).await.unwrap(), None);
    assert_eq!(lines(&path), before);
    assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "nothing else is left there");
}

#[tokio::test]
async fn many_who_make_it_at_once_have_the_same_key() {
    let path = path();
    let files: Vec<KeyFile> = (0..8).map(|_| KeyFile::new(&path)).collect();
    let all = futures_util::future::join_all(files.iter().map(|file| wrapped(file))).await;
    for (key, kept) in &all {
        assert!(opens(&files[0], key, kept).await);
    }
    assert_eq!(lines(&path).len(), 1);
}

#[tokio::test]
async fn a_missing_key_file_is_not_replaced_once_it_sealed_something() {
    let path = path();
    let (_, kept) = wrapped(&KeyFile::new(&path)).await;
    let away = path.with_extension("away");
    std::fs::rename(&path, &away).unwrap();
    let file = KeyFile::new(&path);
    let error = file.prepare(std::slice::from_ref(&kept)).await.unwrap_err().to_string();
    assert!(error.contains("is missing") && error.ends_with("put it back"), "{error}");
    assert!(problem(&file).await.contains("is missing"));
    assert!(file.renew().await.is_err());
    let unprepared = KeyFile::new(&path);
    assert!(refusal(&unprepared, &kept, BOUND).await.contains("is missing"));
    assert!(problem(&unprepared).await.contains("is missing"));
    assert!(!path.exists());
    std::fs::rename(&away, &path).unwrap();
    assert!(file.unwrap(&kept, BOUND).await.is_ok());
}

#[tokio::test]
async fn what_is_no_key_file_is_refused_and_left_as_it_is() {
    for text in ["", "\n", "AAAA\n", "hunter2", &"A".repeat(4096), &format!("{}\nAAA\n", "A".repeat(43) + "=")] {
        let path = folder().join("key");
        let file = KeyFile::new(&path);
        assert!(file.prepare(&[]).await.unwrap().is_some());
        std::fs::write(&path, text).unwrap();
        let error = problem(&file).await;
        assert!(error.starts_with("the key file `") && !error.contains("hunter2"), "{error}");
        assert!(file.renew().await.is_err() && file.retire().await.is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }
}

#[tokio::test]
async fn a_key_file_that_was_cut_short_is_refused() {
    let path = folder().join("key");
    let (_, kept) = wrapped(&KeyFile::new(&path)).await;
    let whole = std::fs::read(&path).unwrap();
    // The end of the last line may be missing: its key is whole.
    for length in 0..whole.len() - 1 {
        std::fs::write(&path, &whole[..length]).unwrap();
        assert!(KeyFile::new(&path).unwrap(&kept, BOUND).await.is_err(), "{length} bytes");
        assert!(KeyFile::new(&path).prepare(&[]).await.is_err(), "{length} bytes");
    }
}

#[tokio::test]
async fn another_key_file_opens_nothing() {
    let (_, kept) = wrapped(&KeyFile::new(path())).await;
    let other = KeyFile::new(path());
    wrapped(&other).await;
    assert!(refusal(&other, &kept, BOUND).await.contains("sealed under another key"));
}

#[tokio::test]
async fn keys_before_the_present_one_open_until_they_are_retired() {
    let path = path();
    let file = KeyFile::new(&path);
    let (old, by_old) = wrapped(&file).await;
    file.renew().await.unwrap();
    let (new, by_new) = wrapped(&file).await;
    assert_ne!(by_old.key, by_new.key);
    // A rotation that was cut off leaves one more.
    file.renew().await.unwrap();
    assert_eq!(lines(&path).len(), 3);
    assert!(opens(&file, &old, &by_old).await && opens(&file, &new, &by_new).await);
    let (newest, by_newest) = wrapped(&file).await;
    file.retire().await.unwrap();
    assert_eq!(lines(&path).len(), 1);
    assert!(opens(&file, &newest, &by_newest).await);
    assert!(!opens(&file, &old, &by_old).await && !opens(&file, &new, &by_new).await);
    for _ in 0..7 {
        file.renew().await.unwrap();
    }
    assert!(file.renew().await.unwrap_err().to_string().contains("finish a rotation"));
    assert_eq!(lines(&path).len(), 8);
}

#[tokio::test]
async fn a_forgotten_key_file_is_gone_and_may_be_made_anew() {
    let path = path();
    let file = KeyFile::new(&path);
    let (_, kept) = wrapped(&file).await;
    file.forget().await.unwrap();
    assert!(!path.exists());
    file.forget().await.unwrap();
    assert!(file.prepare(&[]).await.unwrap().is_some());
    assert!(file.unwrap(&kept, BOUND).await.is_err());
}

#[cfg(unix)]
mod rights {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::path::Path;

    use super::*;

    fn mode(path: &Path, mode: u32) {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }

    fn mode_of(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    #[tokio::test]
    async fn a_key_file_that_others_may_use_is_refused() {
        let path = path();
        let file = KeyFile::new(&path);
        file.prepare(&[]).await.unwrap();
        assert_eq!((mode_of(&path), mode_of(path.parent().unwrap())), (0o600, 0o700));
        for open in [0o640, 0o620, 0o604, 0o602, 0o777] {
            mode(&path, open);
            let error = problem(&file).await;
            assert!(error.ends_with(&format!("(mode {open:o}); run `chmod 600` on it")), "{error}");
        }
        mode(&path, 0o600);
        file.renew().await.unwrap();
        assert_eq!(mode_of(&path), 0o600);
        mode(&path, 0o400);
        wrapped(&file).await;
    }

    #[tokio::test]
    async fn links_pipes_and_folders_are_no_key_files() {
        let (path, folder) = (path(), folder());
        KeyFile::new(&path).prepare(&[]).await.unwrap();
        let link = folder.join("link");
        symlink(&path, &link).unwrap();
        assert!(problem(&KeyFile::new(&link)).await.contains("symbolic link"));
        let nowhere = folder.join("nowhere");
        symlink(folder.join("missing"), &nowhere).unwrap();
        assert!(problem(&KeyFile::new(&nowhere)).await.contains("symbolic link"));
        assert!(!folder.join("missing").exists());
        let pipe = folder.join("pipe");
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
        assert!(problem(&KeyFile::new(&pipe)).await.contains("it is no file"));
        assert!(problem(&KeyFile::new(&folder)).await.contains("it is no file"));
    }

    #[tokio::test]
    async fn in_a_folder_that_may_not_be_written_no_key_is_made() {
        let folder = folder();
        mode(&folder, 0o500);
        let file = KeyFile::new(folder.join("key"));
        // Whoever may do everything may write there as well.
        if !rustix::process::geteuid().is_root() {
            assert!(problem(&file).await.contains("make its folder writable"));
        }
        mode(&folder, 0o700);
        let beneath_a_file = folder.join("file");
        std::fs::write(&beneath_a_file, "").unwrap();
        let error = problem(&KeyFile::new(beneath_a_file.join("key"))).await;
        assert!(error.starts_with("the key file `"), "{error}");
    }
}
