//! The one folder that uploads may come from and downloads may go to.

use std::io::{self, Read};
use std::path::Path;

use cap_std::ambient_authority;
use cap_std::fs::{Dir, File, Metadata, OpenOptions};

use crate::domain::text::quoted;

use super::naming::{FileName, FilePath};

/// A folder opened once; every name is resolved beneath it.
#[derive(Debug)]
pub struct Folder {
    root: Dir,
}

/// Why a file cannot be read from the folder or written to it.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Nothing there, or something that is not a file with one name: a link, a folder, a device.
    #[error("there is no plain file {0} in the configured folder")]
    NoPlainFile(String),
    /// Larger than allowed.
    #[error("the file is larger than {0} bytes")]
    TooBig(usize),
    /// A file of that name is there; it is not overwritten.
    #[error("the configured folder has something named {0} already")]
    Exists(String),
    /// The system said no.
    #[error("the configured folder cannot be used: {0}")]
    System(io::ErrorKind),
}

impl From<io::Error> for FolderError {
    fn from(error: io::Error) -> Self {
        tracing::debug!(%error, "the configured folder");
        Self::System(error.kind())
    }
}

impl Folder {
    /// Opens the folder an operator configured.
    pub fn open(path: &Path) -> io::Result<Self> {
        Dir::open_ambient_dir(path, ambient_authority()).map(|root| Self { root })
    }

    /// The bytes of a file of at most `cap` bytes. No link is followed, and a file with a second name elsewhere is
    /// not read: it may belong to a place outside.
    pub fn read(&self, path: &FilePath, cap: usize) -> Result<Vec<u8>, FolderError> {
        let missing = || FolderError::NoPlainFile(quoted(path.as_str(), 120));
        let file = self.plain_file(path).map_err(|error| {
            tracing::debug!(%error, "a file that cannot be opened");
            missing()
        })?;
        let file = file.ok_or_else(missing)?;
        if usize::try_from(file.metadata()?.len()).map_or(true, |length| length > cap) {
            return Err(FolderError::TooBig(cap));
        }
        let mut bytes = Vec::new();
        // It may grow while it is read.
        file.take(u64::try_from(cap).unwrap_or(u64::MAX).saturating_add(1)).read_to_end(&mut bytes)?;
        if bytes.len() > cap { Err(FolderError::TooBig(cap)) } else { Ok(bytes) }
    }

    fn plain_file(&self, path: &FilePath) -> io::Result<Option<File>> {
        let mut folder = self.root.try_clone()?;
        let mut components = path.components().peekable();
        while let Some(component) = components.next() {
            let listed = folder.symlink_metadata(component)?;
            if components.peek().is_none() {
                if !listed.is_file() {
                    return Ok(None);
                }
                let file = folder.open(component)?;
                let opened = file.metadata()?;
                return Ok(is_the_only_name(&listed, &opened).then_some(file));
            }
            if !listed.is_dir() {
                return Ok(None);
            }
            folder = folder.open_dir(component)?;
        }
        Ok(None)
    }

    /// Whether nothing has that name yet.
    pub fn is_vacant(&self, name: &FileName) -> Result<(), FolderError> {
        match self.root.symlink_metadata(name.as_str()) {
            Ok(_) => Err(exists(name)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Begins a new file that only its owner can read; whatever has that name stays as it is.
    pub fn create<'a>(&'a self, name: &'a FileName) -> Result<NewFile<'a>, FolderError> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        private(&mut options);
        let file = self.root.open_with(name.as_str(), &options).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => exists(name),
            _ => error.into(),
        })?;
        Ok(NewFile { folder: self, name, file: tokio::fs::File::from_std(file.into_std()), is_whole: false })
    }
}

/// A new file under way. Unless it is finished it is removed again, since half a file would look like a whole one.
#[must_use = "a file that is not finished is removed"]
pub struct NewFile<'a> {
    folder: &'a Folder,
    name: &'a FileName,
    file: tokio::fs::File,
    is_whole: bool,
}

impl NewFile<'_> {
    /// Where its bytes go.
    pub fn writer(&mut self) -> &mut tokio::fs::File {
        &mut self.file
    }

    /// Keeps it, once all of it has reached the disk.
    pub async fn finish(mut self) -> Result<(), FolderError> {
        self.file.sync_all().await?;
        self.is_whole = true;
        Ok(())
    }
}

impl Drop for NewFile<'_> {
    fn drop(&mut self) {
        if self.is_whole {
            return;
        }
        if let Err(error) = self.folder.root.remove_file(self.name.as_str()) {
            tracing::warn!(%error, "a file that was written in part could not be removed");
        }
    }
}

fn exists(name: &FileName) -> FolderError {
    FolderError::Exists(quoted(name.as_str(), 120))
}

/// Whether what was opened is the plain file that was looked at, and has no other name.
#[cfg(unix)]
fn is_the_only_name(listed: &Metadata, opened: &Metadata) -> bool {
    use cap_std::fs::MetadataExt;
    let same = (listed.dev(), listed.ino()) == (opened.dev(), opened.ino());
    same && opened.is_file() && opened.nlink() == 1
}

