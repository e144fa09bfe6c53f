//! Two sequences of blocks, rows or cells laid side by side: what stayed, what changed, what came and what went.

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Sequences whose lengths multiplied are larger are compared coarsely.
const MOST_COMPARED: usize = 25_000_000;
/// Changed stretches up to this size are paired by likeness, longer ones by position.
const MOST_PAIRED: usize = 48;

/// One step from the old sequence to the new one, by their indexes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::markup) enum Step {
    Same(usize, usize),
    Changed(usize, usize),
    /// One of the old.
    Gone(usize),
    /// One of the new, which comes after what the steps before have left.
    Come(usize),
}

/// What a part is, as far as one part can become another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::markup) enum Kind {
    /// A paragraph, a loose line or an image by itself.
    Line,
    Heading,
    List,
    Tasks,
    Table,
    Quote,
    Panel,
    Expand,
    /// A macro around plain text, such as code.
    Source,
    Macro,
    Item,
    Cell,
    Row,
    Task,
    Other,
    /// One of several blocks that one element reads as, which are changed together or not at all.
    Mixed,
}

/// What two neighbours have in common decides whether one is the other changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::markup) struct Seen {
    /// What kind it is; only the same kind is paired.
    pub kind: Kind,
    /// How it reads.
    pub text: String,
}

/// The steps from `old` to `new`.
pub(in crate::markup) fn steps(old: &[Seen], new: &[Seen]) -> Vec<Step> {
    let texts = |seen: &[Seen]| seen.iter().map(|seen| seen.text.clone()).collect::<Vec<_>>();
    let mut steps = Vec::with_capacity(old.len().max(new.len()));
    for change in differences(&texts(old), &texts(new)) {
        match change {
            DiffOp::Equal { old_index, new_index, len } => {
                steps.extend((0..len).map(|at| Step::Same(old_index + at, new_index + at)));
            }
            DiffOp::Delete { old_index, old_len, .. } => {
                steps.extend((old_index..old_index + old_len).map(Step::Gone));
            }
            DiffOp::Insert { new_index, new_len, .. } => {
                steps.extend((new_index..new_index + new_len).map(Step::Come));
            }
            DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                let old = old.get(old_index..old_index + old_len).unwrap_or_default();
                let new = new.get(new_index..new_index + new_len).unwrap_or_default();
                pair(old, new, old_index, new_index, &mut steps);
            }
        }
    }
    steps
}

/// The differences, or one that covers everything between the equal ends where finding them would take too long.
fn differences(old: &[String], new: &[String]) -> Vec<DiffOp> {
    if old.len().saturating_mul(new.len()) <= MOST_COMPARED {
        return capture_diff_slices(Algorithm::Myers, old, new);
    }
    let start = old.iter().zip(new).take_while(|(one, other)| one == other).count();
    let rest = old.len().min(new.len()) - start;
    let end = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(one, other)| one == other).count();
    let (old_len, new_len) = (old.len() - start - end, new.len() - start - end);
    let tail = DiffOp::Equal { old_index: old.len() - end, new_index: new.len() - end, len: end };
    let middle = DiffOp::Replace { old_index: start, old_len, new_index: start, new_len };
    vec![DiffOp::Equal { old_index: 0, new_index: 0, len: start }, middle, tail]
}

/// Pairs a changed stretch so that the pairs are as alike as can be, in order.
fn pair(old: &[Seen], new: &[Seen], old_start: usize, new_start: usize, steps: &mut Vec<Step>) {
    if old.len() == 1 && new.len() == 1 && old.first().map(|seen| seen.kind) == new.first().map(|seen| seen.kind) {
        steps.push(Step::Changed(old_start, new_start));
        return;
    }
    let likeness =
        |one: &Seen, other: &Seen| if one.kind == other.kind { 1 + likeness(&one.text, &other.text) } else { 0 };
    let pairs = if old.len() > MOST_PAIRED || new.len() > MOST_PAIRED {
        let same_kind = |at: &usize| old.get(*at).map(|seen| seen.kind) == new.get(*at).map(|seen| seen.kind);
        (0..old.len().min(new.len())).filter(same_kind).map(|at| (at, at)).collect()
    } else {
        best_pairs(old, new, likeness)
    };
    let (mut next_old, mut next_new) = (0, 0);
    for (one, other) in pairs.into_iter().chain([(old.len(), new.len())]) {
        steps.extend((next_old..one).map(|at| Step::Gone(old_start + at)));
        steps.extend((next_new..other).map(|at| Step::Come(new_start + at)));
        if one < old.len() {
            steps.push(Step::Changed(old_start + one, new_start + other));
        }
        (next_old, next_new) = (one + 1, other + 1);
    }
}

/// The pairs with the largest likeness in all (Needleman and Wunsch without a price for gaps).
fn best_pairs(old: &[Seen], new: &[Seen], likeness: impl Fn(&Seen, &Seen) -> u32) -> Vec<(usize, usize)> {
    let width = new.len() + 1;
    let mut best = vec![0_u32; (old.len() + 1) * width];
    let at = |one: usize, other: usize| one * width + other;
    let read = |best: &[u32], one, other| best.get(at(one, other)).copied().unwrap_or_default();
    let mut alike = vec![0_u32; best.len()];
    for (one, left) in old.iter().enumerate().rev() {
        for (other, right) in new.iter().enumerate().rev() {
            let score = likeness(left, right);
            let paired = if score > 0 { score + read(&best, one + 1, other + 1) } else { 0 };
            let largest = paired.max(read(&best, one + 1, other)).max(read(&best, one, other + 1));
            if let Some(place) = alike.get_mut(at(one, other)) {
                *place = score;
            }
            if let Some(place) = best.get_mut(at(one, other)) {
                *place = largest;
            }
        }
    }
    let mut pairs = Vec::new();
    let (mut one, mut other) = (0, 0);
    while one < old.len() && other < new.len() {
        let score = read(&alike, one, other);
        if score > 0 && read(&best, one, other) == score + read(&best, one + 1, other + 1) {
            pairs.push((one, other));
            one += 1;
            other += 1;
        } else if read(&best, one + 1, other) >= read(&best, one, other + 1) {
            one += 1;
        } else {
            other += 1;
        }
    }
    pairs
}

/// How many of the words of two texts are the same, of 100.
fn likeness(one: &str, other: &str) -> u32 {
    let words = |text: &str| text.split_whitespace().take(200).map(str::to_owned).collect::<Vec<_>>();
    let (mut left, mut right) = (words(one), words(other));
    left.sort_unstable();
    right.sort_unstable();
    let all = left.len().max(right.len()).max(1);
    let mut common = 0;
    let mut rest = right.iter().peekable();
    for word in &left {
        while rest.next_if(|other| *other < word).is_some() {}
        if rest.next_if(|other| *other == word).is_some() {
            common += 1;
        }
    }
    u32::try_from(common * 100 / all).unwrap_or_default()
}
