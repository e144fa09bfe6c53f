//! The sources that were added: kept one file each, opened when they are needed, forgotten when they are removed.

use std::path::PathBuf;
use std::sync::Arc;

use secrecy::SecretString;

use super::asking::Way;
use super::error::SourceError;
use super::folder::Folder;
use super::hudu::Hudu;
use super::it_glue::{self, ItGlue};
use super::record::{SourceKind, SourceName, SourceRecord};
use super::sealed::SealedSource;
use super::source::Source;
use crate::clock::Clock;
use crate::config::{DataFolder, WayOut};
use crate::connect::cabinet::Filed as _;
use crate::connect::establish::new_id;
use crate::connect::{Cabinet, CabinetError};
use crate::keys::{DataKey, KeepingError, KeyProvider, WrappedKey};

/// The sources of a data directory.
#[derive(Clone)]
pub struct Sources {
    cabinet: Cabinet<SealedSource>,
    keys: Arc<dyn KeyProvider>,
    way: Way,
}

/// A source that was added, and what is wrong with it where it cannot be used.
pub struct Configured {
    /// Its name.
    pub name: SourceName,
    /// It.
    pub source: Result<Arc<dyn Source>, SourcesError>,
}

/// Sources cannot be kept or opened.
#[derive(Debug, thiserror::Error)]
pub enum SourcesError {
    /// Their files.
    #[error(transparent)]
    Cabinet(#[from] CabinetError),
    /// The data key, before there is a file.
    #[error("the source `{name}` cannot be sealed: {source}")]
    Keys {
        /// Which.
        name: SourceName,
        /// Why.
        source: KeepingError,
    },
    /// The data key or the secret, where there is a file.
    #[error("the source's file `{}` cannot be opened: {source}", path.display())]
    Closed {
        /// Which.
        path: PathBuf,
        /// Why.
        source: KeepingError,
    },
    /// There is none of that name.
    #[error("there is no source `{0}`; `sluice sources list` shows those there are")]
    Missing(SourceName),
    /// There is one of that name.
    #[error("there is a source `{0}` already; `sluice sources remove {0}` forgets it")]
    Taken(SourceName),
    /// What it is made of is of no use, or it does not answer as it should.
    #[error("the source `{name}` cannot be used: {source}")]
    Source {
        /// Which.
        name: SourceName,
        /// Why.
        source: SourceError,
    },
}

impl Sources {
    /// Those of a data directory; it need not be there.
    pub fn of(data: &DataFolder, keys: Arc<dyn KeyProvider>, out: WayOut, clock: Arc<dyn Clock>) -> Self {
        Self { cabinet: Self::cabinet(data), keys, way: Way { out, clock } }
    }

    /// Their files alone.
    pub fn cabinet(data: &DataFolder) -> Cabinet<SealedSource> {
        Cabinet::at(data.sources())
    }

    /// The name of every source, sorted.
    pub fn names(&self) -> Result<Vec<SourceName>, CabinetError> {
        Ok(self.cabinet.names()?.iter().filter_map(SourceName::of_file).collect())
    }

    /// What may be seen of a source.
    pub fn record(&self, name: &SourceName) -> Result<SourceRecord, SourcesError> {
        Ok(self.file(name)?.source)
    }

    /// The wrapped data keys of all sources whose files can be read.
    pub fn wrapped_keys(&self) -> Result<Vec<WrappedKey>, CabinetError> {
        self.cabinet.wrapped_keys()
    }

    /// Opens every source; nobody outside is asked but whoever keeps keys.
    pub async fn open(&self) -> Result<Vec<Configured>, CabinetError> {
        let mut opened = Vec::new();
        for name in self.names()? {
            let source = self.open_one(&name).await;
            opened.push(Configured { name, source });
        }
        Ok(opened)
    }

    /// Opens one source.
    pub async fn open_one(&self, name: &SourceName) -> Result<Arc<dyn Source>, SourcesError> {
        let sealed = self.file(name)?;
        let key = match sealed.wrapped_key() {
            None => None,
            Some(wrapped) => {
                let closed = |source| SourcesError::Closed { path: self.cabinet.path(name.file()), source };
                let data_key = self.keys.unwrap(wrapped, &sealed.source.id).await.map_err(closed)?;
                Some(sealed.api_key(&data_key).map_err(closed)?)
            }
        };
        self.make(sealed.source, key.as_ref())
    }

