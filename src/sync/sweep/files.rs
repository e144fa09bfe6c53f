//! Files that are gone, and files whose pages are.

use std::collections::HashSet;

use crate::confluence::Failure;
use crate::confluence::api::attachments::get_attachment;
use crate::confluence::model::Attachment;
use crate::domain::ids::AttachmentId;
use crate::store::Batch;
use crate::sync::plan::facts::{FileRow, PageRow, SiteRow};
use crate::sync::plan::guard::may_remove;
use crate::sync::plan::legs::{Leg, Subject};
use crate::sync::reader::ends_the_run;
use crate::sync::run::course::Course;
use crate::sync::shelf::{FILES, PAGES, TOGETHER, of_page};
use crate::sync::sink::Change;
use crate::sync::status::Stop;

/// How many files are looked up one by one in a run: there is no list of files by their ids.
const SINGLY: usize = 250;

impl Course<'_> {
    /// Removes files whose pages are not copied any more.
    pub(in crate::sync) async fn remove_orphans(&self) -> Result<(), Stop> {
        let mut after: Option<String> = None;
        loop {
            let rows = self.shelf.next::<FileRow>(FILES, after.as_deref()).await?;
            let Some((last, _)) = rows.last() else { return Ok(()) };
            after = Some(last.clone());
            let mut orphans = Vec::new();
            for (name, row) in rows {
                let Some(row) = row else { continue };
                if self.shelf.get::<PageRow>(PAGES, &of_page(&row.container)).await?.is_none() {
                    orphans.push(name);
                }
            }
            self.remove_files(&orphans).await?;
        }
    }

    /// Removes files that the complete listing of this run lacks. Many at once wait for the next sweep.
    pub(in crate::sync) async fn remove_gone_files(&self, legs: &[Leg], site: &mut SiteRow) -> Result<(), Stop> {
        let Some(leg) = legs.iter().find(|leg| leg.subject == Subject::Files && leg.is_complete()) else {
            return Ok(());
        };
        let seen: HashSet<u64> = self.shelf.seen(leg).await?.into_iter().collect();
        let (mut missing, mut count) = (Vec::new(), 0_u64);
        let mut after: Option<String> = None;
        loop {
            let rows = self.shelf.next::<FileRow>(FILES, after.as_deref()).await?;
            let Some((last, _)) = rows.last() else { break };
            after = Some(last.clone());
            count += rows.len() as u64;
            let unseen = |name: &String| !seen.contains(&name.parse().unwrap_or_default());
            missing.extend(rows.into_iter().map(|(name, _)| name).filter(unseen));
        }
        let mut gone = Vec::new();
        for name in missing.iter().take(SINGLY) {
            if self.is_gone(name).await? {
                gone.push(name.clone());
            }
        }
        let number = gone.len() as u64;
        if may_remove(number, count, site.files_held, self.kind) {
            self.remove_files(&gone).await?;
            site.files_held = None;
        } else {
            let held = format!(
                "{number} of {count} files seem gone; they stay until the next sweep, or a full sync, finds the same"
            );
            self.reader.trouble(None, held);
            site.files_held = Some(number);
        }
        Ok(())
    }

    async fn is_gone(&self, name: &str) -> Result<bool, Stop> {
        let Ok(id) = id_of_copy(name).parse::<AttachmentId>() else { return Ok(true) };
        match self.read::<Attachment>(&get_attachment(&id)).await {
            Ok((file, _)) => Ok(!matches!(file.status.as_str(), "" | "current")),
            Err(Stop::Confluence(Failure::NotFound(_))) => Ok(true),
            Err(stop) if ends_the_run(&stop) => Err(stop),
            Err(_) => Ok(false),
        }
    }

    async fn remove_files(&self, names: &[String]) -> Result<(), Stop> {
        for some in names.chunks(TOGETHER) {
            let batch = some.iter().fold(Batch::new(), |batch, name| self.shelf.remove(batch, FILES, name));
            let changes = some.iter().map(|name| Change::Remove(id_of_copy(name))).collect();
            self.counter.put(changes, batch).await?;
        }
        Ok(())
    }
}

/// The id of the copy behind a row's name.
pub(super) fn id_of_copy(name: &str) -> String {
    format!("att{}", name.trim_start_matches('0'))
}
