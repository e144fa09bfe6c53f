//! One step of a pass: what was read since the last, put into the index and then written down.

use std::time::Duration;

use super::known::{Known, SourceState};
use super::{FillError, Pass};
use crate::domain::text::quoted;
use crate::sources::content::{document, fingerprint, is_id};
use crate::sources::error::SourceError;
use crate::sources::source::{Article, Content, Problem};
use crate::store::Batch;

/// So many changed articles are one step.
const MOST_CHANGED: usize = 200;
/// So many bytes of them are, too.
const MOST_BYTES: usize = 8 << 20;
/// So many articles that are as they were are.
const MOST_SEEN: usize = 2_000;
/// How long searches of a first copy wait at least for more of it.
const APART: Duration = Duration::from_secs(10);
/// After so many articles in a row that could not be read, it is not about them.
const MOST_FAILURES: usize = 25;

/// What was seen and read since the last step.
#[derive(Default)]
pub(super) struct Gathered {
    changed: Vec<(Article, Content)>,
    bytes: usize,
    known: Vec<Known>,
    failures: usize,
    /// Steady time from which on searches of a first copy may see more of it.
    not_before: Duration,
}

impl Gathered {
    /// Whether it is time to write it down.
    pub(super) fn is_enough(&self) -> bool {
        self.changed.len() >= MOST_CHANGED || self.bytes >= MOST_BYTES || self.known.len() >= MOST_SEEN
    }
}

impl Pass<'_> {
    /// Takes an article as it was listed, and reads it where it is not as it is known.
    pub(super) async fn take(
        &self,
        mut article: Article,
        gathered: &mut Gathered,
        state: &mut SourceState,
    ) -> Result<(), FillError> {
        if self.cancelled.is_cancelled() {
            return Err(FillError::Cancelled);
        }
        state.seen += 1;
        self.progress.looked_at_one();
        if !is_id(&article.id) {
            self.progress.problem(about(&article, &"its id is none"));
            return Ok(());
        }
        let known = self.ledger.known(&article.id).await?.unwrap_or_default();
        let mut print = fingerprint(&article);
        let tells = !article.stamp.is_empty() || article.content.is_some();
        if !tells || known.fingerprint != print {
            let content = match article.content.take() {
                Some(content) => Ok(content),
                None => self.or_cancelled(self.source.read(&article)).await,
            };
            match content {
                Ok(content) => {
                    gathered.failures = 0;
                    gathered.bytes += content.text.len();
                    gathered.changed.push((article.clone(), content));
                }
                // It is gone by now; a listing that does not show it will tell.
                Err(FillError::Source(SourceError::Missing)) => return Ok(()),
                Err(FillError::Source(error)) if !error.is_about_all() && gathered.failures < MOST_FAILURES => {
                    gathered.failures += 1;
                    self.progress.problem(about(&article, &error));
                    // The copy from before stays, and it is tried again the next time.
                    print = String::new();
                }
                Err(error) => return Err(error),
            }
        }
        gathered.known.push(Known { id: article.id, fingerprint: print, pass: state.pass, missed: 0 });
        if gathered.is_enough() {
            self.write(gathered, state).await?;
        }
        Ok(())
    }

    /// Puts copies into the index, and then writes down what is known of them and where the pass is.
    pub(super) async fn write(&self, gathered: &mut Gathered, state: &SourceState) -> Result<(), FillError> {
        let Gathered { changed, known, failures, not_before, .. } = std::mem::take(gathered);
        (gathered.failures, gathered.not_before) = (failures, not_before);
        let number = u64::try_from(changed.len()).unwrap_or(u64::MAX);
        if !changed.is_empty() {
            let now = self.clock.now();
            self.on_copies(move |copies| {
                for (article, content) in changed {
                    copies.put(document(article, content, now))?;
                }
                copies.commit()
            })
            .await?;
        }
        self.progress.copied(number);
        let batch = known.iter().fold(Batch::new(), |batch, known| self.ledger.put(batch, known));
        self.ledger.store.commit(self.ledger.put_state(batch, state)).await?;
        // Of a first copy, some is better than none.
        if number > 0 && state.complete.is_none() && self.clock.steady() >= not_before {
            self.on_copies(|copies| copies.publish_so_far()).await?;
            gathered.not_before = self.clock.steady().saturating_add(APART);
        }
        Ok(())
    }
}

/// What is wrong with an article.
fn about(article: &Article, why: &dyn std::fmt::Display) -> Problem {
    let id = quoted(&article.id, 200);
    let what = if article.title.is_empty() { id } else { format!("{}, id {id}", quoted(&article.title, 120)) };
    Problem { what, why: why.to_string() }
}
