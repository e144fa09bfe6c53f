//! Any body is read without harm, and the Markdown it gives can be written again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sluice::markup::{
    NoNames, check_storage, markdown_from_storage, mentioned, resolve_entities, storage_from_markdown,
};

fuzz_target!(|storage: &str| {
    let rendered = markdown_from_storage(storage, &NoNames);
    mentioned(storage);
    resolve_entities(storage);
    let _ = check_storage(storage);
    if let Ok(written) = storage_from_markdown(&rendered.markdown) {
        check_storage(&written).unwrap();
    }
});
