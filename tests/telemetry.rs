//! Spans reach the collector in the caller's trace, and no collector holds anything up.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, Uri};
use sluice::clock::Clock;
use sluice::config::CollectorSettings;
use sluice::telemetry::{Metrics, Outgoing, Spans, TraceContext};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::ticks::Ticks;

/// What a collector was sent.
struct Sent {
    path: String,
    headers: HeaderMap,
    body: Bytes,
}

impl Sent {
    fn holds(&self, bytes: &[u8]) -> bool {
        self.body.windows(bytes.len()).any(|window| window == bytes)
    }

    fn says(&self, text: &str) -> bool {
        self.holds(text.as_bytes())
    }
}

/// A collector on this machine that answers with `statuses` in turn, and then not at all.
struct Collector {
    base: String,
    sent: mpsc::UnboundedReceiver<Sent>,
    _serving: JoinSet<()>,
}

impl Collector {
    async fn answering(statuses: impl IntoIterator<Item = StatusCode, IntoIter: Send + 'static>) -> Self {
        let statuses = Arc::new(std::sync::Mutex::new(statuses.into_iter()));
        let (told, sent) = mpsc::unbounded_channel();
        let take = move |uri: Uri, headers: HeaderMap, body: Bytes| {
            let _ = told.send(Sent { path: uri.path().to_owned(), headers, body });
            let status = statuses.lock().unwrap().next();
            async move {
                match status {
                    Some(status) => status,
                    None => std::future::pending().await,
                }
            }
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, Router::new().fallback(take)).await.unwrap() });
        Self { base, sent, _serving: serving }
    }
}

/// Spans for that address, what counts them, and when they are to be all sent.
struct Telling {
    spans: Spans,
    metrics: Metrics,
    clock: Arc<Ticks>,
    cancel: CancellationToken,
}

impl Telling {
    fn to(base: &str) -> (Self, Outgoing) {
        let (clock, cancel) = (Ticks::new(), CancellationToken::new());
        let metrics = Metrics::new(clock.now());
        let settings = CollectorSettings { url: base.parse().unwrap(), proxy: None, authority: None };
        let time = Arc::<Ticks>::clone(&clock) as Arc<dyn Clock>;
        let (spans, outgoing) = Spans::to(&settings, time, metrics.clone()).unwrap();
        (Self { spans, metrics, clock, cancel }, outgoing)
    }

    /// Sends what comes, beside the test.
    fn begin(&self, outgoing: Outgoing) -> JoinSet<()> {
        let (cancel, mut delivering) = (self.cancel.clone(), JoinSet::new());
        delivering.spawn(async move { outgoing.deliver(&cancel).await });
        delivering
    }

    /// How many spans were sent, and how many were lost.
    fn sent_and_lost(&self) -> (usize, usize) {
        let text = self.metrics.text();
        let of = |result: &str| {
            let line = format!("sluice_spans_total{{result=\"{result}\"}} ");
            text.lines().find_map(|text| text.strip_prefix(&line)).unwrap().parse().unwrap()
        };
        (of("sent"), of("lost"))
    }
}

const TRACE: [u8; 16] =
    [0x0a, 0xf7, 0x65, 0x19, 0x16, 0xcd, 0x43, 0xdd, 0x84, 0x48, 0xeb, 0x21, 0x1c, 0x80, 0x31, 0x9c];
const PARENT: [u8; 8] = [0xb7, 0xad, 0x6b, 0x71, 0x69, 0x20, 0x33, 0x31];

fn parent(flags: &str) -> TraceContext {
    let text = format!("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-{flags}");
    TraceContext::read(&text, Some("rojo=00f067aa0ba902b7")).unwrap()
}

#[tokio::test]
async fn a_call_becomes_a_span_in_the_callers_trace() {
    let mut collector = Collector::answering([StatusCode::OK]).await;
    let (telling, outgoing) = Telling::to(&format!("{}/otlp/", collector.base));
    telling.spans.call("get_page", Some(&parent("01"))).end("not_found");
    telling.cancel.cancel();
    outgoing.deliver(&telling.cancel).await;
    let sent = collector.sent.recv().await.unwrap();
    assert_eq!(
        (sent.path.as_str(), &sent.headers["content-type"]),
        ("/otlp/v1/traces", &"application/x-protobuf".parse().unwrap())
    );
    assert!(sent.holds(&TRACE) && sent.holds(&PARENT) && sent.says("rojo=00f067aa0ba902b7"));
    for text in [
        "tools/call get_page",
        "mcp.method.name",
        "gen_ai.operation.name",
        "execute_tool",
        "gen_ai.tool.name",
        "error.type",
        "not_found",
        "service.name",
        "sluice",
    ] {
        assert!(sent.says(text), "{text}");
    }
    assert_eq!(telling.sent_and_lost(), (1, 0));
}

