//! A shard on disk or in memory: opened, read as it was committed, searched as it was published.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use tantivy::schema::Schema;
use tantivy::{Index, IndexReader, ReloadPolicy, Searcher};

use super::filling::Filling;
use super::home::{self, Home};
use super::{CopiesError, ShardName, rescue, whole};
use crate::index::error::Opened;
use crate::index::schema::Fields;
use crate::index::search::{Columns, Names};

/// One part of the index. It is filled through [`super::Copies`] and searched through the index that it belongs to.
pub struct Shard {
    pub(super) name: ShardName,
    pub(super) fields: Fields,
    pub(super) home: Option<Home>,
    pub(super) open: RwLock<Open>,
    pub(super) filling: Mutex<Option<Filling>>,
    opened: Mutex<Opened>,
}

/// What is open of a shard.
pub(super) struct Open {
    pub(super) index: Index,
    /// What was committed last.
    pub(super) reader: IndexReader,
    published: Arc<Published>,
    /// Whether something is committed that searches do not see yet.
    pub(super) unpublished: bool,
    damage: Option<String>,
}

/// What searches see.
pub(in crate::index) struct Published {
    pub(in crate::index) searcher: Searcher,
    /// The columns of each of its segments.
    pub(in crate::index) columns: Vec<Columns>,
    /// The keys of spaces and the labels that the columns count by.
    pub(in crate::index) names: Names,
}

impl Published {
    fn new(searcher: Searcher) -> Result<Self, CopiesError> {
        let (columns, names) = Columns::open_all(searcher.segment_readers())?;
        Ok(Self { searcher, columns, names })
    }
}

impl Open {
    pub(super) fn new(index: Index) -> Result<Self, CopiesError> {
        // Blocks can hold bodies of megabytes; what is read again soon is in the system's memory anyway.
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).doc_store_cache_num_blocks(2);
        let reader = reader.try_into()?;
        let published = Arc::new(Published::new(reader.searcher())?);
        Ok(Self { index, reader, published, unpublished: false, damage: None })
    }
}

impl Shard {
    /// An empty one in memory.
    pub(in crate::index) fn in_memory(name: ShardName) -> Result<Self, CopiesError> {
        let fields = Fields::new();
        let open = home::make_in_memory(fields.schema.clone()).and_then(Open::new)?;
        Ok(Self::of(name, fields, None, open, Opened::Fine))
    }

    /// Opens the one in that folder or makes one. What cannot be used as it is gets made anew from the copies that can
    /// still be read.
    pub(in crate::index) fn in_folder(name: ShardName, folder: std::path::PathBuf) -> Result<Self, CopiesError> {
        let fields = Fields::new();
        let home = Home(folder);
        let (open, opened) = Self::opened_home(&home, &fields.schema)?;
        Ok(Self::of(name, fields, Some(home), open, opened))
    }

    fn of(name: ShardName, fields: Fields, home: Option<Home>, open: Open, opened: Opened) -> Self {
        Self { name, fields, home, open: RwLock::new(open), filling: Mutex::new(None), opened: Mutex::new(opened) }
    }

    fn opened_home(home: &Home, schema: &Schema) -> Result<(Open, Opened), CopiesError> {
        home.tidy()?;
        if home.is_new()? {
            let open = Open::new(home::make(&home.0, schema.clone())?)?;
            return Ok((open, Opened::Fine));
        }
        let why = match home.other_format()? {
            Some(why) => why,
            None => match guarded(|| whole::open(&home.0, schema)) {
                Ok(open) => return Ok((open, Opened::Fine)),
                Err(CopiesError::Damaged(why)) => why,
                Err(error) => return Err(error),
            },
        };
        tracing::warn!(why, "the local index is made anew");
        let kept = rescue::into_new_folder(home, schema)?;
        home.exchange()?;
        let open = guarded(|| whole::open(&home.0, schema))?;
        Ok((open, Opened::MadeAnew { why, kept }))
    }

    /// Its name.
    pub fn name(&self) -> &ShardName {
        &self.name
    }

    /// How it was found when it was opened, or since it was made anew last. Whoever fills it starts a full sync where
    /// something may be missing.
    pub fn opened(&self) -> Opened {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What was seen to be wrong with it; [`Shard::rebuild`] makes it anew.
    pub(super) fn noted_damage(&self) -> Option<String> {
        self.open.read().unwrap_or_else(PoisonError::into_inner).damage.clone()
    }

    /// How many documents searches see.
    pub fn documents(&self) -> u64 {
        self.open.read().unwrap_or_else(PoisonError::into_inner).published.searcher.num_docs()
    }

    /// Reads every byte and compares it with its checksum. It takes as long as the disk needs for that.
    pub fn check(&self) -> Result<(), CopiesError> {
        let index = self.open.read().unwrap_or_else(PoisonError::into_inner).index.clone();
        self.noted(guarded(|| whole::check(&index)))
    }

    /// Makes it anew from the copies that can still be read, and says how many there are. Searches go on over the old
    /// one meanwhile; nothing is lost that was whole and committed.
    pub fn rebuild(&self) -> Result<u64, CopiesError> {
        let mut filling = self.filling();
        *filling = None;
        let why = self.noted_damage().unwrap_or_else(|| "it was asked for".to_owned());
        let (open, kept) = match &self.home {
            Some(home) => {
                let kept = rescue::into_new_folder(home, &self.fields.schema)?;
                home.exchange()?;
                (guarded(|| whole::open(&home.0, &self.fields.schema))?, kept)
            }
            None => (Open::new(home::make_in_memory(self.fields.schema.clone())?)?, 0),
        };
        *self.open.write().unwrap_or_else(PoisonError::into_inner) = open;
        *self.opened.lock().unwrap_or_else(PoisonError::into_inner) = Opened::MadeAnew { why, kept };
        Ok(kept)
    }

    /// Reads with this; what it cannot make sense of marks the shard damaged.
    pub(in crate::index) fn read<T>(
        &self,
        work: impl FnOnce(&Arc<Published>) -> Result<T, CopiesError>,
    ) -> Result<T, CopiesError> {
        let published = {
            let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(why) = &open.damage {
                return Err(CopiesError::Damaged(why.clone()));
            }
            Arc::clone(&open.published)
        };
        self.noted(guarded(|| work(&published)))
    }

    /// Ends whatever fills it, without a commit.
    pub(in crate::index) fn stop(&self) {
        *self.filling() = None;
    }

    /// Lets searches see what was committed.
    pub(super) fn show(&self) -> Result<(), CopiesError> {
        let searcher = self.open.read().unwrap_or_else(PoisonError::into_inner).reader.searcher();
        let published = Arc::new(guarded(|| Published::new(searcher))?);
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        open.published = published;
        open.unpublished = false;
        Ok(())
    }

    /// Remembers damage.
    pub(super) fn noted<T>(&self, result: Result<T, CopiesError>) -> Result<T, CopiesError> {
        if let Err(CopiesError::Damaged(why)) = &result {
            tracing::error!(shard = %self.name, why, "the local index is damaged");
            self.open.write().unwrap_or_else(PoisonError::into_inner).damage.get_or_insert_with(|| why.clone());
        }
        result
    }

    pub(super) fn filling(&self) -> MutexGuard<'_, Option<Filling>> {
        self.filling.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Does this; a panic in it counts as damage.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, CopiesError>) -> Result<T, CopiesError> {
    // The search library trusts its files: bytes that are not what it wrote can make it index out of bounds. Nothing of
    // ours is left half done by that, because reading changes nothing.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(CopiesError::Damaged("it cannot be read".to_owned())))
}
