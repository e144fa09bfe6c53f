//! How much memory this process takes, read when somebody asks.

use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::gauge::ConstGauge;

/// Resident memory, under the name that Prometheus' own clients give it. Linux alone tells it; elsewhere it is left out.
#[derive(Debug)]
pub(super) struct ResidentMemory;

impl Collector for ResidentMemory {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let Some(bytes) = resident(&status) else { return Ok(()) };
        let metric = encoder.encode_descriptor(
            "process_resident_memory_bytes",
            "Resident memory in bytes.",
            None,
            MetricType::Gauge,
        )?;
        ConstGauge::new(bytes).encode(metric)
    }
}

/// Bytes, from the words of `proc_pid_status(5)`; unlike `statm` it counts in a unit that needs no asking for.
fn resident(status: &str) -> Option<i64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: i64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resident_memory_is_read_in_kibibytes() {
        assert_eq!(resident("Name:\tsluice\nVmHWM:\t   9 kB\nVmRSS:\t   18740 kB\nThreads:\t3\n"), Some(18740 * 1024));
        for status in ["", "VmRSS:", "VmRSS:\t12", "VmRSS:\t-", "VmRSS:\t99999999999999999 kB"] {
            assert_eq!(resident(status), None, "{status}");
        }
    }
}
