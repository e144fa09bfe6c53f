//! Filling: what is durable when, what is removed and what is not, and how a run that was ended goes on.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use sluice::index::SpaceFacts;
use sluice::sources::fill::{doubt, forget, kept, state};
use sluice::sources::{
    Article, Checked, Content, Ended, Problem, Source, SourceError, SourceKind, SourcePage, SourceRecord, Text,
};
use tokio_util::sync::CancellationToken;

use super::{Home, why};

/// A source of so many articles, `page` of them at a time.
struct Scripted {
    record: SourceRecord,
    articles: Mutex<Vec<(String, String)>>,
    page: usize,
    /// Ids that are there although no listing shows them.
    hidden: Mutex<Vec<String>>,
    /// Whether single articles can be asked for.
    answers: bool,
    holes: Mutex<bool>,
    reads: AtomicUsize,
    /// Ended with that many reads done.
    end_at: Mutex<Option<(usize, CancellationToken)>>,
}

impl Scripted {
    fn new(home: &Home, number: usize, page: usize) -> Arc<Self> {
        let name = "scripted".parse().unwrap();
        let place = Some("/".to_owned());
        let record = home.sources.new_record(name, SourceKind::Folder, place, None).unwrap();
        let articles = (0..number).map(|id| (format!("{id:05}"), "1".to_owned())).collect();
        Arc::new(Self {
            record,
            articles: Mutex::new(articles),
            page,
            hidden: Mutex::default(),
            answers: true,
            holes: Mutex::default(),
            reads: AtomicUsize::new(0),
            end_at: Mutex::default(),
        })
    }

    fn port(self: &Arc<Self>) -> Arc<dyn Source> {
        Arc::clone(self) as Arc<dyn Source>
    }

    fn reads(&self) -> usize {
        self.reads.swap(0, Ordering::SeqCst)
    }
}

fn article(id: &str, stamp: &str) -> Article {
    Article {
        id: id.to_owned(),
        title: format!("Article {id}"),
        stamp: stamp.to_owned(),
        breadcrumb: Vec::new(),
        ancestors: Vec::new(),
        space: SpaceFacts { id: "s".into(), key: "s".into(), name: "S".into() },
        created: None,
        modified: None,
        url: String::new(),
        restricted: false,
        content: None,
    }
}

impl Source for Scripted {
    fn record(&self) -> &SourceRecord {
        &self.record
    }

    fn check(&self) -> BoxFuture<'_, Result<Checked, SourceError>> {
        unreachable!()
    }

    fn list<'a>(&'a self, cursor: Option<&'a str>) -> BoxFuture<'a, Result<SourcePage, SourceError>> {
        let from: usize = cursor.map_or(0, |cursor| cursor.parse().unwrap());
        let all = self.articles.lock().unwrap();
        let articles = all.iter().skip(from).take(self.page).map(|(id, stamp)| article(id, stamp)).collect();
        let next = (from + self.page < all.len()).then(|| (from + self.page).to_string());
        let hole = Problem { what: "a part".into(), why: "broken".into() };
        let holes = if *self.holes.lock().unwrap() { vec![hole] } else { Vec::new() };
        Box::pin(std::future::ready(Ok(SourcePage { articles, next, holes, ..SourcePage::default() })))
    }

    fn read<'a>(&'a self, article: &'a Article) -> BoxFuture<'a, Result<Content, SourceError>> {
        let reads = self.reads.fetch_add(1, Ordering::SeqCst) + 1;
        if let Some((at, cancelled)) = &*self.end_at.lock().unwrap()
            && reads >= *at
        {
            cancelled.cancel();
        }
        let text = Text::Html(format!("<p>{} {}</p>", article.id, article.stamp));
        let read = match article.stamp.as_str() {
            "broken" => Err(SourceError::Malformed("it is broken")),
            "down" => Err(SourceError::Down(503)),
            _ => Ok(Content { text, title: None, labels: Vec::new() }),
        };
        Box::pin(std::future::ready(read))
    }

    fn is_there<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<bool, SourceError>> {
        let listed = self.articles.lock().unwrap().iter().any(|(known, _)| known == id);
        let there = listed || self.hidden.lock().unwrap().iter().any(|known| known == id);
        let answer = if self.answers { Ok(there) } else { Err(SourceError::Strange(405)) };
        Box::pin(std::future::ready(answer))
    }
}

