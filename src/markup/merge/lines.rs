//! A line written anew around what stayed of the old one: its bytes, its marks, comments' anchors and colours.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::glyphs::{Glyph, Line, line};

/// Lines whose words multiplied are more are taken as new altogether.
const MOST_COMPARED: usize = 16_000_000;
/// Longest thing, such as a date, that is looked for among the new words.
const LONGEST_THING: usize = 80;

/// A mark of the old line or of the new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Around {
    Old(usize),
    New(usize),
}

/// A word, a sign, white space or a thing: these glyphs.
#[derive(Debug, Clone)]
struct Word {
    text: String,
    glyphs: Range<usize>,
}

/// The old line's storage format changed to say what the new one says.
pub(in crate::markup) fn merge(old_source: &str, old: &Range<usize>, new_source: &str, new: &Range<usize>) -> String {
    let (old, new) = (line(old_source, old), line(new_source, new));
    let old_words = words(&old, &[]);
    let things: Vec<&str> = old.glyphs.iter().filter(|glyph| glyph.is_thing).map(|glyph| glyph.text.as_str()).collect();
    let new_words = words(&new, &things);
    let mut writer = Writer::new(old_source, &old, new_source, &new);
    writer.stay = matches(&old_words, &new_words);
    writer.keep_unseen();
    writer.marks_that_stay();
    writer.write();
    writer.out
}

/// Takes glyphs together that are compared as one; unseen ones are left out.
fn words(line: &Line, things: &[&str]) -> Vec<Word> {
    let mut found: Vec<Word> = Vec::new();
    let mut at = 0;
    while let Some(glyph) = line.glyphs.get(at) {
        if glyph.text.is_empty() {
            at += 1;
            continue;
        }
        let thing = things.iter().filter_map(|thing| spelled(line, at, thing)).max();
        let length = thing.unwrap_or_else(|| word_length(line, at));
        let glyphs = at..at + length;
        let text = if glyph.text == " " {
            " ".to_owned()
        } else {
            line.glyphs.get(glyphs.clone()).unwrap_or_default().iter().map(|glyph| glyph.text.as_str()).collect()
        };
        found.push(Word { text, glyphs });
        at += length;
    }
    found
}

/// How many glyphs from here on spell a thing of the old line.
fn spelled(line: &Line, at: usize, thing: &str) -> Option<usize> {
    if thing.is_empty() || thing.len() > LONGEST_THING {
        return None;
    }
    let mut rest = thing;
    let mut length = 0;
    while !rest.is_empty() {
        let glyph = line.glyphs.get(at + length)?;
        rest = rest.strip_prefix(glyph.text.as_str()).filter(|_| !glyph.text.is_empty())?;
        length += 1;
    }
    Some(length)
}

fn word_length(line: &Line, at: usize) -> usize {
    let is_letter = |glyph: &Glyph| !glyph.is_thing && glyph.text.chars().all(char::is_alphanumeric);
    let alike: fn(&Glyph) -> bool = match line.glyphs.get(at) {
        Some(glyph) if !glyph.is_thing && glyph.text == " " => |glyph| !glyph.is_thing && glyph.text == " ",
        Some(glyph) if is_letter(glyph) => {
            |glyph| !glyph.is_thing && !glyph.text.is_empty() && glyph.text.chars().all(char::is_alphanumeric)
        }
        _ => |_| false,
    };
    line.glyphs.get(at..).unwrap_or_default().iter().take_while(|glyph| alike(glyph)).count().max(1)
}

