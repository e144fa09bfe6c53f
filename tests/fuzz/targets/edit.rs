//! Edits anything that is well formed: what comes out is well formed, and what no operation names keeps its bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sluice::markup::{NoNames, Operation, blocks, check_storage, edit, rewrite};

fuzz_target!(|parts: (&str, &str, u8)| {
    let (body, markdown, choice) = parts;
    let Ok(all) = blocks(body) else { return };
    for allow_loss in [false, true] {
        if let Ok(new) = rewrite(body, markdown, &NoNames, allow_loss) {
            check_storage(&new.storage).unwrap();
        }
    }
    let Some(block) = all.get(usize::from(choice) % all.len().max(1)) else { return };
    let (name, markdown) = (block.id.clone(), markdown.to_owned());
    for operation in [
        Operation::ReplaceBlock { block: name.clone(), markdown: markdown.clone() },
        Operation::InsertAfter { block: name.clone(), markdown: markdown.clone() },
        Operation::ReplaceText { find: markdown, replace: "x".into(), count: Some(1), block: Some(name.clone()) },
        Operation::DeleteBlock { block: name },
    ] {
        let Ok(new) = edit(body, &[operation], &NoNames, true) else { continue };
        check_storage(&new.storage).unwrap();
        assert_eq!(new.storage[..block.range.start], body[..block.range.start]);
        let after = &body[block.range.end..];
        assert_eq!(&new.storage[new.storage.len() - after.len()..], after);
    }
});
