//! What a write may do while it plans: read what its agent may see, and nothing else.

use serde::de::DeserializeOwned;

use crate::confluence::Request;
use crate::confluence::api;
use crate::confluence::api::pages::DocumentKind;
use crate::confluence::model::{Attachment, Page, Space, TreeNode};
use crate::confluence::reply::Reply;
use crate::domain::access::Read;
use crate::domain::ids::{ApprovalId, AttachmentId, ContentId, VersionNumber};
use crate::domain::place::{NodeKind, Place, SpaceName};
use crate::policy::{Caller, Gate, Permit, Unsifted};

use crate::tools::{Context, ToolError};

/// Reads on behalf of one agent; whatever it may not see is not found.
pub struct Reads<'a> {
    gate: &'a Gate,
    caller: &'a Caller,
    permit: Permit<Read>,
    context: &'a Context,
    approval: ApprovalId,
}

impl<'a> Reads<'a> {
    /// Reads of a caller that the gate has admitted, for the write that will have this record.
    pub fn new(
        gate: &'a Gate,
        caller: &'a Caller,
        permit: Permit<Read>,
        context: &'a Context,
        approval: ApprovalId,
    ) -> Self {
        Self { gate, caller, permit, context, approval }
    }
}

impl Reads<'_> {
    /// What every tool works with.
    pub fn context(&self) -> &Context {
        self.context
    }

    /// The note that a write leaves in the history of what it changes: whose it is, and the mark by which it is found
    /// again when the answer is lost.
    pub fn note(&self) -> String {
        format!("by {} through Sluice [sluice {}]", self.caller.agent, self.approval)
    }

    /// The current page with its body.
    pub async fn page(&self, id: &ContentId) -> Result<Page, ToolError> {
        Ok(self.remembered(self.one(api::pages::get_page(id, None), Page::place).await?))
    }

    /// A page with the body it had in a version.
    pub async fn page_at(&self, id: &ContentId, version: VersionNumber) -> Result<Page, ToolError> {
        self.one(api::pages::get_page(id, Some(version)), Page::place).await
    }

    /// The current page without its body.
    pub async fn page_head(&self, id: &ContentId) -> Result<Page, ToolError> {
        Ok(self.remembered(self.one(api::pages::get_page_head(id), Page::place).await?))
    }

    /// The current page or blog post with its body.
    pub async fn document(&self, kind: DocumentKind, id: &ContentId) -> Result<Page, ToolError> {
        match kind {
            DocumentKind::Page => self.page(id).await,
            DocumentKind::BlogPost => {
                Ok(self.remembered(self.one(api::blogs::get_blog_post(id, None), Page::place).await?))
            }
        }
    }

    /// A page or blog post with the body it had in a version.
    pub async fn document_at(
        &self,
        kind: DocumentKind,
        id: &ContentId,
        version: VersionNumber,
    ) -> Result<Page, ToolError> {
        match kind {
            DocumentKind::Page => self.page_at(id, version).await,
            DocumentKind::BlogPost => self.one(api::blogs::get_blog_post(id, Some(version)), Page::place).await,
        }
    }

    /// A folder or another node of the tree.
    pub async fn node(&self, kind: NodeKind, id: &ContentId) -> Result<TreeNode, ToolError> {
        let node = self.one(api::tree::get_node(kind, id), |node: &TreeNode| node.place(kind)).await?;
        self.context.places.remember_node(&node);
        Ok(node)
    }

    /// Keeps for a moment where a page is, so that the gate need not ask again.
    fn remembered(&self, page: Page) -> Page {
        self.context.places.remember_page(&page);
        page
    }

    /// An attachment.
    pub async fn attachment(&self, id: &AttachmentId) -> Result<Attachment, ToolError> {
        self.one(api::attachments::get_attachment(id), Attachment::place).await
    }

    /// The space of that key or id.
    pub async fn space(&self, name: &SpaceName) -> Result<Space, ToolError> {
        let space = self.context.places.space(name).await?.ok_or_else(ToolError::not_found)?;
        Ok(self.gate.sift(self.caller, Unsifted::one(Place::Space(space.id.clone()), space)).await?)
    }

    /// One thing, from the request for it; `place` says where it is.
    pub async fn one<T: DeserializeOwned>(
        &self,
        request: Request<Read>,
        place: impl FnOnce(&T) -> Place,
    ) -> Result<T, ToolError> {
        self.judged(request, |reply| {
            let thing: T = reply.json()?;
            Ok((place(&thing), thing))
        })
        .await
    }

    /// Whatever `read` makes of the reply, at the place it says.
    pub async fn judged<T>(
        &self,
        request: Request<Read>,
        read: impl FnOnce(&Reply) -> Result<(Place, T), ToolError>,
    ) -> Result<T, ToolError> {
        let reply = self.context.client.send(&self.permit, request).await?;
        let (place, thing) = read(&reply)?;
        Ok(self.gate.sift(self.caller, Unsifted::one(place, thing)).await?)
    }
}
