//! Whether a write whose answer was lost has happened: found by direct reads, never by search.
//!
//! What is found is what the site shows now. A request that a network delivers later still can only repeat what
//! [`Again::Safe`] allows.

mod attachments;
mod comments;
mod labels;
mod pages;
mod spaces;
mod tree;
mod upkeep;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::confluence::Request;
use crate::confluence::api::users;
use crate::confluence::client::Client;
use crate::confluence::failure::Failure;
use crate::confluence::model::{BodyText, User, Version};
use crate::confluence::reply::Reply;
use crate::domain::access::Read;
use crate::domain::ids::{AccountId, ApprovalId, VersionNumber};
use crate::markup::{NoNames, markdown_from_storage};
use crate::policy::Permit;
use crate::policy::gate::BuiltIn;

use super::proof::Proof;

/// How far our clock and Confluence's may be apart.
const SKEW: SignedDuration = SignedDuration::from_mins(2);

/// What was sent.
#[derive(Clone, Copy, Debug)]
pub struct Sent<'a> {
    /// The approval it was sent under.
    pub approval: &'a ApprovalId,
    /// When the intent to send it was written down.
    pub at: Timestamp,
    /// The body of the request, byte for byte.
    pub body: &'a [u8],
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// It took effect.
    Happened {
        /// The id of what it made or changed, where there is one.
        id: Option<String>,
        /// The version it made.
        version: Option<VersionNumber>,
    },
    /// It took no effect so far.
    NotThere {
        /// What sending it once more could do.
        again: Again,
    },
    /// Something else came first: it did not take effect, and must not be sent again.
    Superseded,
    /// The site does not show it; a person must look.
    CannotTell,
}

/// What sending the same bytes once more could do, should the first sending arrive after all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// Both together have at most one effect.
    Safe,
    /// Both could take effect.
    Unsafe,
}

impl Finding {
    const NOT_THERE: Self = Self::NotThere { again: Again::Safe };

    fn happened(id: &impl ToString, version: Option<VersionNumber>) -> Self {
        Self::Happened { id: Some(id.to_string()), version }
    }
}

/// The mark of a write in the history of what it changed.
pub fn marker(approval: &ApprovalId) -> String {
    format!("[sluice {approval}]")
}

/// Finds out whether a write has happened. A failure says nothing about the write; ask again later.
pub async fn find_out(client: &Client, proof: &Proof, sent: &Sent<'_>) -> Result<Finding, Failure> {
    let site = Site { client, permit: BuiltIn::Reconciler.permit(), sent: *sent };
    match proof {
        Proof::PageHasVersion { kind, page, version } => pages::has_version(&site, *kind, page, *version).await,
        Proof::TitleIsThere { kind, space, title } => pages::is_made(&site, *kind, space, title).await,
        Proof::IsTrashed { kind, id, version } => pages::is_trashed(&site, *kind, id, *version).await,
        Proof::PageIsCurrent(page) => pages::is_current(&site, page).await,
        Proof::AttachmentIsTrashed { attachment, version } => {
            attachments::is_trashed(&site, attachment, *version).await
        }
        Proof::LabelsAreThere { page, labels } => labels::are_there(&site, page, labels).await,
        Proof::LabelIsGone { page, label } => labels::is_gone(&site, page, label).await,
        Proof::FileIsThere { page, file_name, size } => attachments::is_there(&site, page, file_name, *size).await,
        Proof::SpaceIsMade { key, words } => spaces::is_made(&site, key, words).await,
        Proof::SpaceIsNamed { key, before, after } => spaces::is_named(&site, key, before, after).await,
        Proof::CommentIsThere(thread) => comments::is_there(&site, thread).await,
        Proof::CommentIsGone { kind, comment, page } => comments::is_gone(&site, *kind, comment, page).await,
        Proof::PageIsMoved { page, from, to, position, target } => {
            tree::is_moved(&site, page, from.as_ref(), to, (*position, target)).await
        }
        Proof::PageIsRenamed { page, before, after } => tree::is_renamed(&site, page, before, after).await,
        Proof::CopyIsThere { space, title, source, version } => {
            pages::is_copied(&site, space, title, (source, *version)).await
        }
        Proof::PageIsArchived { page, version } => tree::is_archived(&site, page, *version).await,
        Proof::DraftIsPublished(page) => tree::is_published(&site, page).await,
        Proof::NodeIsThere { kind, under, title } => tree::is_made(&site, *kind, under, title).await,
        Proof::NodeIsTrashed { kind, id } => tree::is_trashed(&site, *kind, id).await,
        Proof::CommentHasVersion { kind, comment, version } => {
            comments::has_version(&site, *kind, comment, *version).await
        }
        Proof::FileHasVersion { attachment, after, size } => {
            attachments::has_version(&site, attachment, *after, *size).await
        }
        Proof::FileIsNamed { attachment, before, after } => {
            attachments::is_named(&site, attachment, before, after).await
        }
        Proof::PropertyIsSet { owner, key, version } => upkeep::is_set(&site, owner, key, *version).await,
        Proof::PropertyIsGone { owner, key, id } => upkeep::is_gone(&site, owner, key, id).await,
        Proof::TaskIs { task, complete } => upkeep::task_is(&site, task, *complete).await,
        Proof::IsWatched { page, watched } => upkeep::is_watched(&site, page, *watched).await,
        Proof::AskAPerson => Ok(Finding::CannotTell),
    }
}

