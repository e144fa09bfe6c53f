//! A permit: proof that the gate let a call pass, and the only thing the client accepts.
//!
//! A permit cannot be made, copied or read back from text outside this layer:
//!
//! ```compile_fail,E0451
//! use sluice::{domain::access::Read, policy::Permit};
//! let forged = Permit::<Read> { agent: todo!(), request: None, class: std::marker::PhantomData };
//! ```
//!
//! ```compile_fail,E0624
//! use sluice::{domain::access::Read, policy::{Permit, ask::AgentId}};
//! let forged = Permit::<Read>::for_reads(AgentId::new("me"));
//! ```
//!
//! ```compile_fail,E0599
//! use sluice::{domain::access::Update, policy::Permit};
//! fn twice(permit: Permit<Update>) -> (Permit<Update>, Permit<Update>) { (permit.clone(), permit) }
//! ```
//!
//! Passing one on is fine:
//!
//! ```
//! use sluice::{domain::access::Update, policy::Permit};
//! fn once(permit: Permit<Update>) -> Permit<Update> { permit }
//! ```

use std::marker::PhantomData;

use crate::domain::access::{Access, Read, WriteAccess};
use crate::domain::digest::Digest;

use super::ask::AgentId;

/// Leave to send: any number of reads, or exactly one write that it names by its digest.
#[derive(Debug)]
#[must_use = "a permit that is not used lets nothing pass"]
pub struct Permit<A: Access> {
    agent: AgentId,
    request: Option<Digest>,
    class: PhantomData<A>,
}

impl<A: Access> Permit<A> {
    /// The agent it was given to.
    pub fn agent(&self) -> &AgentId {
        &self.agent
    }
}

impl Permit<Read> {
    /// Leave to read.
    pub(in crate::policy) fn for_reads(agent: AgentId) -> Self {
        Self { agent, request: None, class: PhantomData }
    }
}

impl<A: WriteAccess> Permit<A> {
    /// Leave to send the one write with this digest.
    pub(in crate::policy) fn for_write(agent: AgentId, request: Digest) -> Self {
        Self { agent, request: Some(request), class: PhantomData }
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for &super::Permit<super::Read> {}
    impl<A: super::WriteAccess> Sealed for super::Permit<A> {}
}

/// What the client takes for a request of class `A`: a borrowed read permit for reads, an owned write permit for a write.
pub trait Warrant<A: Access>: sealed::Sealed {
    /// Whether this leave covers the request with that digest.
    fn covers(&self, digest: &dyn Fn() -> Digest) -> bool;

    /// The agent it was given to.
    fn agent(&self) -> &AgentId;
}

impl Warrant<Read> for &Permit<Read> {
    fn covers(&self, _: &dyn Fn() -> Digest) -> bool {
        true
    }

    fn agent(&self) -> &AgentId {
        &self.agent
    }
}

impl<A: WriteAccess> Warrant<A> for Permit<A> {
    fn covers(&self, digest: &dyn Fn() -> Digest) -> bool {
        self.request == Some(digest())
    }

    fn agent(&self) -> &AgentId {
        &self.agent
    }
}
