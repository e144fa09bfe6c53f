//! Serves a folder of storage-format files as the pages of a space, so that real documents can be tried on the simulated site.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::model::{Content, ContentKind, ContentStatus, Id, Site, Space, SpaceKind, SpaceStatus, Version};
use super::seed::ADMIN;

/// Larger files are left out, in bytes; Confluence takes no larger page either.
const LARGEST: u64 = 5_242_880;
/// Longest title Confluence keeps, in characters.
const LONGEST_TITLE: usize = 255;
/// 2026-06-01: imported pages were all made then, so that an import always gives the same site.
const IMPORTED: i64 = 1_780_272_000;

/// Makes every `*.xml` file of `folder` a page of a new space `IMPORT`, below its homepage, in order of file names; says how many.
///
/// The body is the file, byte for byte as far as it is UTF-8; the title is the file's stem. Links, folders, and files over 5 MiB
/// are left out. Should the key be taken, a number is added to it. Without a single file no space is made.
pub fn folder(site: &mut Site, folder: &Path) -> io::Result<usize> {
    let files = documents(folder)?;
    if files.is_empty() {
        return Ok(0);
    }
    let space = next(site);
    let home = page(site, space, None, "Imported Home".to_owned(), "<p>Imported documents.</p>".to_owned());
    let key = free_key(site);
    site.spaces.insert(space, imported(space, key, home));
    let mut titles = BTreeSet::from(["imported home".to_owned()]);
    let mut count = 0;
    for path in files {
        let mut bytes = Vec::new();
        File::open(&path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
        if u64::try_from(bytes.len()).is_ok_and(|length| length <= LARGEST) {
            let title = title(&path, &mut titles);
            page(site, space, Some(home), title, String::from_utf8_lossy(&bytes).into_owned());
            count += 1;
        }
    }
    Ok(count)
}

fn documents(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        // The type of the entry itself: a link is not followed.
        if entry.file_type()?.is_file()
            && path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xml"))
            && entry.metadata()?.len() <= LARGEST
        {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn title(path: &Path, taken: &mut BTreeSet<String>) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let words: String = stem.chars().filter(|character| !character.is_control()).collect();
    let base = if words.trim().is_empty() { "Untitled" } else { words.trim() };
    let mut title: String = base.chars().take(LONGEST_TITLE).collect();
    let mut number = 1;
    while !taken.insert(title.to_lowercase()) {
        number += 1;
        let suffix = format!(" ({number})");
        title = base.chars().take(LONGEST_TITLE - suffix.len()).collect::<String>() + &suffix;
    }
    title
}

fn free_key(site: &Site) -> String {
    let taken = |key: &str| site.spaces.values().any(|space| space.key.eq_ignore_ascii_case(key));
    let mut key = "IMPORT".to_owned();
    let mut number = 1;
    while taken(&key) {
        number += 1;
        key = format!("IMPORT{number}");
    }
    key
}

fn next(site: &mut Site) -> Id {
    let id = site.next_id;
    site.next_id += 1;
    id
}

fn moment() -> Timestamp {
    Timestamp::from_second(IMPORTED).unwrap_or_default()
}

fn imported(id: Id, key: String, home: Id) -> Space {
    Space {
        id,
        key,
        name: "Imported".to_owned(),
        kind: SpaceKind::Global,
        status: SpaceStatus::Current,
        description: "Documents imported from a folder.".to_owned(),
        author: ADMIN.to_owned(),
        created: moment(),
        homepage: Some(home),
        viewers: None,
        editors: None,
        labels: Vec::new(),
    }
}

fn page(site: &mut Site, space: Id, parent: Option<Id>, title: String, body: String) -> Id {
    let id = next(site);
    let version = Version {
        number: 1,
        title,
        body,
        author: ADMIN.to_owned(),
        created: moment(),
        message: String::new(),
        minor_edit: false,
    };
    let content = Content {
        id,
        kind: ContentKind::Page,
        space,
        parent,
        position: i64::try_from(site.contents.len()).unwrap_or_default(),
        status: ContentStatus::Current,
        author: ADMIN.to_owned(),
        owner: ADMIN.to_owned(),
        created: moment(),
        versions: vec![version],
        labels: Vec::new(),
        readers: None,
        writers: None,
    };
    site.contents.insert(id, content);
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    fn temporary(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("sluice-import-{name}-{}", std::process::id()));
        drop(fs::remove_dir_all(&path));
        fs::create_dir_all(&path).unwrap();
        path
    }

    fn titles(site: &Site) -> Vec<&str> {
        site.contents.values().map(|content| content.versions[0].title.as_str()).collect()
    }

    #[test]
    fn every_xml_file_becomes_a_page_below_the_homepage() {
        let path = temporary("pages");
        fs::write(path.join("b.xml"), "<p>b</p>").unwrap();
        fs::write(path.join("B.XML"), "<p>B</p>").unwrap();
        fs::write(path.join("a.xml"), b"<p>\xff</p>").unwrap();
        fs::write(path.join("note.txt"), "no").unwrap();
        fs::write(path.join("big.xml"), vec![b' '; 5_242_881]).unwrap();
        fs::create_dir(path.join("folder.xml")).unwrap();
        let mut site = Site { next_id: 10, ..Site::default() };
        assert_eq!(folder(&mut site, &path).unwrap(), 3);
        assert_eq!(titles(&site), ["Imported Home", "B", "a", "b (2)"]);
        let space = site.spaces.values().next().unwrap();
        assert_eq!((space.key.as_str(), space.homepage), ("IMPORT", Some(11)));
        assert_eq!(site.contents[&13].versions[0].body, "<p>\u{fffd}</p>");
        assert_eq!(site.contents[&13].parent, Some(11));
        assert_eq!(folder(&mut site, &path).unwrap(), 3);
        assert!(site.spaces.values().any(|space| space.key == "IMPORT2"));
        fs::remove_dir_all(&path).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let path = temporary("links");
        fs::write(path.join("secret"), "<p>secret</p>").unwrap();
        std::os::unix::fs::symlink(path.join("secret"), path.join("link.xml")).unwrap();
        let mut site = Site::default();
        assert_eq!(folder(&mut site, &path).unwrap(), 0);
        assert!(site.spaces.is_empty());
        fs::remove_dir_all(&path).unwrap();
    }

    #[test]
    fn a_missing_folder_is_an_error() {
        assert!(folder(&mut Site::default(), Path::new("/no/such/folder")).is_err());
    }
}
