//! Reads anything as ADF: no panic, no hang, no more Markdown than there was to read.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sluice::markup::{NoNames, markdown_from_adf};

fuzz_target!(|body: &str| {
    let rendered = markdown_from_adf(body, &NoNames);
    assert!(rendered.markdown.len() < 100 * body.len() + 100_000);
});
