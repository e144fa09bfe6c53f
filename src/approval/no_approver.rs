//! The approver where nobody is set up to approve: it always refuses.

use futures_util::future::BoxFuture;

use crate::policy::ports::{Approver, Verdict};
use crate::policy::{Caller, Proposal};

/// Refuses every write that requires approval.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoApproverSetUp;

impl Approver for NoApproverSetUp {
    fn ask<'a>(&'a self, _: &'a Caller, _: &'a Proposal) -> BoxFuture<'a, Verdict> {
        Box::pin(async { Verdict::NoApprover })
    }
}
