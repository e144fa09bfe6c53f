//! Files about people: what they may say, how commands change them, and what proves who somebody is.

mod agents;
mod approvers;
mod callers;

use std::path::PathBuf;

/// A hash that costs next to nothing, so that tests do not wait.
pub(crate) fn cheap_hash(secret: &str) -> String {
    use argon2::{Argon2, Params, PasswordHasher as _};
    let cheap = Argon2::from(Params::new(8, 1, 1, None).unwrap());
    cheap.hash_password(secret.as_bytes()).unwrap().to_string()
}

/// A file of one test, which is not there yet.
fn file(case: &str, name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("people").join(case);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder.join(name)
}

fn written(case: &str, name: &str, text: &str) -> PathBuf {
    let file = file(case, name);
    std::fs::write(&file, text).unwrap();
    file
}

/// Texts that are no file about people, and must harm nothing.
fn hostile(table: &str) -> Vec<(&'static str, String)> {
    vec![
        ("inline", format!("{table} = {}1{}", "{ a = ".repeat(20_000), " }".repeat(20_000))),
        ("dotted", format!("{}a = 1{}", format!("{}a = {{ ", "a.".repeat(77)).repeat(99), " }".repeat(99))),
        ("long key", format!("{}a = 1", "a.".repeat(100_000))),
        ("header", format!("[{table}.{}a]\nx = 1", "a.".repeat(100_000))),
        ("lists", format!("[{table}.x]\nowner = {}1{}", "[".repeat(4000), "]".repeat(4000))),
        ("brackets", format!("{table} = {}", "[".repeat(200_000))),
        ("10 MB", "# x\n".repeat(2_500_000)),
        ("invisible", format!("[{table}.x]\nowner = \"a\u{202e}b\"")),
        ("hidden", format!("[{table}.x]\nowner = \"a\\u200bb\"\nclasses = [\"\\u001b[31m\"]")),
        ("not toml", format!("[{table}.x")),
        ("not text", format!("{table} = 1979-05-27T07:32:00Z")),
    ]
}
