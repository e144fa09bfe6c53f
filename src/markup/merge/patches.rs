//! Changes to a body as bytes to put in place of others; everything else stays as it is.

use std::ops::Range;

/// Bytes of a body and what stands there instead; an empty range is an insertion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::markup) struct Patch {
    pub range: Range<usize>,
    pub text: String,
    /// The operation this is part of, from 1.
    pub operation: usize,
}

/// Two operations that want the same bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::markup) struct Overlap(pub usize, pub usize);

/// The patches in the order of the body; those at one place in the order of their operations.
pub(in crate::markup) fn in_order(mut patches: Vec<Patch>) -> Result<Vec<Patch>, Overlap> {
    patches.sort_by_key(|patch| (patch.range.start, patch.range.end));
    let mut before: Option<&Patch> = None;
    for patch in &patches {
        if let Some(before) = before
            && patch.range.start < before.range.end
        {
            return Err(Overlap(before.operation.min(patch.operation), before.operation.max(patch.operation)));
        }
        before = Some(patch);
    }
    Ok(patches)
}

/// The body with its patches, which are in order.
pub(in crate::markup) fn apply(source: &str, patches: &[Patch]) -> String {
    let added: usize = patches.iter().map(|patch| patch.text.len()).sum();
    let mut out = String::with_capacity(source.len() + added);
    let mut at = 0;
    for patch in patches {
        out.push_str(source.get(at..patch.range.start).unwrap_or_default());
        out.push_str(&patch.text);
        at = patch.range.end;
    }
    out.push_str(source.get(at..).unwrap_or_default());
    out
}