/// For each glyph of the new line that stayed, the glyphs of the old line that stand for it.
fn matches(old_words: &[Word], new_words: &[Word]) -> BTreeMap<usize, Range<usize>> {
    let mut stay = BTreeMap::new();
    if old_words.len().saturating_mul(new_words.len()) > MOST_COMPARED {
        return stay;
    }
    let texts = |words: &[Word]| words.iter().map(|word| word.text.clone()).collect::<Vec<_>>();
    for change in capture_diff_slices(Algorithm::Myers, &texts(old_words), &texts(new_words)) {
        let DiffOp::Equal { old_index, new_index, len } = change else { continue };
        // White space and signs alone are the same everywhere.
        let telling = |word: &Word| word.text.contains(char::is_alphanumeric) || word.text.chars().count() > 1;
        if len < old_words.len() && !old_words.iter().skip(old_index).take(len).any(telling) {
            continue;
        }
        let pairs = old_words.iter().skip(old_index).zip(new_words.iter().skip(new_index)).take(len);
        for (one, other) in pairs {
            if one.glyphs.len() == other.glyphs.len() && one.text != " " {
                stay.extend(other.glyphs.clone().zip(one.glyphs.clone().map(|at| at..at + 1)));
            } else {
                // White space of another width, or a thing spelled in words: all of it stands where the new begins.
                let mut rest = other.glyphs.clone();
                stay.extend(rest.next().map(|at| (at, one.glyphs.clone())));
                stay.extend(rest.map(|at| (at, one.glyphs.end..one.glyphs.end)));
            }
        }
    }
    stay
}

struct Writer<'a> {
    old_source: &'a str,
    old: &'a Line,
    new_source: &'a str,
    new: &'a Line,
    stay: BTreeMap<usize, Range<usize>>,
    /// Unseen glyphs of the old line that go before a glyph of the old line that stayed.
    unseen_before: HashMap<usize, Vec<usize>>,
    /// Those that go to the end.
    unseen_last: Vec<usize>,
    /// For a mark of the new line, the mark of the old line that it is.
    same: HashMap<usize, usize>,
    open: Vec<Around>,
    out: String,
}

impl<'a> Writer<'a> {
    fn new(old_source: &'a str, old: &'a Line, new_source: &'a str, new: &'a Line) -> Self {
        Self {
            old_source,
            old,
            new_source,
            new,
            stay: BTreeMap::new(),
            unseen_before: HashMap::new(),
            unseen_last: Vec::new(),
            same: HashMap::new(),
            open: Vec::new(),
            out: String::new(),
        }
    }

    /// What cannot be seen in Markdown, such as an anchor, goes with what follows it, unless the new line has it too.
    fn keep_unseen(&mut self) {
        let unseen = self.new.glyphs.iter().filter(|glyph| glyph.text.is_empty());
        let unseen: HashSet<_> = unseen.map(|glyph| self.new_source.get(glyph.range.clone())).collect();
        let again = |glyph: &Glyph| unseen.contains(&self.old_source.get(glyph.range.clone()));
        let mut sorted: Vec<usize> = self.stay.values().flat_map(Clone::clone).collect();
        sorted.sort_unstable();
        for (at, glyph) in self.old.glyphs.iter().enumerate() {
            if !glyph.text.is_empty() || again(glyph) {
                continue;
            }
            match sorted.get(sorted.partition_point(|stayed| *stayed < at)) {
                Some(next) => self.unseen_before.entry(*next).or_default().push(at),
                None => self.unseen_last.push(at),
            }
        }
    }

    /// A mark of the new line is that mark of the old one that shows the same around something that stayed.
    fn marks_that_stay(&mut self) {
        for (at, stayed) in &self.stay {
            let (Some(new), Some(old)) = (self.new.glyphs.get(*at), self.old.glyphs.get(stayed.start)) else {
                continue;
            };
            for mark in &new.around {
                let Some(shows) = self.new.marks.get(*mark).map(|mark| &mark.shows) else { continue };
                let same =
                    old.around.iter().find(|other| self.old.marks.get(**other).is_some_and(|old| &old.shows == shows));
                if let Some(same) = same
                    && shows.is_some()
                {
                    self.same.entry(*mark).or_insert(*same);
                }
            }
        }
    }

    fn write(&mut self) {
        for at in 0..self.new.glyphs.len() {
            match self.stay.get(&at).cloned() {
                Some(stayed) => self.stayed(at, stayed),
                None => self.came(at),
            }
        }
        for at in std::mem::take(&mut self.unseen_last) {
            self.unseen(at);
        }
        self.surround(&[]);
    }

