//! Reads anything as HTML: no panic, no hang, no more Markdown than there was to read.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sluice::markup::{NoNames, markdown_from_html};

fuzz_target!(|body: &str| {
    let rendered = markdown_from_html(body, &NoNames);
    assert!(rendered.markdown.len() < 1_000 * body.len() + 100_000);
});
