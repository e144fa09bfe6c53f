//! Tells whether files have changed since somebody last looked, cheaply enough to ask twice a second.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// How long after its last change a file's time says little: some file systems count it in whole seconds or two.
const COARSE: Duration = Duration::from_secs(2);

/// Files and how they stood at the last look.
#[derive(Debug, Default)]
pub struct Files {
    stamps: BTreeMap<PathBuf, Option<Stamp>>,
}

/// What tells one state of a file from another without reading it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stamp {
    length: u64,
    changed: Option<SystemTime>,
    node: u64,
}

impl Files {
    /// Looks at these files, whatever was looked at before.
    pub fn watch(&mut self, files: impl IntoIterator<Item = PathBuf>) {
        self.stamps = files.into_iter().map(|path| (path.clone(), stamp(&path))).collect();
    }

    /// Whether any of them may be another than at the last look. A file that changed a moment ago may have changed
    /// again.
    pub fn changed(&mut self, now: SystemTime) -> bool {
        let mut changed = false;
        for (path, known) in &mut self.stamps {
            let found = stamp(path);
            let recent = found.as_ref().and_then(|stamp| stamp.changed).is_some_and(|at| {
                // A time to come is as good as now: the clocks of a network's disks differ.
                now.duration_since(at).map_or(true, |age| age < COARSE)
            });
            changed |= recent || found != *known;
            *known = found;
        }
        changed
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let about = std::fs::metadata(path).ok()?;
    Some(Stamp { length: about.len(), changed: about.modified().ok(), node: node(&about) })
}

#[cfg(unix)]
fn node(about: &std::fs::Metadata) -> u64 {
    use std::os::unix::fs::MetadataExt as _;
    about.ino()
}

#[cfg(not(unix))]
fn node(_: &std::fs::Metadata) -> u64 {
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_changed_when_it_is_new_gone_longer_or_another_one() {
        let folder = std::env::temp_dir().join(format!("sluice-files-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (path, other) = (folder.join("one"), folder.join("other"));
        let later = SystemTime::UNIX_EPOCH + Duration::from_secs(u32::MAX.into());
        let mut files = Files::default();
        files.watch([path.clone()]);
        assert!(!files.changed(later));
        std::fs::write(&path, "a").unwrap();
        assert!(files.changed(later) && !files.changed(later));
        std::fs::write(&path, "ab").unwrap();
        assert!(files.changed(later) && !files.changed(later));
        std::fs::write(&other, "ac").unwrap();
        std::fs::rename(&other, &path).unwrap();
        assert!(files.changed(later) && !files.changed(later));
        std::fs::remove_file(&path).unwrap();
        assert!(files.changed(later) && !files.changed(later));
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_file_that_changed_a_moment_ago_is_looked_at_again() {
        let path = std::env::temp_dir().join(format!("sluice-recent-{}", std::process::id()));
        std::fs::write(&path, "a").unwrap();
        let mut files = Files::default();
        files.watch([path.clone()]);
        let written = std::fs::metadata(&path).unwrap().modified().unwrap();
        assert!(files.changed(written) && files.changed(written + COARSE / 2));
        assert!(!files.changed(written + COARSE * 2));
        std::fs::remove_file(&path).unwrap();
    }
}
