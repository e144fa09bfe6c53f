//! A span of each call, for a collector if there is one.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use opentelemetry::trace::{SpanContext, SpanKind, Status, TraceFlags, TraceState};
use opentelemetry::{InstrumentationScope, KeyValue, SpanId, TraceId};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};
use tokio::sync::mpsc;

use super::outgoing::{self, CollectorError, Outgoing};
use super::{Metrics, TraceContext};
use crate::clock::Clock;
use crate::config::CollectorSettings;

/// The outcome of a call that failed at nothing.
const OK: &str = "ok";
/// The outcome of a call whose span is dropped before it ended.
const CANCELLED: &str = "cancelled";

/// Makes the spans of calls. Clones go to the same collector.
#[derive(Clone)]
pub struct Spans(Option<Arc<Source>>);

struct Source {
    queue: mpsc::Sender<SpanData>,
    clock: Arc<dyn Clock>,
    metrics: Metrics,
    scope: InstrumentationScope,
}

/// The span of a call under way. One that is dropped ends as cancelled.
#[must_use = "a call is timed for as long as this is kept"]
pub struct CallSpan(Option<Begun>);

struct Begun {
    source: Arc<Source>,
    tool: &'static str,
    context: SpanContext,
    parent: Option<SpanId>,
    at: Timestamp,
    steady: Duration,
}

impl Spans {
    /// No spans; calls cost nothing more.
    pub fn off() -> Self {
        Self(None)
    }

    /// Spans that go to this collector while [`Outgoing::deliver`] runs.
    pub fn to(
        settings: &CollectorSettings,
        clock: Arc<dyn Clock>,
        metrics: Metrics,
    ) -> Result<(Self, Outgoing), CollectorError> {
        let (queue, waiting) = mpsc::channel(outgoing::LONGEST_QUEUE);
        let outgoing = Outgoing::to(settings, waiting, Arc::clone(&clock), metrics.clone())?;
        let scope = InstrumentationScope::builder("sluice").with_version(env!("CARGO_PKG_VERSION")).build();
        Ok((Self(Some(Arc::new(Source { queue, clock, metrics, scope }))), outgoing))
    }

    /// A call of this tool begins: beneath the caller's span, or as a trace of its own where there is none. Where the
    /// caller's trace is not recorded, neither is the call.
    pub fn call(&self, tool: &'static str, parent: Option<&TraceContext>) -> CallSpan {
        CallSpan(self.0.as_ref().and_then(|source| Source::begin(source, tool, parent.map(TraceContext::span))))
    }
}

impl Source {
    fn begin(source: &Arc<Self>, tool: &'static str, parent: Option<&SpanContext>) -> Option<Begun> {
        if parent.is_some_and(|parent| !parent.is_sampled()) {
            return None;
        }
        let (trace, state) = match parent {
            Some(parent) => (parent.trace_id(), parent.trace_state().clone()),
            None => (TraceId::from_bytes(random()?), TraceState::NONE),
        };
        let span = SpanId::from_bytes(random()?);
        Some(Begun {
            source: Arc::clone(source),
            tool,
            context: SpanContext::new(trace, span, TraceFlags::SAMPLED, false, state),
            parent: parent.map(SpanContext::span_id),
            at: source.clock.now(),
            steady: source.clock.steady(),
        })
    }
}

/// Bytes for an id; where the system has none, the call has no span.
fn random<const LENGTH: usize>() -> Option<[u8; LENGTH]> {
    let mut bytes = [0; LENGTH];
    getrandom::fill(&mut bytes).ok()?;
    Some(bytes)
}

impl CallSpan {
    /// The call ended: with `ok`, or with the code of its error.
    pub fn end(mut self, outcome: &str) {
        self.end_once(outcome);
    }

    fn end_once(&mut self, outcome: &str) {
        if let Some(begun) = self.0.take() {
            begun.end(outcome);
        }
    }
}

impl Drop for CallSpan {
    fn drop(&mut self) {
        self.end_once(CANCELLED);
    }
}

impl Begun {
    fn end(self, outcome: &str) {
        let Self { source, tool, context, parent, at, steady } = self;
        let start = SystemTime::from(at);
        // The names are those of OpenTelemetry's conventions for MCP servers, version 0.1.0 of `semantic-conventions-genai`.
        let mut attributes = vec![
            KeyValue::new("mcp.method.name", "tools/call"),
            KeyValue::new("gen_ai.operation.name", "execute_tool"),
            KeyValue::new("gen_ai.tool.name", tool),
        ];
        let failed = outcome != OK;
        if failed {
            attributes.push(KeyValue::new("error.type", outcome.to_owned()));
        }
        let span = SpanData {
            span_context: context,
            parent_span_id: parent.unwrap_or(SpanId::INVALID),
            parent_span_is_remote: parent.is_some(),
            span_kind: SpanKind::Server,
            name: format!("tools/call {tool}").into(),
            start_time: start,
            // The time of day may be set back meanwhile; what a call took never runs backwards.
            end_time: start + source.clock.steady().saturating_sub(steady),
            attributes,
            dropped_attributes_count: 0,
            events: SpanEvents::default(),
            links: SpanLinks::default(),
            status: if failed { Status::error("") } else { Status::Unset },
            instrumentation_scope: source.scope.clone(),
        };
        // Nobody waits for room.
        if source.queue.try_send(span).is_err() {
            source.metrics.spans_lost(1);
        }
    }
}
