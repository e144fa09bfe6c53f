//! Other people's documents that some tests read; they lie beside the project and are no part of it.

use std::path::{Path, PathBuf};

/// The folder `../shared/NAME`. Where it is absent the test says loudly that it is skipped, and fails under `CI=true`.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
pub(crate) fn folder(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "{} is absent", folder.display());
    eprintln!("SKIPPED: {} is absent", folder.display());
    None
}

/// A program that some tests start. Where it is absent the test says so as above.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| path.is_file());
    if found.is_none() {
        assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "{name} is absent");
        eprintln!("SKIPPED: {name} is absent");
    }
    found
}