#[tokio::test]
async fn a_call_that_went_well_has_no_error_and_one_that_was_dropped_was_cancelled() {
    let mut collector = Collector::answering([StatusCode::OK, StatusCode::OK]).await;
    let (telling, outgoing) = Telling::to(&collector.base);
    let mut delivering = telling.begin(outgoing);
    telling.spans.call("get_page", None).end("ok");
    let well = telling.clock.until(collector.sent.recv()).await.unwrap();
    assert!(well.says("tools/call get_page") && !well.says("error.type"));
    drop(telling.spans.call("get_page", None));
    let dropped = telling.clock.until(collector.sent.recv()).await.unwrap();
    assert!(dropped.says("error.type") && dropped.says("cancelled"));
    telling.cancel.cancel();
    telling.clock.until(delivering.join_next()).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_call_of_a_trace_that_is_not_recorded_is_not_told_of() {
    let mut collector = Collector::answering([StatusCode::OK]).await;
    let (telling, outgoing) = Telling::to(&collector.base);
    telling.spans.call("get_page", Some(&parent("00"))).end("ok");
    Spans::off().call("get_page", Some(&parent("01"))).end("ok");
    telling.cancel.cancel();
    outgoing.deliver(&telling.cancel).await;
    assert!(collector.sent.try_recv().is_err());
    assert_eq!(telling.sent_and_lost(), (0, 0));
}

#[tokio::test]
async fn a_collector_that_is_not_there_costs_spans_and_nothing_else() {
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let (telling, outgoing) = Telling::to(&format!("http://{gone}"));
    // Nobody delivers yet: what does not fit is lost, and no call waits.
    for _ in 0..5000 {
        telling.spans.call("get_page", None).end("ok");
    }
    assert_eq!(telling.sent_and_lost(), (0, 5000 - 2048));
    telling.cancel.cancel();
    outgoing.deliver(&telling.cancel).await;
    assert_eq!(telling.sent_and_lost(), (0, 5000));
    telling.spans.call("get_page", None).end("ok");
    assert_eq!(telling.sent_and_lost(), (0, 5001));
}

#[tokio::test]
async fn a_collector_that_never_answers_holds_the_end_up_for_two_seconds_at_most() {
    let mut collector = Collector::answering([]).await;
    let (telling, outgoing) = Telling::to(&collector.base);
    telling.spans.call("get_page", None).end("ok");
    telling.cancel.cancel();
    let mut delivering = telling.begin(outgoing);
    // The span is under way, and the clock stands still.
    collector.sent.recv().await.unwrap();
    assert!(delivering.try_join_next().is_none());
    telling.clock.advance(Duration::from_secs(2));
    delivering.join_next().await.unwrap().unwrap();
}

#[tokio::test]
async fn a_batch_the_collector_refuses_is_lost_and_the_next_one_is_sent() {
    let refused = [StatusCode::SERVICE_UNAVAILABLE, StatusCode::BAD_REQUEST, StatusCode::FOUND, StatusCode::OK];
    let mut collector = Collector::answering(refused).await;
    let (telling, outgoing) = Telling::to(&collector.base);
    let mut delivering = telling.begin(outgoing);
    for _ in refused {
        telling.spans.call("get_page", None).end("ok");
        telling.clock.until(collector.sent.recv()).await.unwrap();
    }
    telling.cancel.cancel();
    delivering.join_next().await.unwrap().unwrap();
    assert_eq!(telling.sent_and_lost(), (1, 3));
}

#[tokio::test]
async fn what_comes_in_great_numbers_is_sent_in_batches() {
    let mut collector = Collector::answering([StatusCode::OK; 3]).await;
    let (telling, outgoing) = Telling::to(&collector.base);
    for _ in 0..1100 {
        telling.spans.call("get_page", None).end("ok");
    }
    let mut delivering = telling.begin(outgoing);
    // The first two are full and wait for nobody.
    collector.sent.recv().await.unwrap();
    collector.sent.recv().await.unwrap();
    telling.cancel.cancel();
    delivering.join_next().await.unwrap().unwrap();
    assert_eq!(telling.sent_and_lost(), (1100, 0));
    assert_eq!(collector.sent.len(), 1);
}
