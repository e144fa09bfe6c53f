//! What is counted and timed, in Prometheus' text format.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use jiff::Timestamp;
use prometheus_client::encoding::{EncodeLabelSet, prometheus_text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Metric, Registry};

use super::process::ResidentMemory;
use super::{Refusal, Reload};

/// The media type of [`Metrics::text`].
pub const CONTENT_TYPE: &str = prometheus_text::CONTENT_TYPE;

/// Upper ends of the buckets that times fall into, in seconds.
const BUCKETS: [f64; 14] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Call {
    tool: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Tool {
    tool: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Status {
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Reason {
    reason: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Became {
    result: &'static str,
}

const SENT: Became = Became { result: "sent" };
const LOST: Became = Became { result: "lost" };

/// Seconds since 1970.
type Moment = Gauge<f64, AtomicU64>;

/// Everything that is counted and timed. Clones count together.
#[derive(Clone, Debug)]
pub struct Metrics(Arc<Counted>);

#[derive(Debug)]
struct Counted {
    registry: Registry,
    calls: Family<Call, Counter>,
    call_seconds: Family<Tool, Histogram>,
    requests: Family<Status, Counter>,
    request_seconds: Histogram,
    refusals: Family<Reason, Counter>,
    reloads: Family<Became, Counter>,
    spans: Family<Became, Counter>,
    connections: Gauge,
    sessions: Gauge,
    listeners: Gauge,
    calls_in_flight: Gauge,
    requests_in_flight: Gauge,
}

/// One of what is counted while it is there; dropping it counts it out.
#[derive(Debug)]
#[must_use = "it is counted for as long as this is kept"]
pub struct Open(Gauge);

impl Open {
    fn of(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.dec();
    }
}

fn seconds() -> Histogram {
    Histogram::new(BUCKETS)
}

/// Adds it to what is told, and hands it back.
fn told<M: Metric + Clone>(registry: &mut Registry, name: &str, help: &str, metric: M) -> M {
    registry.register(name, help, metric.clone());
    metric
}

impl Metrics {
    /// Nothing counted yet; `started` is when the process began.
    pub fn new(started: Timestamp) -> Self {
        let mut registry = Registry::default();
        let all = &mut registry;
        all.register("sluice_build", "Which Sluice this is", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        let start = told(all, "process_start_time_seconds", "When the process began, since 1970", Moment::default());
        start.set(started.as_duration().as_secs_f64());
        all.register_collector(Box::new(ResidentMemory));
        let timed = Family::new_with_constructor(seconds as fn() -> Histogram);
        let (counted, open) = (Family::default, Gauge::default);
        let metrics = Self(Arc::new(Counted {
            calls: told(all, "sluice_calls", "Tool calls that ended, by tool and by how", Family::default()),
            call_seconds: told(all, "sluice_call_seconds", "How long tool calls took", timed),
            requests: told(all, "sluice_http_requests", "HTTP requests answered, by status", Family::default()),
            request_seconds: told(all, "sluice_http_request_seconds", "How long answers to HTTP took", seconds()),
            refusals: told(all, "sluice_http_refusals", "HTTP requests refused, by reason", Family::default()),
            reloads: told(all, "sluice_reloads", "Times settings were read again, by result", counted()),
            spans: told(all, "sluice_spans", "Spans for the collector, by what became of them", counted()),
            connections: told(all, "sluice_connections", "Open connections", open()),
            sessions: told(all, "sluice_sessions", "Sessions of clients that keep one", open()),
            listeners: told(all, "sluice_listeners", "Streams that wait for what changes", open()),
            calls_in_flight: told(all, "sluice_calls_in_flight", "Tool calls under way", open()),
            requests_in_flight: told(all, "sluice_http_requests_in_flight", "HTTP requests under way", open()),
            registry,
        }));
        metrics.begin_at_zero();
        metrics
    }

    /// What has not happened yet is told as zero, so that its first time shows as a rise.
    fn begin_at_zero(&self) {
        for refusal in Refusal::ALL {
            drop(self.0.refusals.get_or_create(&Reason { reason: refusal.word() }));
        }
        for reload in Reload::ALL {
            drop(self.0.reloads.get_or_create(&Became { result: reload.word() }));
        }
        for result in [SENT, LOST] {
            drop(self.0.spans.get_or_create(&result));
        }
    }

    /// A tool call ended: with `ok`, or with the code of its error.
    pub fn call_ended(&self, tool: &'static str, outcome: &'static str, lasted: Duration) {
        self.0.calls.get_or_create(&Call { tool, outcome }).inc();
        self.0.call_seconds.get_or_create(&Tool { tool }).observe(lasted.as_secs_f64());
    }

    /// An HTTP request was answered with this status.
    pub fn request_ended(&self, status: u16, lasted: Duration) {
        self.0.requests.get_or_create(&Status { status }).inc();
        self.0.request_seconds.observe(lasted.as_secs_f64());
    }

    /// An HTTP request was refused; it is told of with [`Self::request_ended`] besides.
    pub fn refused(&self, refusal: Refusal) {
        self.0.refusals.get_or_create(&Reason { reason: refusal.word() }).inc();
    }

    /// Settings were read again.
    pub fn reloaded(&self, reload: Reload) {
        self.0.reloads.get_or_create(&Became { result: reload.word() }).inc();
    }

    /// A connection was opened.
    pub fn connection(&self) -> Open {
        Open::of(&self.0.connections)
    }

    /// A session began.
    pub fn session(&self) -> Open {
        Open::of(&self.0.sessions)
    }

    /// Somebody listens for what changes.
    pub fn listener(&self) -> Open {
        Open::of(&self.0.listeners)
    }

    /// A tool call began.
    pub fn call(&self) -> Open {
        Open::of(&self.0.calls_in_flight)
    }

    /// An HTTP request came.
    pub fn request(&self) -> Open {
        Open::of(&self.0.requests_in_flight)
    }

    /// The collector took spans.
    pub(super) fn spans_sent(&self, number: usize) {
        self.0.spans.get_or_create(&SENT).inc_by(number as u64);
    }

    /// Spans will not reach the collector.
    pub(super) fn spans_lost(&self, number: usize) {
        self.0.spans.get_or_create(&LOST).inc_by(number as u64);
    }

    /// How many spans did not reach it so far.
    pub(super) fn lost_so_far(&self) -> u64 {
        self.0.spans.get_or_create(&LOST).get()
    }

    /// All of it, as `/metrics` answers it, with [`CONTENT_TYPE`].
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = prometheus_text::encode(&mut text, &self.0.registry);
        text
    }
}

#[cfg(test)]
mod tests;