/// Whether what was opened is a plain file; this system does not tell how many names it has.
#[cfg(not(unix))]
fn is_the_only_name(listed: &Metadata, opened: &Metadata) -> bool {
    listed.is_file() && opened.is_file()
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) {
    use cap_std::fs::OpenOptionsExt;
    options.mode(0o600);
}

#[cfg(not(unix))]
fn private(_: &mut OpenOptions) {}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::path::PathBuf;

    use tokio::io::AsyncWriteExt as _;

    use super::*;

    /// A fresh folder with an inner one to open and a secret beside it.
    struct Place(PathBuf);

    impl Place {
        fn new(name: &str) -> (Self, Folder) {
            let place = std::env::temp_dir().join(format!("sluice-folder-{}-{name}", std::process::id()));
            let _ = fs::remove_dir_all(&place);
            fs::create_dir_all(place.join("open/inner")).unwrap();
            fs::write(place.join("secret.txt"), "secret").unwrap();
            fs::write(place.join("open/a.txt"), "hello").unwrap();
            fs::write(place.join("open/inner/b.txt"), "inner").unwrap();
            let folder = Folder::open(&place.join("open")).unwrap();
            (Self(place), folder)
        }
    }

    impl Drop for Place {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn path(text: &str) -> FilePath {
        serde_json::from_value(text.into()).unwrap()
    }

    #[test]
    fn plain_files_beneath_the_folder_are_read_up_to_the_cap() {
        let (_place, folder) = Place::new("read");
        assert_eq!(folder.read(&path("a.txt"), 5).unwrap(), b"hello");
        assert_eq!(folder.read(&path("inner/b.txt"), 10).unwrap(), b"inner");
        assert!(matches!(folder.read(&path("a.txt"), 4), Err(FolderError::TooBig(4))));
        assert!(matches!(folder.read(&path("nothing"), 4), Err(FolderError::NoPlainFile(_))));
        assert!(matches!(folder.read(&path("inner"), 4), Err(FolderError::NoPlainFile(_))));
        assert!(matches!(folder.read(&path("a.txt/b"), 4), Err(FolderError::NoPlainFile(_))));
    }

    #[test]
    fn no_link_leads_anywhere() {
        let (place, folder) = Place::new("links");
        let open = place.0.join("open");
        symlink("../secret.txt", open.join("soft.txt")).unwrap();
        symlink("a.txt", open.join("within.txt")).unwrap();
        symlink("..", open.join("up")).unwrap();
        symlink("inner", open.join("sideways")).unwrap();
        fs::hard_link(place.0.join("secret.txt"), open.join("hard.txt")).unwrap();
        for bad in ["soft.txt", "within.txt", "up/secret.txt", "sideways/b.txt", "hard.txt"] {
            assert!(matches!(folder.read(&path(bad), 100), Err(FolderError::NoPlainFile(_))), "{bad}");
        }
    }

    async fn write(folder: &Folder, name: &str, bytes: &[u8]) -> Result<(), FolderError> {
        let name = FileName::cleaned(name);
        let mut file = folder.create(&name)?;
        file.writer().write_all(bytes).await?;
        file.finish().await
    }

    #[tokio::test]
    async fn a_file_that_is_not_finished_is_removed() {
        let (place, folder) = Place::new("torso");
        let name = FileName::cleaned("torso.bin");
        let mut file = folder.create(&name).unwrap();
        file.writer().write_all(b"half").await.unwrap();
        assert!(place.0.join("open/torso.bin").exists());
        drop(file);
        assert!(!place.0.join("open/torso.bin").exists());
    }

    #[tokio::test]
    async fn a_download_is_private_and_overwrites_nothing() {
        let (place, folder) = Place::new("write");
        let open = place.0.join("open");
        write(&folder, "new.bin", b"bytes").await.unwrap();
        assert_eq!(fs::read(open.join("new.bin")).unwrap(), b"bytes");
        assert_eq!(fs::metadata(open.join("new.bin")).unwrap().permissions().mode() & 0o777, 0o600);
        symlink("../secret.txt", open.join("soft.txt")).unwrap();
        symlink("../fresh.txt", open.join("dangling.txt")).unwrap();
        for taken in ["new.bin", "a.txt", "inner", "soft.txt", "dangling.txt"] {
            let name = FileName::cleaned(taken);
            assert!(matches!(folder.is_vacant(&name), Err(FolderError::Exists(_))), "{taken}");
            assert!(matches!(write(&folder, taken, b"x").await, Err(FolderError::Exists(_))), "{taken}");
        }
        assert_eq!(fs::read_to_string(place.0.join("secret.txt")).unwrap(), "secret");
        assert!(!place.0.join("fresh.txt").exists());
        assert!(folder.is_vacant(&FileName::cleaned("free.txt")).is_ok());
    }
}
