//! Profiles as they were when a write was asked, kept by their text, so that no later profile makes an old request wider.

use crate::domain::digest::Digest;
use crate::policy::ask::Written;
use crate::policy::{Profile, file};
use crate::store::{Batch, Key, StoreError, Table};

use super::super::line::NoLonger;
use super::super::record::{Asked, ProfileThen};
use super::{Approvals, lock};

/// Texts by their fingerprint.
const TEXTS: Table = Table::new("profile-text");

impl Approvals {
    /// Keeps the texts of profiles, each once.
    pub async fn keep_profiles(&self, profiles: &[Written]) -> Result<Vec<ProfileThen>, StoreError> {
        let mut kept = Vec::with_capacity(profiles.len());
        for Written { from, text } in profiles {
            let digest = Digest::of([text.as_bytes()]);
            if !lock(&self.texts).contains(&digest) {
                let key = Key::new(TEXTS, digest.to_string());
                self.store().commit(Batch::new().put(key, text.as_bytes().to_vec()).soon()).await?;
                lock(&self.texts).insert(digest);
            }
            kept.push(ProfileThen { from: from.to_string(), text: digest });
        }
        Ok(kept)
    }

    /// The profile a write was asked under.
    pub(in crate::approval) async fn profile_then(
        &self,
        asked: &Asked,
        known_tools: &[&str],
    ) -> Result<Result<Profile, NoLonger>, StoreError> {
        let gone = || NoLonger::Unreadable("the one it had when it asked is not kept".into());
        let mut then: Option<Profile> = None;
        for ProfileThen { text, .. } in &asked.profiles {
            let Some(found) = self.store().get(&Key::new(TEXTS, text.to_string())).await? else {
                return Ok(Err(gone()));
            };
            let text = String::from_utf8_lossy(&found.value);
            let Ok(profile) = file::read(&text, "the profile as it was", known_tools) else { return Ok(Err(gone())) };
            then = Some(match then {
                Some(wider) => wider.narrowed_by(&profile),
                None => profile,
            });
        }
        Ok(then.ok_or_else(gone))
    }
}
