//! Spans on their way to the collector, as OTLP over HTTP; whatever it answers, no call waits for it.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{self, Either};
use opentelemetry::KeyValue;
use opentelemetry_otlp::{
    ExporterBuildError, Protocol, RetryPolicy, SpanExporter, WithExportConfig as _, WithHttpConfig as _,
};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SpanData, SpanExporter as _};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::Metrics;
use crate::clock::Clock;
use crate::config::CollectorSettings;

/// Spans that wait at most; more are lost.
pub(super) const LONGEST_QUEUE: usize = 2048;
/// Spans that are sent at once.
const LARGEST_BATCH: usize = 512;
/// How long the first of a batch waits for others.
const GATHER: Duration = Duration::from_secs(5);
/// How long the collector may take for a batch.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long the end of Sluice waits for what was not sent yet.
const LAST: Duration = Duration::from_secs(2);
/// The log is told of lost spans at most so often.
const BETWEEN_WARNINGS: Duration = Duration::from_mins(1);

/// The way to the collector cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum CollectorError {
    /// No connections can be made.
    #[error("no connections can be made for `otlp`: {0}; look at `ca_file` and `proxy`")]
    Connections(#[from] reqwest::Error),
    /// The exporter refuses.
    #[error("no spans can be sent to `otlp`: {0}; look at the variables that begin with OTEL_EXPORTER_OTLP")]
    Exporter(#[from] ExporterBuildError),
}

/// The spans that wait, and the way to the collector.
pub struct Outgoing {
    waiting: mpsc::Receiver<SpanData>,
    exporter: SpanExporter,
    clock: Arc<dyn Clock>,
    metrics: Metrics,
    warnings: Warnings,
}

/// What the log was told of lost spans, and when.
#[derive(Default)]
struct Warnings {
    last: Option<Duration>,
    lost: u64,
}

impl Warnings {
    /// How many were lost since the last warning, if it is time for one.
    fn due(&mut self, lost: u64, now: Duration) -> Option<u64> {
        let since = lost.saturating_sub(self.lost);
        let soon = self.last.is_some_and(|last| now.saturating_sub(last) < BETWEEN_WARNINGS);
        if since == 0 || soon {
            return None;
        }
        *self = Self { last: Some(now), lost };
        Some(since)
    }
}

impl Outgoing {
    pub(super) fn to(
        settings: &CollectorSettings,
        waiting: mpsc::Receiver<SpanData>,
        clock: Arc<dyn Clock>,
        metrics: Metrics,
    ) -> Result<Self, CollectorError> {
        let endpoint = format!("{}/v1/traces", settings.url.as_str().trim_end_matches('/'));
        let mut exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(client(settings)?)
            .with_endpoint(endpoint)
            .with_protocol(Protocol::HttpBinary)
            .with_timeout(PATIENCE)
            .with_retry_policy(RetryPolicy::disabled())
            .build()?;
        let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
        let resource = Resource::builder_empty().with_service_name("sluice").with_attribute(version).build();
        exporter.set_resource(&resource);
        Ok(Self { waiting, exporter, clock, metrics, warnings: Warnings::default() })
    }

    /// Sends spans until `cancel` is called for, and then those that still wait, for two seconds at most. A batch that
    /// the collector does not take is lost: it is counted, and the log is told now and then.
    pub async fn deliver(mut self, cancel: &CancellationToken) {
        let clock = Arc::clone(&self.clock);
        let end = pin!(async {
            cancel.cancelled().await;
            clock.sleep(LAST).await;
        });
        let work = pin!(self.work(cancel));
        if let Either::Right(_) = future::select(work, end).await {
            tracing::warn!("the collector did not take the last spans in time; they are lost");
        }
    }

    async fn work(&mut self, cancel: &CancellationToken) {
        loop {
            let batch = self.batch(cancel).await;
            if batch.is_empty() {
                return;
            }
            self.send(batch).await;
        }
    }

    /// The next spans to send; none once all is said.
    async fn batch(&mut self, cancel: &CancellationToken) -> Vec<SpanData> {
        let mut batch = Vec::new();
        let mut gathered = None;
        loop {
            let room = LARGEST_BATCH - batch.len();
            let enough = async {
                match &mut gathered {
                    Some(gathered) => gathered.await,
                    None => future::pending().await,
                }
            };
            tokio::select! {
                biased;
                () = cancel.cancelled(), if !self.waiting.is_closed() => self.waiting.close(),
                got = self.waiting.recv_many(&mut batch, room) => {
                    if got == 0 || batch.len() >= LARGEST_BATCH {
                        return batch;
                    }
                    gathered.get_or_insert_with(|| self.clock.sleep(GATHER));
                }
                () = enough => return batch,
            }
        }
    }

    async fn send(&mut self, batch: Vec<SpanData>) {
        let number = batch.len();
        let failed = self.exporter.export(batch).await.err();
        if failed.is_some() {
            self.metrics.spans_lost(number);
        } else {
            self.metrics.spans_sent(number);
        }
        if let Some(lost) = self.warnings.due(self.metrics.lost_so_far(), self.clock.steady()) {
            let why = failed.map_or_else(|| "more came than it takes".to_owned(), |error| error.to_string());
            tracing::warn!(lost, why, "spans did not reach the collector");
        }
    }
}

fn client(settings: &CollectorSettings) -> reqwest::Result<reqwest::Client> {
    // Another part of the process may have chosen a provider before: any is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("sluice/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .timeout(PATIENCE)
        .no_proxy();
    // What is not encrypted stays on this machine.
    if let Some(proxy) = settings.proxy.as_ref().filter(|_| settings.url.scheme() == "https") {
        builder = builder.proxy(reqwest::Proxy::all(proxy.clone())?);
    }
    if let Some(pem) = &settings.authority {
        builder = builder.tls_certs_merge(reqwest::Certificate::from_pem_bundle(pem)?);
    }
    builder.build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_hears_of_lost_spans_once_a_minute() {
        let mut warnings = Warnings::default();
        let at = Duration::from_secs;
        assert_eq!(warnings.due(0, at(0)), None);
        assert_eq!(warnings.due(3, at(1)), Some(3));
        assert_eq!(warnings.due(3, at(70)), None);
        assert_eq!(warnings.due(5, at(71)), Some(2));
        assert_eq!(warnings.due(900, at(130)), None);
        assert_eq!(warnings.due(905, at(131)), Some(900));
    }
}
