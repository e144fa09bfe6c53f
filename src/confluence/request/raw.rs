//! Requests that a caller wrote and that the table of published operations lets pass.

use super::Request;
use crate::domain::access::{Access, AccessClass, WriteAccess};
use crate::published::Matched;

/// The request of an operation of class `A`; `None` where the operation is of another class.
pub fn request<A: Access>(matched: &Matched) -> Option<Request<A>> {
    Request::matched(matched)
}

/// The same, amounting to more than its class.
pub fn raised<A: WriteAccess>(matched: &Matched, effect: AccessClass) -> Option<Request<A>> {
    Some(Request::matched(matched)?.raised_to(effect))
}
