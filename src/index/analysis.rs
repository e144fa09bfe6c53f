//! How text becomes the words it is found by: folded, split at what joins names, stemmed where it is English.

mod fold;
mod split;
mod stream;

use tantivy::tokenizer::{TextAnalyzer, TokenizerManager};

pub(super) use fold::folded;
pub(super) use split::{Role, Token, lumps, tokens};
pub(super) use stream::Words;

/// The name of the analysis that keeps words as they are written.
pub(super) const EXACT: &str = "sluice_exact";
/// The name of the analysis that takes English endings off.
pub(super) const STEMMED: &str = "sluice_stemmed";

/// Both analyses, under their names.
pub(super) fn analyses() -> TokenizerManager {
    let analyses = TokenizerManager::default();
    analyses.register(EXACT, TextAnalyzer::from(Words::exact()));
    analyses.register(STEMMED, TextAnalyzer::from(Words::stemmed()));
    analyses
}

/// A folded word without its English ending. Words of other writing, and what holds a digit, stay as they are.
pub(super) fn stem(word: &str) -> String {
    if stems(word) {
        frostem::Stemmer::new(frostem::Algorithm::English).stem(word).into_owned()
    } else {
        word.to_owned()
    }
}

/// Whether a folded word may have an English ending.
fn stems(word: &str) -> bool {
    (3..=40).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// What an asked word means: the words that have to stand one after the other, and the whole as one, where it has parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Meant {
    /// Its parts in order, folded, not stemmed.
    pub(super) parts: Vec<String>,
    /// All of it as one token.
    pub(super) whole: Option<String>,
    /// Whether it is written in a script without spaces.
    pub(super) unspaced: bool,
}

/// The words of an asked text, in order.
pub(super) fn meant(text: &str) -> Vec<Meant> {
    let mut all = Vec::new();
    let mut found = Vec::new();
    for lump in lumps(text) {
        found.clear();
        tokens(text, lump, &mut found);
        let mut words = Meant { parts: Vec::new(), whole: None, unspaced: false };
        for token in found.drain(..) {
            match token.role {
                Role::Word => words.parts.push(token.text),
                Role::Unspaced => {
                    words.unspaced = true;
                    words.parts.push(token.text);
                }
                Role::Whole => words.whole = Some(token.text),
                Role::Beside => {}
            }
        }
        if !words.parts.is_empty() {
            all.push(words);
        }
    }
    all
}