/// The site as the connected account sees it, and what was sent there.
struct Site<'a> {
    client: &'a Client,
    permit: Permit<Read>,
    sent: Sent<'a>,
}

impl Site<'_> {
    /// A reply; `None` for what is not there or not shown.
    async fn reply(&self, request: Request<Read>) -> Result<Option<Reply>, Failure> {
        match self.client.send(&self.permit, request).await {
            Ok(reply) => Ok(Some(reply)),
            Err(Failure::NotFound(_)) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// One thing; `None` for what is not there or not shown.
    async fn read<T: DeserializeOwned>(&self, request: Request<Read>) -> Result<Option<T>, Failure> {
        self.reply(request).await?.map(|reply| reply.json()).transpose()
    }

    /// Whoever we write as.
    async fn account(&self) -> Result<Option<AccountId>, Failure> {
        Ok(self.read::<User>(users::current_user()).await?.and_then(|user| user.account_id))
    }

    /// Whether something made then can be ours, whichever clock is behind.
    fn since(&self, made: Option<Timestamp>) -> bool {
        made.is_some_and(|made| made.duration_since(self.sent.at) >= -SKEW)
    }

    /// Whether a note in a history is ours.
    fn is_marked(&self, note: Option<&str>) -> bool {
        note.is_some_and(|note| note.contains(&marker(self.sent.approval)))
    }

    /// What the version that a change makes says of it; `made` is that version, where it is shown.
    fn in_history(&self, made: Option<Version>, id: &impl ToString, version: VersionNumber) -> Finding {
        match made {
            None => Finding::CannotTell,
            Some(made) if self.is_marked(made.message.as_deref()) => Finding::happened(id, Some(version)),
            Some(_) => Finding::Superseded,
        }
    }

    /// The body that was sent, in storage format.
    fn sent_storage(&self) -> Option<String> {
        serde_json::from_slice::<Written>(self.sent.body).ok().map(|sent| sent.body.value)
    }

    /// Whether a body says what the one that was sent says.
    fn says_the_same(&self, storage: &str) -> bool {
        self.sent_storage().is_some_and(|sent| same_text(&sent, storage))
    }
}

/// Whether two bodies say the same; Confluence rewrites storage format, but not its text.
fn same_text(one: &str, other: &str) -> bool {
    let text = |storage: &str| markdown_from_storage(storage, &NoNames).markdown.trim().to_owned();
    text(one) == text(other)
}

/// A request that carries a body in storage format.
#[derive(Deserialize)]
struct Written {
    body: BodyText,
}
