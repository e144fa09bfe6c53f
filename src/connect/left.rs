//! Local indexes: whose each is, and those that a connection has left behind.

use std::fs;
use std::io::{self, ErrorKind};

use serde::{Deserialize, Serialize};

use super::cabinet::Cabinet;
use super::record::Record;
use crate::config::DataFolder;

/// How the names of indexes begin that are of no kept connection: other sources, and credentials that settings bring.
const OTHERS: [&str; 2] = ["source-", "given-"];
/// Name of the file that says whose an index is.
const NOTE: &str = "of.json";

/// An index, and the site and account it was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// Id of the connection.
    pub id: String,
    /// Base of the site's links.
    pub site: String,
    /// The account whose view of the site it holds.
    pub account_id: String,
}

impl Index {
    /// That of a connection.
    pub fn of(record: &Record) -> Self {
        let place = &record.place;
        Self { id: record.id.clone(), site: place.site.clone(), account_id: place.account_id.clone() }
    }

    /// Whether it holds just what this connection may see.
    pub fn fits(&self, site: &str, account_id: &str) -> bool {
        self.site == site && self.account_id == account_id
    }
}

/// Writes down whose an index is, before its connection goes. Whether there is one.
pub fn leave(data: &DataFolder, record: &Record) -> io::Result<bool> {
    let folder = data.index(&record.id);
    if !folder.is_dir() {
        return Ok(false);
    }
    fs::write(folder.join(NOTE), serde_json::to_vec(&Index::of(record))?)?;
    Ok(true)
}

/// The indexes whose connections are gone.
pub fn left(data: &DataFolder, cabinet: &Cabinet) -> io::Result<Vec<Index>> {
    let listed = cabinet.records().map_err(io::Error::other)?;
    let in_use = |id: &str| listed.iter().any(|(_, record)| record.as_ref().is_ok_and(|record| record.id == id));
    // Whose it is cannot be known of a connection whose file does not open.
    if listed.iter().any(|(_, record)| record.is_err()) {
        return Ok(Vec::new());
    }
    let folder = data.index("");
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let of = |entry: fs::DirEntry| {
        let of_nobody = |id: &str| id.contains('.') || OTHERS.iter().any(|others| id.starts_with(others));
        let id = entry.file_name().into_string().ok().filter(|id| !in_use(id) && !of_nobody(id))?;
        let noted = fs::read(entry.path().join(NOTE)).ok().and_then(|text| serde_json::from_slice::<Index>(&text).ok());
        let unknown = || Index { id: id.clone(), site: "a former site".into(), account_id: String::new() };
        Some(noted.filter(|index| index.id == id).unwrap_or_else(unknown))
    };
    let mut left: Vec<Index> = entries.flatten().filter_map(of).collect();
    left.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(left)
}

/// Deletes an index. Whether there was one.
pub fn wipe(data: &DataFolder, id: &str) -> io::Result<bool> {
    match fs::remove_dir_all(data.index(id)) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}
