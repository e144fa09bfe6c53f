//! The same for files, of which no byte is read.

use std::collections::BTreeSet;

use crate::confluence::model::Attachment;
use crate::store::Batch;
use crate::sync::plan::above::print_of_file;
use crate::sync::plan::facts::{FileRow, PageRow, Verdict, judge_file};
use crate::sync::run::course::Course;
use crate::sync::shelf::{FILES, PAGES, of_number, of_page};
use crate::sync::sink::Change;
use crate::sync::status::Stop;

use super::Taken;
use super::draft::{Around, id_of_file, of_version};

/// The name of a file's row.
pub(in crate::sync) fn of_file(file: &Attachment) -> String {
    of_number(file.id.digits().parse().unwrap_or_default())
}

impl Course<'_> {
    /// Takes in files as a listing has them; those of pages that are not copied are not either.
    pub(in crate::sync) async fn take_files(&self, files: Vec<Attachment>) -> Result<Taken, Stop> {
        let (mut changes, mut batch, mut news) = (Vec::new(), Batch::new(), false);
        let accounts: BTreeSet<_> = files.iter().filter_map(|file| of_version(file.version.as_ref())).collect();
        let known = self.known(accounts).await?;
        let now = self.reader.clock.now();
        for file in files {
            let Some(container) = file.container() else { continue };
            let Some(page) = self.shelf.get::<PageRow>(PAGES, &of_page(container)).await? else { continue };
            let Some(space) = self.spaces.get(&page.space) else { continue };
            let above = self.tree.above(page.parent.as_ref(), self.shelf).await?;
            let name = of_file(&file);
            let old = self.shelf.get::<FileRow>(FILES, &name).await?;
            let row = FileRow {
                version: file.version.as_ref().map_or(1, |version| version.number.0),
                container: container.clone(),
                title: file.title.clone(),
                print: print_of_file(&file.title, &page, &above, space),
                gap: of_version(file.version.as_ref()).is_some_and(|account| !known.has(&account)),
            };
            news |= old.as_ref().is_none_or(|old| old.version != row.version);
            let around = Around { row: &page, above: &above, space, known: &known, site: self.site, now };
            if judge_file(old.as_ref(), &file) == Verdict::Read {
                changes.push(Change::Put(Box::new(around.file(container.as_str(), &file))));
            } else if old.as_ref().is_some_and(|old| old.print != row.print) {
                let patch = around.patch_of_file(&id_of_file(&file), &file.title, container.as_str());
                changes.push(Change::Patch(Box::new(patch)));
            }
            if old.as_ref() != Some(&row) {
                batch = self.shelf.put(batch, FILES, &name, &row);
            }
        }
        Ok(Taken { changes, batch, loose: false, news })
    }
}