    /// What is known of a source that is to be added, with an id of its own. For IT Glue the place may be left out.
    pub fn new_record(
        &self,
        name: SourceName,
        kind: SourceKind,
        place: Option<String>,
        links: Option<String>,
    ) -> Result<SourceRecord, SourcesError> {
        let place = match (place, kind) {
            (Some(place), _) => place,
            (None, SourceKind::ItGlue) => it_glue::USUAL.to_owned(),
            (None, SourceKind::Hudu | SourceKind::Folder) => String::new(),
        };
        let id = new_id().map_err(|source| SourcesError::Keys { name: name.clone(), source })?;
        Ok(SourceRecord { id, name, kind, place, links, added_at: self.way.clock.now() })
    }

    /// A source that is not kept yet, to look at it first.
    pub fn make(&self, record: SourceRecord, key: Option<&SecretString>) -> Result<Arc<dyn Source>, SourcesError> {
        let name = record.name.clone();
        let keyless = SecretString::default();
        let key = key.unwrap_or(&keyless);
        let made = match record.kind {
            SourceKind::ItGlue => ItGlue::new(record, key, &self.way).map(|made| Arc::new(made) as Arc<dyn Source>),
            SourceKind::Hudu => Hudu::new(record, key, &self.way).map(|made| Arc::new(made) as Arc<dyn Source>),
            SourceKind::Folder => Folder::new(record).map(|made| Arc::new(made) as Arc<dyn Source>),
        };
        made.map_err(|source| SourcesError::Source { name, source })
    }

    /// Keeps a source, its key sealed under a data key of its own.
    pub async fn add(&self, record: SourceRecord, key: Option<&SecretString>) -> Result<(), SourcesError> {
        let name = record.name.clone();
        let _lock = self.cabinet.lock(name.file(), &*self.way.clock).await?;
        // A file that cannot be read is a source all the same.
        if self.cabinet.stamp(name.file()).is_some() {
            return Err(SourcesError::Taken(name));
        }
        let sealed = match key {
            None => SealedSource::open(record),
            Some(key) => {
                let failed = |source| SourcesError::Keys { name: name.clone(), source };
                let data_key = DataKey::generate().map_err(failed)?;
                let wrapped = self.keys.wrap(&data_key, &record.id).await.map_err(failed)?;
                SealedSource::close(record, key, &data_key, wrapped).map_err(failed)?
            }
        };
        self.cabinet.reserve(name.file())?.put(&sealed)?;
        Ok(())
    }

    /// Forgets a source and its key.
    pub async fn remove(&self, name: &SourceName) -> Result<(), SourcesError> {
        if self.cabinet.stamp(name.file()).is_none() {
            return Err(SourcesError::Missing(name.clone()));
        }
        let lock = self.cabinet.lock(name.file(), &*self.way.clock).await?;
        Ok(self.cabinet.remove(name.file(), lock)?)
    }

    /// Wraps every source's data key anew with the present wrapping key. The number of those that have one.
    pub async fn rewrap(&self) -> Result<usize, SourcesError> {
        let mut count = 0;
        for name in self.names()? {
            let _lock = self.cabinet.lock(name.file(), &*self.way.clock).await?;
            let sealed = self.file(&name)?;
            let Some(wrapped) = sealed.wrapped_key() else { continue };
            let closed = |source| SourcesError::Closed { path: self.cabinet.path(name.file()), source };
            let id = &sealed.source.id;
            let data_key = self.keys.unwrap(wrapped, id).await.map_err(closed)?;
            // Nothing is written that would not open.
            sealed.api_key(&data_key).map_err(closed)?;
            let wrapped = self.keys.wrap(&data_key, id).await.map_err(closed)?;
            self.cabinet.reserve(name.file())?.put(&sealed.wrapped_anew(wrapped))?;
            count += 1;
        }
        Ok(count)
    }

    fn file(&self, name: &SourceName) -> Result<SealedSource, SourcesError> {
        self.cabinet.read(name.file())?.ok_or_else(|| SourcesError::Missing(name.clone()))
    }
}
