//! Who sees and who may change a space, a page, a comment or a file.

use crate::sandbox::model::{Attachment, Comment, Content, ContentKind, ContentStatus, Id, Site, Space};
use crate::sandbox::rules::tree;
use crate::sandbox::server::answer::Failure;
use crate::sandbox::server::call::Caller;

/// A site as one person sees it.
#[derive(Clone, Copy)]
pub(crate) struct Sight<'a> {
    site: &'a Site,
    caller: &'a Caller,
}

impl<'a> Sight<'a> {
    pub(crate) fn new(site: &'a Site, caller: &'a Caller) -> Self {
        Self { site, caller }
    }

    /// Administrators see every space; a page's own restrictions bind them too.
    pub(crate) fn sees_space(&self, space: &Space) -> bool {
        self.caller.admin || space.viewers.as_ref().is_none_or(|viewers| viewers.contains(&self.caller.account))
    }

    /// Restrictions on a page bind everything below it; a draft is its author's alone.
    pub(crate) fn sees(&self, content: &Content) -> bool {
        let admitted =
            |one: &Content| one.readers.as_ref().is_none_or(|readers| readers.contains(&self.caller.account));
        let own_draft = content.status != ContentStatus::Draft || content.author == self.caller.account;
        own_draft
            && self.site.spaces.get(&content.space).is_some_and(|space| self.sees_space(space))
            && admitted(content)
            && tree::ancestors(self.site, content).into_iter().all(admitted)
    }

    pub(crate) fn sees_comment(&self, comment: &Comment) -> bool {
        self.site.contents.get(&comment.container).is_some_and(|content| self.sees(content))
    }

    pub(crate) fn sees_attachment(&self, attachment: &Attachment) -> bool {
        self.site.contents.get(&attachment.container).is_some_and(|content| self.sees(content))
    }

    pub(crate) fn may_write_in(&self, space: &Space) -> bool {
        self.sees_space(space)
            && (self.caller.admin
                || space.editors.as_ref().is_none_or(|editors| editors.contains(&self.caller.account)))
    }

    pub(crate) fn may_change(&self, content: &Content) -> bool {
        self.sees(content)
            && self.site.spaces.get(&content.space).is_some_and(|space| self.may_write_in(space))
            && content.writers.as_ref().is_none_or(|writers| writers.contains(&self.caller.account))
    }

    /// Whether the person administers a space.
    pub(crate) fn administers(&self, space: Id) -> bool {
        self.caller.admin || self.site.spaces.get(&space).is_some_and(|space| space.author == self.caller.account)
    }

    /// A content of one of these kinds, if it is there and seen.
    pub(crate) fn content(&self, kinds: &[ContentKind], id: Id) -> Result<&'a Content, Failure> {
        self.site
            .contents
            .get(&id)
            .filter(|content| kinds.contains(&content.kind) && self.sees(content))
            .ok_or_else(|| Failure::not_found("content"))
    }

    /// The same, and it may be changed.
    pub(crate) fn changeable(&self, kinds: &[ContentKind], id: Id) -> Result<&'a Content, Failure> {
        let content = self.content(kinds, id)?;
        if self.may_change(content) { Ok(content) } else { Err(Failure::forbidden("content")) }
    }

    pub(crate) fn space(&self, id: Id) -> Result<&'a Space, Failure> {
        let space = self.site.spaces.get(&id).filter(|space| self.sees_space(space));
        space.ok_or_else(|| Failure::not_found("space"))
    }

    pub(crate) fn space_by_key(&self, key: &str) -> Result<&'a Space, Failure> {
        let space = self.site.spaces.values().find(|space| space.key == key && self.sees_space(space));
        space.ok_or_else(|| Failure::not_found("space"))
    }

    pub(crate) fn writable_space(&self, id: Id) -> Result<&'a Space, Failure> {
        let space = self.space(id)?;
        if self.may_write_in(space) { Ok(space) } else { Err(Failure::forbidden("space")) }
    }

    pub(crate) fn comment(&self, id: Id) -> Result<&'a Comment, Failure> {
        let comment = self.site.comments.get(&id).filter(|comment| self.sees_comment(comment));
        comment.ok_or_else(|| Failure::not_found("comment"))
    }

    pub(crate) fn attachment(&self, id: Id) -> Result<&'a Attachment, Failure> {
        let attachment = self.site.attachments.get(&id).filter(|attachment| self.sees_attachment(attachment));
        attachment.ok_or_else(|| Failure::not_found("attachment"))
    }
}