#[tokio::test]
async fn a_run_that_was_ended_anywhere_goes_on_from_there_and_comes_to_the_same() {
    for end_at in [1, 2, 49, 50, 51, 199, 200, 201, 333, 999, 1000] {
        let home = Home::new().await;
        let scripted = Scripted::new(&home, 1_000, 50);
        let cancelled = CancellationToken::new();
        *scripted.end_at.lock().unwrap() = Some((end_at, cancelled.clone()));
        let outcome = home.fill_until(&scripted.port(), &cancelled).await;
        assert!(outcome.ended == Ended::Cancelled || end_at == 1_000, "{end_at}: {outcome:?}");
        assert!(home.ids().len() <= end_at, "{end_at}");
        home.copies.crash();
        *scripted.end_at.lock().unwrap() = None;
        let first = scripted.reads();
        home.filled(&scripted.port()).await;
        assert_eq!(home.ids().len(), 1_000, "{end_at}");
        assert!(first + scripted.reads() <= 1_001, "{end_at}: what was read is read again");
    }
}

#[tokio::test]
async fn a_crash_between_any_two_commits_costs_one_step() {
    for commits in 0..6 {
        let home = Home::new().await;
        let scripted = Scripted::new(&home, 1_000, 50);
        home.copies.full_after(Some(commits));
        let outcome = home.fill(&scripted.port()).await;
        assert_eq!(outcome.is_complete(), commits > 4, "{commits}: {outcome:?}");
        assert!(commits > 4 || why(&outcome).contains("no room"), "{commits}: {outcome:?}");
        home.copies.crash();
        home.copies.full_after(None);
        let done = home.copies.committed().len();
        assert_eq!(done, commits.min(5) * 200);
        scripted.reads();
        home.filled(&scripted.port()).await;
        assert_eq!((home.ids().len(), scripted.reads()), (1_000, 1_000 - done), "{commits}");
    }
}

#[tokio::test]
async fn what_no_listing_shows_goes_only_if_the_source_says_that_it_is_gone() {
    let home = Home::new().await;
    let scripted = Scripted::new(&home, 100, 30);
    home.filled(&scripted.port()).await;
    scripted.articles.lock().unwrap().drain(10..20);
    scripted.hidden.lock().unwrap().extend(["00010".to_owned(), "00011".to_owned()]);
    assert_eq!(home.filled(&scripted.port()).await.removed, 8);
    assert_eq!(home.ids().len(), 92);
    scripted.hidden.lock().unwrap().clear();
    assert_eq!(home.filled(&scripted.port()).await.removed, 2);
}

#[tokio::test]
async fn where_the_source_does_not_say_the_next_complete_listing_decides() {
    let home = Home::new().await;
    let mut scripted = Scripted::new(&home, 100, 30);
    Arc::get_mut(&mut scripted).unwrap().answers = false;
    home.filled(&scripted.port()).await;
    let gone: Vec<_> = scripted.articles.lock().unwrap().drain(10..15).collect();
    assert_eq!(home.filled(&scripted.port()).await.removed, 0);
    scripted.articles.lock().unwrap().extend_from_slice(&gone[..2]);
    assert_eq!(home.filled(&scripted.port()).await.removed, 3);
    assert_eq!(home.ids().len(), 97);
}

#[tokio::test]
async fn more_than_a_fifth_goes_only_after_a_second_look() {
    let home = Home::new().await;
    let scripted = Scripted::new(&home, 100, 30);
    home.filled(&scripted.port()).await;
    let all = std::mem::take(&mut *scripted.articles.lock().unwrap());
    assert_eq!(home.filled(&scripted.port()).await.removed, 0);
    *scripted.articles.lock().unwrap() = all;
    assert_eq!(home.filled(&scripted.port()).await.removed, 0);
    scripted.articles.lock().unwrap().truncate(60);
    assert_eq!(home.filled(&scripted.port()).await.removed, 0);
    assert_eq!(home.filled(&scripted.port()).await.removed, 40);
    assert_eq!(home.ids().len(), 60);
}