    fn stayed(&mut self, at: usize, stayed: Range<usize>) {
        for old in stayed {
            for unseen in self.unseen_before.remove(&old).unwrap_or_default() {
                self.unseen(unseen);
            }
            let (Some(glyph), Some(new)) = (self.old.glyphs.get(old), self.new.glyphs.get(at)) else { continue };
            let around = self.around_stayed(glyph, new);
            self.surround(&around);
            self.out.push_str(self.old_source.get(glyph.range.clone()).unwrap_or_default());
        }
    }

    fn unseen(&mut self, at: usize) {
        let Some(glyph) = self.old.glyphs.get(at) else { return };
        let around: Vec<Around> = glyph.around.iter().map(|mark| Around::Old(*mark)).collect();
        // In the midst of the same marks it needs no others.
        if !self.open.starts_with(&around) {
            self.surround(&around);
        }
        self.out.push_str(self.old_source.get(glyph.range.clone()).unwrap_or_default());
    }

    fn came(&mut self, at: usize) {
        let Some(glyph) = self.new.glyphs.get(at) else { return };
        let mut around = self.unseen_marks_across(at);
        around.extend(glyph.around.iter().map(|mark| self.new_mark(*mark)));
        self.surround(&around);
        self.out.push_str(self.new_source.get(glyph.range.clone()).unwrap_or_default());
    }

    /// Marks that Markdown does not show and that go on on both sides of something new.
    fn unseen_marks_across(&self, at: usize) -> Vec<Around> {
        let old = |stayed: &Range<usize>| self.old.glyphs.get(stayed.start);
        let before =
            self.stay.range(..at).rev().map(|(_, stayed)| stayed).find(|stayed| !stayed.is_empty()).and_then(old);
        let after = self.stay.range(at..).map(|(_, stayed)| stayed).find(|stayed| !stayed.is_empty()).and_then(old);
        let (Some(before), Some(after)) = (before, after) else { return Vec::new() };
        let both = before.around.iter().filter(|mark| after.around.contains(mark));
        let unseen = both.filter(|mark| self.old.marks.get(**mark).is_some_and(|mark| mark.shows.is_none()));
        unseen.map(|mark| Around::Old(*mark)).collect()
    }

    fn new_mark(&self, mark: usize) -> Around {
        self.same.get(&mark).map_or(Around::New(mark), |old| Around::Old(*old))
    }

    /// The old marks where they show what the new ones do; else the unseen old ones around the new ones.
    fn around_stayed(&self, old: &Glyph, new: &Glyph) -> Vec<Around> {
        let shown = |line: &Line, around: &[usize]| {
            let mut shown: Vec<String> =
                around.iter().filter_map(|mark| line.marks.get(*mark)?.shows.clone()).collect();
            shown.sort_unstable();
            shown.dedup();
            shown
        };
        if shown(self.old, &old.around) == shown(self.new, &new.around) {
            return old.around.iter().map(|mark| Around::Old(*mark)).collect();
        }
        let unseen =
            old.around.iter().filter(|mark| self.old.marks.get(**mark).is_some_and(|mark| mark.shows.is_none()));
        let mut around: Vec<Around> = unseen.map(|mark| Around::Old(*mark)).collect();
        around.extend(new.around.iter().map(|mark| self.new_mark(*mark)));
        around
    }

    /// Closes and opens marks so that these are open.
    fn surround(&mut self, around: &[Around]) {
        let common = self.open.iter().zip(around).take_while(|(one, other)| one == other).count();
        while self.open.len() > common {
            if let Some(name) = self.open.pop().and_then(|mark| self.mark(mark)).map(|(name, _)| name.to_owned()) {
                self.out.extend(["</", &name, ">"]);
            }
        }
        for mark in around.get(common..).unwrap_or_default() {
            if !self.open.contains(mark)
                && let Some((_, tag)) = self.mark(*mark)
            {
                self.out.push_str(tag);
                self.open.push(*mark);
            }
        }
    }

    /// The name and the start tag of a mark.
    fn mark(&self, mark: Around) -> Option<(&'a str, &'a str)> {
        let (line, source, mark) = match mark {
            Around::Old(mark) => (self.old, self.old_source, mark),
            Around::New(mark) => (self.new, self.new_source, mark),
        };
        let mark = line.marks.get(mark)?;
        Some((mark.name.as_str(), source.get(mark.start.clone())?))
    }
}
