//! What is told, word for word, and what is counted out again.

use std::time::Duration;

use expect_test::expect;

use super::*;

fn metrics() -> Metrics {
    Metrics::new("2026-11-22T10:30:00Z".parse().unwrap())
}

/// The lines that begin with that.
fn lines(metrics: &Metrics, start: &str) -> String {
    metrics.text().split_inclusive('\n').filter(|line| line.starts_with(start)).collect()
}

#[test]
fn each_name_says_what_it_counts() {
    // Other systems than Linux do not tell of resident memory.
    let metrics = metrics();
    // What has a label is told once there is a value for it.
    metrics.call_ended("get_page", "ok", Duration::ZERO);
    metrics.request_ended(200, Duration::ZERO);
    let told: String = ["# HELP", "# TYPE"].map(|start| lines(&metrics, start)).concat();
    let told: Vec<&str> = told.lines().filter(|line| !line.contains("process_resident_memory_bytes")).collect();
    expect![[r#"
        # HELP sluice_build_info Which Sluice this is.
        # HELP process_start_time_seconds When the process began, since 1970.
        # HELP sluice_calls_total Tool calls that ended, by tool and by how.
        # HELP sluice_call_seconds How long tool calls took.
        # HELP sluice_http_requests_total HTTP requests answered, by status.
        # HELP sluice_http_request_seconds How long answers to HTTP took.
        # HELP sluice_http_refusals_total HTTP requests refused, by reason.
        # HELP sluice_reloads_total Times settings were read again, by result.
        # HELP sluice_spans_total Spans for the collector, by what became of them.
        # HELP sluice_connections Open connections.
        # HELP sluice_sessions Sessions of clients that keep one.
        # HELP sluice_listeners Streams that wait for what changes.
        # HELP sluice_calls_in_flight Tool calls under way.
        # HELP sluice_http_requests_in_flight HTTP requests under way.
        # TYPE sluice_build_info gauge
        # TYPE process_start_time_seconds gauge
        # TYPE sluice_calls_total counter
        # TYPE sluice_call_seconds histogram
        # TYPE sluice_http_requests_total counter
        # TYPE sluice_http_request_seconds histogram
        # TYPE sluice_http_refusals_total counter
        # TYPE sluice_reloads_total counter
        # TYPE sluice_spans_total counter
        # TYPE sluice_connections gauge
        # TYPE sluice_sessions gauge
        # TYPE sluice_listeners gauge
        # TYPE sluice_calls_in_flight gauge
        # TYPE sluice_http_requests_in_flight gauge"#]]
    .assert_eq(&told.join("\n"));
}

#[test]
fn what_has_not_happened_yet_is_told_as_zero() {
    let text = metrics().text();
    let mut zeros: Vec<&str> =
        text.lines().filter(|line| line.starts_with("sluice_") && line.contains("_total")).collect();
    zeros.sort_unstable();
    expect![[r#"
        sluice_http_refusals_total{reason="body"} 0
        sluice_http_refusals_total{reason="concurrency"} 0
        sluice_http_refusals_total{reason="draining"} 0
        sluice_http_refusals_total{reason="expired"} 0
        sluice_http_refusals_total{reason="foreign_session"} 0
        sluice_http_refusals_total{reason="host"} 0
        sluice_http_refusals_total{reason="insufficient_scope"} 0
        sluice_http_refusals_total{reason="malformed"} 0
        sluice_http_refusals_total{reason="no_site"} 0
        sluice_http_refusals_total{reason="origin"} 0
        sluice_http_refusals_total{reason="rate"} 0
        sluice_http_refusals_total{reason="sessions"} 0
        sluice_http_refusals_total{reason="unauthenticated"} 0
        sluice_reloads_total{result="done"} 0
        sluice_reloads_total{result="refused"} 0
        sluice_spans_total{result="lost"} 0
        sluice_spans_total{result="sent"} 0"#]]
    .assert_eq(&zeros.join("\n"));
}

#[test]
fn calls_are_counted_by_tool_and_outcome_and_timed_by_tool() {
    let metrics = metrics();
    metrics.call_ended("get_page", "ok", Duration::from_millis(3));
    metrics.clone().call_ended("get_page", "ok", Duration::from_secs(40));
    metrics.call_ended("get_page", "not_found", Duration::from_micros(1));
    let mut counted: Vec<String> = lines(&metrics, "sluice_calls_total").lines().map(str::to_owned).collect();
    counted.sort();
    expect![[r#"
        sluice_calls_total{tool="get_page",outcome="not_found"} 1
        sluice_calls_total{tool="get_page",outcome="ok"} 2"#]]
    .assert_eq(&counted.join("\n"));
    expect![[r#"
        sluice_call_seconds_bucket{tool="get_page",le="0.001"} 1
        sluice_call_seconds_bucket{tool="get_page",le="0.0025"} 1
        sluice_call_seconds_bucket{tool="get_page",le="0.005"} 2
        sluice_call_seconds_bucket{tool="get_page",le="0.01"} 2
        sluice_call_seconds_bucket{tool="get_page",le="0.025"} 2
        sluice_call_seconds_bucket{tool="get_page",le="0.05"} 2
        sluice_call_seconds_bucket{tool="get_page",le="0.1"} 2
        sluice_call_seconds_bucket{tool="get_page",le="0.25"} 2
        sluice_call_seconds_bucket{tool="get_page",le="0.5"} 2
        sluice_call_seconds_bucket{tool="get_page",le="1"} 2
        sluice_call_seconds_bucket{tool="get_page",le="2.5"} 2
        sluice_call_seconds_bucket{tool="get_page",le="5"} 2
        sluice_call_seconds_bucket{tool="get_page",le="10"} 2
        sluice_call_seconds_bucket{tool="get_page",le="30"} 2
        sluice_call_seconds_bucket{tool="get_page",le="+Inf"} 3
        sluice_call_seconds_sum{tool="get_page"} 40.003001
        sluice_call_seconds_count{tool="get_page"} 3
    "#]]
    .assert_eq(&lines(&metrics, "sluice_call_seconds"));
}

#[test]
fn requests_refusals_and_reloads_are_counted() {
    let metrics = metrics();
    metrics.request_ended(429, Duration::from_millis(3));
    metrics.refused(Refusal::Rate);
    metrics.reloaded(Reload::Refused);
    expect![[r#"
        sluice_http_requests_total{status="429"} 1
    "#]]
    .assert_eq(&lines(&metrics, "sluice_http_requests_total"));
    expect![[r#"
        sluice_http_request_seconds_count 1
    "#]]
    .assert_eq(&lines(&metrics, "sluice_http_request_seconds_count"));
    expect![[r#"
        sluice_http_refusals_total{reason="rate"} 1
    "#]]
    .assert_eq(&lines(&metrics, "sluice_http_refusals_total{reason=\"rate\"}"));
    expect![[r#"
        sluice_reloads_total{result="refused"} 1
    "#]]
    .assert_eq(&lines(&metrics, "sluice_reloads_total{result=\"refused\"}"));
}

#[test]
fn what_is_open_is_counted_until_it_is_dropped() {
    let metrics = metrics();
    let open = |name: &str| lines(&metrics, &format!("sluice_{name} "));
    for (name, begin) in [
        ("connections", Metrics::connection as fn(&Metrics) -> Open),
        ("sessions", Metrics::session),
        ("listeners", Metrics::listener),
        ("calls_in_flight", Metrics::call),
        ("http_requests_in_flight", Metrics::request),
    ] {
        let (first, second) = (begin(&metrics), begin(&metrics.clone()));
        assert_eq!(open(name), format!("sluice_{name} 2\n"));
        drop(first);
        assert_eq!(open(name), format!("sluice_{name} 1\n"));
        let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(move || {
            let _held = second;
            panic!("what panics is counted out too");
        }));
        assert!(ended.is_err());
        assert_eq!(open(name), format!("sluice_{name} 0\n"));
    }
}

#[test]
fn the_process_tells_its_version_its_start_and_its_memory() {
    let metrics = metrics();
    let version = format!("sluice_build_info{{version=\"{}\"}} 1\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(lines(&metrics, "sluice_build_info"), version);
    assert_eq!(lines(&metrics, "process_start_time_seconds"), "process_start_time_seconds 1795343400.0\n");
    if cfg!(target_os = "linux") {
        let memory = lines(&metrics, "process_resident_memory_bytes");
        let bytes: u64 = memory.trim().rsplit_once(' ').unwrap().1.parse().unwrap();
        assert!(bytes > 1024 * 1024, "{memory}");
    }
}
