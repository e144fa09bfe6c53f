//! What the label tools share: the page or file that carries labels, with those it has.

use crate::confluence::api::labels::{Labelled, labels_of_attachment};
use crate::confluence::api::{MOST_PER_LIST, Paging, pages};
use crate::confluence::model::{Label, List, Page};
use crate::domain::group::Group;
use crate::domain::ids::{AttachmentId, ContentId};
use crate::domain::place::Place;
use crate::domain::text::quoted;
use crate::tools::{Reads, ToolError};

/// A page or file with its labels.
pub(in crate::tools) struct Carrier {
    /// Which.
    pub(in crate::tools) of: Labelled,
    /// Where it is.
    pub(in crate::tools) place: Place,
    /// In words, such as `page 12 "VPN"`.
    pub(in crate::tools) name: String,
    labels: Vec<Label>,
    /// Whether it may have more than were read.
    is_cut: bool,
}

impl Carrier {
    /// Reads the one of both that is named.
    pub(super) async fn named(
        page: Option<&ContentId>,
        attachment: Option<&AttachmentId>,
        reads: &Reads<'_>,
    ) -> Result<Self, ToolError> {
        match (page, attachment) {
            (Some(page), None) => Self::read(&Labelled::Page(page.clone()), reads).await,
            (None, Some(file)) => Self::read(&Labelled::File(file.clone()), reads).await,
            _ => {
                let message = "give exactly one of `page_id` and `attachment_id`";
                Err(ToolError::input(message, "mend the arguments and call again"))
            }
        }
    }

    /// Reads it with its labels.
    pub(in crate::tools) async fn read(of: &Labelled, reads: &Reads<'_>) -> Result<Self, ToolError> {
        match of {
            Labelled::Page(page) => {
                const CUT_AT: usize = 50;
                let page = reads.one(pages::get_page_labels(page), Page::place).await?;
                let name = format!("page {} {}", page.id, quoted(&page.title, 80));
                let (of, place) = (Labelled::Page(page.id.clone()), page.itself());
                let labels = page.labels.map_or_else(Vec::new, |labels| labels.results);
                Ok(Self { of, place, name, is_cut: labels.len() >= CUT_AT, labels })
            }
            Labelled::File(file) => {
                let file = reads.attachment(file).await?;
                let (place, paging) = (file.place(), Paging { limit: Some(MOST_PER_LIST), cursor: None });
                let found = reads.judged(labels_of_attachment(&file.id, &paging), |reply| {
                    Ok((place.clone(), (reply.json::<List<Label>>()?.results, reply.next_cursor().is_some())))
                });
                let (labels, is_cut) = found.await?;
                let name = format!("attachment {} {}", file.id, quoted(&file.title, 80));
                Ok(Self { of: Labelled::File(file.id), place, name, labels, is_cut })
            }
        }
    }

    /// Whether it has this label; `None` where not all were read. Confluence keeps labels in lower case.
    pub(in crate::tools) fn has(&self, name: &str) -> Option<bool> {
        let there = self.labels.iter().any(|label| label.name.eq_ignore_ascii_case(name));
        (there || !self.is_cut).then_some(there)
    }
}

/// The group whose switches apply to labels of that.
pub(super) const fn group_of(attachment: Option<&AttachmentId>) -> Group {
    if attachment.is_some() { Group::Attachments } else { Group::Pages }
}