#[tokio::test]
async fn a_listing_with_holes_removes_nothing() {
    let home = Home::new().await;
    let scripted = Scripted::new(&home, 100, 30);
    home.filled(&scripted.port()).await;
    scripted.articles.lock().unwrap().truncate(95);
    *scripted.holes.lock().unwrap() = true;
    for _ in 0..3 {
        let outcome = home.fill(&scripted.port()).await;
        assert_eq!((outcome.ended, outcome.removed), (Ended::WithHoles, 0));
    }
    *scripted.holes.lock().unwrap() = false;
    assert_eq!(home.filled(&scripted.port()).await.removed, 5);
}

#[tokio::test]
async fn broken_articles_fail_no_run_and_are_tried_again_and_a_source_that_is_down_is_left_alone() {
    let home = Home::new().await;
    let scripted = Scripted::new(&home, 100, 30);
    home.filled(&scripted.port()).await;
    for at in [3, 50] {
        scripted.articles.lock().unwrap()[at].1 = "broken".into();
    }
    let outcome = home.filled(&scripted.port()).await;
    assert_eq!(
        (outcome.errors, outcome.problems[0].why.as_str()),
        (2, "its answer cannot be understood: it is broken")
    );
    assert_eq!(home.copy("00003").body, "00003 1");
    scripted.articles.lock().unwrap()[3].1 = "2".into();
    scripted.reads();
    assert_eq!((home.filled(&scripted.port()).await.copied, scripted.reads()), (1, 2));
    for article in &mut *scripted.articles.lock().unwrap() {
        article.1 = "down".into();
    }
    let outcome = home.fill(&scripted.port()).await;
    assert!(why(&outcome).contains("status 503") && outcome.errors == 25, "{outcome:?}");
    assert_eq!(home.ids().len(), 100);
}

#[tokio::test]
async fn another_source_of_the_same_name_inherits_nothing_and_an_index_that_was_lost_is_filled_anew() {
    let home = Home::new().await;
    let scripted = Scripted::new(&home, 10, 30);
    home.filled(&scripted.port()).await;
    let name = &scripted.record.name;
    let known = state(&home.store, name).await.unwrap().unwrap();
    assert!(known.complete.is_some() && known.cursor.is_none() && known.runs.len() == 1 && known.seen == 10);
    sluice::index::Copies::clear(&*home.copies).unwrap();
    assert_eq!(home.filled(&scripted.port()).await.copied, 10);
    let other = Scripted::new(&home, 4, 30);
    assert_eq!(home.filled(&other.port()).await.copied, 4);
    assert_eq!(home.ids().len(), 4);
    assert_eq!(kept(&home.store).await.unwrap(), std::slice::from_ref(name));
    forget(&home.store, name).await.unwrap();
    assert_eq!((kept(&home.store).await.unwrap().len(), state(&home.store, name).await.unwrap()), (0, None));
}

#[tokio::test]
async fn progress_is_told_while_it_runs() {
    let home = Home::new().await;
    let scripted = Scripted::new(&home, 40, 30);
    let mut follow = home.progress.follow();
    home.filled(&scripted.port()).await;
    let last = follow.borrow_and_update().clone();
    assert_eq!((last.done, last.copied, last.errors), (40, 40, 0));
    assert_eq!(serde_json::to_value(&last).unwrap()["phase"], "idle");
}

#[tokio::test]
async fn a_first_copy_is_searched_as_it_grows_and_lost_copies_are_read_again() {
    let home = Home::new().await;
    let source = Scripted::new(&home, 500, 50);
    let token = CancellationToken::new();
    *source.end_at.lock().unwrap() = Some((450, token.clone()));
    let outcome = home.fill_until(&source.port(), &token).await;
    assert_eq!(outcome.ended, Ended::Cancelled);
    assert!(home.ids().len() >= 200, "{}", home.ids().len());
    home.filled(&source.port()).await;
    source.reads();
    // Now that there is a whole one, searches see the next when it is whole.
    source.articles.lock().unwrap().iter_mut().for_each(|(_, stamp)| *stamp = "2".into());
    let (before, token) = (home.copies.published(), CancellationToken::new());
    *source.end_at.lock().unwrap() = Some((450, token.clone()));
    home.fill_until(&source.port(), &token).await;
    assert_eq!(home.copies.published(), before);
    *source.end_at.lock().unwrap() = None;
    home.filled(&source.port()).await;
    source.reads();
    doubt(&home.store, &source.record.name).await.unwrap();
    let outcome = home.filled(&source.port()).await;
    assert_eq!((outcome.copied, source.reads()), (500, 500));
}
