//! Pages and blog posts by one id, which does not say which of the two it is.

use crate::confluence::Request;
use crate::confluence::api::pages::DocumentKind;
use crate::confluence::failure::Failure;
use crate::confluence::reply::Reply;
use crate::domain::access::Read;
use crate::policy::Permit;
use crate::tools::{Context, ToolError};

/// What the request for a page finds, or else the one for a blog post; most are pages.
pub(super) async fn read(
    request: impl Fn(DocumentKind) -> Request<Read>,
    permit: &Permit<Read>,
    context: &Context,
) -> Result<(DocumentKind, Reply), ToolError> {
    match context.client.send(permit, request(DocumentKind::Page)).await {
        Ok(reply) => Ok((DocumentKind::Page, reply)),
        Err(Failure::NotFound(_)) => {
            let reply = context.client.send(permit, request(DocumentKind::BlogPost)).await?;
            Ok((DocumentKind::BlogPost, reply))
        }
        Err(failure) => Err(failure.into()),
    }
}
