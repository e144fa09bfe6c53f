//! What happens to requests on their way: a share of every operation is spoilt.

use std::collections::BTreeMap;

use fastrand::Rng;
use sluice::sandbox::{Effect, Fault, Moment, RetryAfter, Sandbox};

/// How many of a thousand writes are spoilt.
const WRITES: u64 = 120;
/// How many of a thousand reads are spoilt.
const READS: u64 = 10;
/// How much later a request arrives at most, by the fast clock, in milliseconds.
const LATEST: u64 = 25_000;

/// Spoils requests, each operation in its share.
pub(crate) struct Weather {
    random: Rng,
    pace: u32,
    sown: BTreeMap<String, u64>,
    /// How often each misfortune was ordered.
    pub(crate) ordered: BTreeMap<&'static str, u64>,
}

impl Weather {
    pub(crate) fn new(seed: u64, pace: u32) -> Self {
        Self { random: Rng::with_seed(seed), pace, sown: BTreeMap::new(), ordered: BTreeMap::new() }
    }

    /// Orders misfortunes for the requests to come, as many as their share of those that came.
    pub(crate) fn sow(&mut self, site: &Sandbox) {
        for (template, came) in site.requests() {
            let writes = !template.starts_with("GET");
            let share = came * if writes { WRITES } else { READS } / 1000;
            let sown = self.sown.entry(template.clone()).or_default();
            while *sown < share {
                *sown += 1;
                let (name, effect) =
                    if writes { for_a_write(&mut self.random, self.pace) } else { for_a_read(&mut self.random) };
                *self.ordered.entry(name).or_default() += 1;
                site.set_fault(Fault { template: Some(template.clone()), times: 1, effect });
            }
        }
    }
}

fn for_a_write(random: &mut Rng, pace: u32) -> (&'static str, Effect) {
    match random.u8(0..20) {
        0..=3 => ("answer lost", Effect::Reset { moment: Moment::After }),
        4..=5 => ("lost", Effect::Reset { moment: Moment::Before }),
        6..=9 => ("late", Effect::Late { milliseconds: random.u64(1..LATEST) / u64::from(pace) }),
        10..=11 => ("twice", Effect::Twice),
        12 => ("500 after", Effect::ServerError { moment: Moment::After }),
        13 => ("500 before", Effect::ServerError { moment: Moment::Before }),
        14 => ("truncated", Effect::Truncated),
        15..=16 => ("429", Effect::TooManyRequests { retry_after: None }),
        17 => ("429", Effect::TooManyRequests { retry_after: Some(RetryAfter::Seconds(20)) }),
        18 => ("503", Effect::Unavailable { retry_after: None }),
        _ => ("slow", Effect::Slow { milliseconds: random.u64(1..200) }),
    }
}

fn for_a_read(random: &mut Rng) -> (&'static str, Effect) {
    match random.u8(0..6) {
        0 => ("read 429", Effect::TooManyRequests { retry_after: None }),
        1 => ("read 503", Effect::Unavailable { retry_after: None }),
        2 => ("read 500", Effect::ServerError { moment: Moment::Before }),
        3 => ("read lost", Effect::Reset { moment: Moment::Before }),
        4 => ("read truncated", Effect::Truncated),
        _ => ("read not found", Effect::NotFound),
    }
}
