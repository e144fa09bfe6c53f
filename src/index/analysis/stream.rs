//! The words of a text as the index takes them in.

use std::collections::HashMap;

use tantivy::tokenizer::{Token as Taken, TokenStream, Tokenizer};

use super::split::{Role, Token, tokens};

/// Stems remembered by one writer: most words of a text have been seen before.
const REMEMBERED: usize = 20_000;

/// Splits and folds; stems too, where it is asked to.
#[derive(Clone)]
pub(in crate::index) struct Words {
    stems: Option<HashMap<String, String>>,
}

impl Words {
    /// Words as they are written.
    pub(in crate::index) fn exact() -> Self {
        Self { stems: None }
    }

    /// Words without English endings.
    pub(in crate::index) fn stemmed() -> Self {
        Self { stems: Some(HashMap::new()) }
    }
}

impl Tokenizer for Words {
    type TokenStream<'a> = WordStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        WordStream {
            text,
            lumps: Box::new(super::lumps(text)),
            waiting: Vec::new(),
            next_place: 0,
            base: 0,
            stems: self.stems.as_mut(),
            current: Taken::default(),
        }
    }
}

/// The words of one text.
pub(in crate::index) struct WordStream<'a> {
    text: &'a str,
    lumps: Box<dyn Iterator<Item = std::ops::Range<usize>> + 'a>,
    waiting: Vec<Token>,
    /// The place after the last one of the lumps so far.
    next_place: usize,
    /// The place where the current lump begins.
    base: usize,
    stems: Option<&'a mut HashMap<String, String>>,
    current: Taken,
}

impl TokenStream for WordStream<'_> {
    fn advance(&mut self) -> bool {
        loop {
            if let Some(token) = self.waiting.pop() {
                // Pairs and pieces are found among the stems; as exact words they would only fill the list for typos.
                if self.stems.is_none() && token.role == Role::Unspaced {
                    continue;
                }
                self.take(token);
                return true;
            }
            let Some(lump) = self.lumps.next() else { return false };
            tokens(self.text, lump, &mut self.waiting);
            self.waiting.reverse();
            self.base = self.next_place;
            self.next_place += self.waiting.iter().map(|token| token.place + 1).max().unwrap_or(0);
        }
    }

    fn token(&self) -> &Taken {
        &self.current
    }

    fn token_mut(&mut self) -> &mut Taken {
        &mut self.current
    }
}

impl WordStream<'_> {
    fn take(&mut self, token: Token) {
        self.current.offset_from = token.range.start;
        self.current.offset_to = token.range.end;
        self.current.position = self.base + token.place;
        self.current.text = match &mut self.stems {
            Some(stems) if token.role != Role::Whole && super::stems(&token.text) => {
                if let Some(stem) = stems.get(&token.text) {
                    self.current.text.clone_from(stem);
                    return;
                }
                let stem = super::stem(&token.text);
                if stems.len() == REMEMBERED {
                    stems.clear();
                }
                stems.insert(token.text, stem.clone());
                stem
            }
            _ => token.text,
        };
    }
}
