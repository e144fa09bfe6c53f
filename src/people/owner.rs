//! Whose agent it is: the person who answers for it, by the name the configuration or the system gives.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::config::Settings;
use crate::domain::text::{is_invisible, quoted};

/// Longest name, in characters.
const LONGEST: usize = 100;

/// The person an agent belongs to. A person who approves under `four-eyes` is another.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Owner(String);

impl Owner {
    /// An owner by name: one visible line; says what is wrong with any other.
    pub fn read(name: &str) -> Result<Self, String> {
        let hidden = name.contains(|sign: char| sign.is_control() || is_invisible(sign));
        if name.trim() != name || name.is_empty() || hidden || name.chars().nth(LONGEST).is_some() {
            return Err(format!("{} is no owner; use 1 to {LONGEST} visible signs", quoted(name, 60)));
        }
        Ok(Self(name.to_owned()))
    }

    /// The user of the system that this process runs as. The system's own word counts before the environment's, which
    /// anyone can set.
    pub fn of_system(settings: &Settings) -> Self {
        let names = [system_name(), settings.user.clone()];
        let read = names.into_iter().flatten().find_map(|name| Self::read(&name).ok());
        read.unwrap_or_else(|| Self(nameless()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(unix)]
fn system_name() -> Option<String> {
    use std::io::Read as _;
    /// Longest list of users that is searched, in bytes.
    const LONGEST_LIST: u64 = 1024 * 1024;
    let mut users = String::new();
    std::fs::File::open("/etc/passwd").ok()?.take(LONGEST_LIST).read_to_string(&mut users).ok()?;
    name_of(rustix::process::getuid().as_raw(), &users)
}

#[cfg(unix)]
fn nameless() -> String {
    format!("uid-{}", rustix::process::getuid().as_raw())
}

#[cfg(not(unix))]
const fn system_name() -> Option<String> {
    None
}

#[cfg(not(unix))]
fn nameless() -> String {
    "unknown".to_owned()
}

/// The name of a user by number, from lines `name:password:number:…`.
#[cfg(unix)]
fn name_of(user: u32, users: &str) -> Option<String> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(user)).then(|| name.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_is_one_visible_line() {
        assert_eq!(Owner::read("Maria Müller").unwrap().as_str(), "Maria Müller");
        for bad in ["", " maria", "ma\nria", "mar\u{202e}ia", &"m".repeat(101)] {
            assert!(Owner::read(bad).is_err(), "{bad:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_user_is_found_by_number_and_nobody_else_by_a_like_one() {
        let users = "root:x:0:0:root:/root:/bin/sh\nbroken\nmaria:x:1000:100::/home/maria:/bin/sh\n";
        assert_eq!(name_of(1000, users).as_deref(), Some("maria"));
        assert_eq!(name_of(100, users), None);
    }
}
