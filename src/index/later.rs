//! A shard that is opened when somebody fills it first, so that nobody waits for it before.

use std::sync::Arc;

use super::shard::{Copies, CopiesError};
use super::{Document, Index, Shard, ShardName};

/// Copies of a shard that is opened with the first call.
pub struct Later {
    index: Index,
    name: ShardName,
}

impl Index {
    /// The copies of that shard, which is not opened yet.
    pub fn filling(&self, name: &ShardName) -> Later {
        Later { index: self.clone(), name: name.clone() }
    }
}

impl Later {
    fn shard(&self) -> Result<Arc<Shard>, CopiesError> {
        self.index.opened(&self.name)
    }
}

impl Copies for Later {
    fn put(&self, document: Document) -> Result<(), CopiesError> {
        self.shard()?.put(document)
    }

    fn remove(&self, id: &str) -> Result<(), CopiesError> {
        self.shard()?.remove(id)
    }

    fn commit(&self) -> Result<(), CopiesError> {
        self.shard()?.commit()
    }

    /// Publishing ends a run, so that what filling needs is given back.
    fn publish(&self) -> Result<(), CopiesError> {
        let shard = self.shard()?;
        shard.publish()?;
        shard.release()
    }

    fn publish_so_far(&self) -> Result<(), CopiesError> {
        self.shard()?.publish()
    }

    fn get(&self, id: &str) -> Result<Option<Document>, CopiesError> {
        self.shard()?.get(id)
    }

    fn by_account(&self, account_id: &str) -> Result<Vec<String>, CopiesError> {
        self.shard()?.by_account(account_id)
    }

    fn ids(&self, after: Option<&str>, limit: usize) -> Result<Vec<String>, CopiesError> {
        self.shard()?.ids(after, limit)
    }

    fn clear(&self) -> Result<(), CopiesError> {
        self.shard()?.clear()
    }

    fn damage(&self) -> Option<String> {
        self.index.damage(&self.name)
    }

    fn mend(&self) -> Result<(), CopiesError> {
        self.shard()?.mend()
    }
}
