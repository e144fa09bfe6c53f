//! Any Markdown is written well formed or refused, and reads the same after one round.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sluice::markup::{NoNames, check_storage, markdown_from_storage, storage_from_markdown};

fuzz_target!(|markdown: &str| {
    let Ok(storage) = storage_from_markdown(markdown) else { return };
    check_storage(&storage).unwrap();
    let once = markdown_from_storage(&storage, &NoNames).markdown;
    let again = storage_from_markdown(&once).unwrap();
    check_storage(&again).unwrap();
    let twice = markdown_from_storage(&again, &NoNames).markdown;
    assert_eq!(once, twice, "{markdown:?}");
});
