//! What is counted and timed, and spans of calls for a collector.
//!
//! Neither names an agent, a person, a space, a page or a host: labels and attributes come from sets that are closed
//! when Sluice is built, so that nothing an agent sends can make either grow or tell what it works on.

mod context;
mod metrics;
mod outgoing;
mod process;
mod reasons;
mod spans;

pub use context::TraceContext;
pub use metrics::{CONTENT_TYPE, Metrics, Open};
pub use outgoing::{CollectorError, Outgoing};
pub use reasons::{Refusal, Reload};
pub use spans::{CallSpan, Spans};
