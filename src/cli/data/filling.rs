//! Keeps the copies of other sources of documentation current, on the schedule of the sites'.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::cli::CliError;
use crate::clock::Clock;
use crate::config::{Settings, SyncWhen};
use crate::index::{Copies, Index, Opened};
use crate::keys::provider;
use crate::sources::{Ended, Phase, Progress, Source, SourceName, Sources, Standing, fill};
use crate::store::Store;

/// How often it is looked which sources there are and which are due.
const LOOK: Duration = Duration::from_mins(1);

/// What the copies of other sources are made with.
pub(super) struct Filling {
    sources: Sources,
    index: Index,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    /// From the end of one look at a source to the next.
    every: Duration,
    when: SyncWhen,
    turns: Mutex<BTreeMap<SourceName, Turn>>,
    asking: Notify,
}

/// What this process has done about a source.
#[derive(Default)]
struct Turn {
    progress: Arc<Progress>,
    tried: Option<Timestamp>,
    asked: bool,
    runs: bool,
    /// Whether its copies were looked at.
    met: bool,
    trouble: Option<String>,
}

impl Filling {
    /// The sources of the data directory of the settings.
    pub(super) fn of(
        settings: &Settings,
        (every, when): (Duration, SyncWhen),
        index: Index,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, CliError> {
        let keys = provider(settings, &clock)?;
        let sources = Sources::of(&settings.data_folder()?, keys, settings.way_out()?, Arc::clone(&clock));
        let (turns, asking) = (Mutex::default(), Notify::new());
        Ok(Self { sources, index, store, clock, every, when, turns, asking })
    }

    /// Looks through every source that is due or asked for, again and again until `ending`; those added meanwhile come
    /// along, those removed are forgotten.
    pub(super) async fn keep(&self, ending: &CancellationToken) {
        while !ending.is_cancelled() {
            match self.names().await {
                Ok(names) => self.each(&names, ending).await,
                Err(error) => tracing::error!(%error, "the other sources of documentation cannot be read"),
            }
            tokio::select! {
                () = self.clock.sleep(LOOK.min(self.every)), if self.when == SyncWhen::Scheduled => {}
                () = self.asking.notified() => {}
                () = ending.cancelled() => {}
            }
        }
    }

    /// How it stands with each source; `ask` has all of them looked through first.
    pub(super) async fn standing(&self, ask: bool) -> Vec<Standing> {
        let names = self.names().await.unwrap_or_default();
        if ask {
            for name in &names {
                self.turn(name, |turn| turn.asked = true);
            }
            self.asking.notify_one();
        }
        let mut standing = Vec::with_capacity(names.len());
        for source in names {
            let state = fill::state(&*self.store, &source).await.ok().flatten().unwrap_or_default();
            let (progress, busy, trouble) = self.turn(&source, |turn| {
                let progress = turn.progress.now();
                let busy = turn.asked || turn.runs || progress.phase != Phase::Idle;
                (progress, busy, turn.trouble.clone())
            });
            let trouble = trouble.or_else(|| self.index.filling(source.shard()).damage());
            let last = state.runs.last().cloned();
            standing.push(Standing { source, busy, progress, complete: state.complete, last, trouble });
        }
        standing
    }

    async fn names(&self) -> Result<Vec<SourceName>, String> {
        let sources = self.sources.clone();
        let names = tokio::task::spawn_blocking(move || sources.names()).await;
        names.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
    }

    async fn each(&self, names: &[SourceName], ending: &CancellationToken) {
        self.forget_all_but(names).await;
        for name in names {
            if !ending.is_cancelled() && self.is_due(name).await {
                self.fill(name, ending).await;
            }
        }
    }

    /// Whether it is asked for, or as long ago as runs are apart that it was looked through last; a tenth both ways.
    async fn is_due(&self, name: &SourceName) -> bool {
        let (asked, tried) = self.turn(name, |turn| (turn.asked, turn.tried));
        if asked || self.when != SyncWhen::Scheduled {
            return asked;
        }
        let state = fill::state(&*self.store, name).await.ok().flatten();
        let last = state.and_then(|state| Some(state.runs.last()?.ended)).max(tried);
        let apart = SignedDuration::try_from(self.every.mul_f64(0.9 + 0.2 * fastrand::f64()));
        // A clock that was set back must not put the next look off for long.
        last.is_none_or(|last| self.clock.now().duration_since(last).abs() >= apart.unwrap_or(SignedDuration::MAX))
    }

    async fn fill(&self, name: &SourceName, ending: &CancellationToken) {
        self.turn(name, |turn| (turn.asked, turn.runs, turn.tried) = (false, true, Some(self.clock.now())));
        let trouble = match self.sources.open_one(name).await {
            Ok(source) => {
                self.make_good(name).await;
                self.fill_from(&*source, ending).await;
                None
            }
            Err(error) => {
                tracing::error!(source = %name, %error, "a source of documentation cannot be opened");
                Some(error.to_string())
            }
        };
        self.turn(name, |turn| (turn.runs, turn.trouble) = (false, trouble));
    }

    async fn fill_from(&self, source: &dyn Source, ending: &CancellationToken) {
        let name = &source.record().name;
        let copies: Arc<dyn Copies> = Arc::new(self.index.filling(name.shard()));
        let progress = self.turn(name, |turn| Arc::clone(&turn.progress));
        let outcome = fill(source, copies, &*self.store, &*self.clock, ending, &progress).await;
        if let Ended::Failed { why } = outcome.ended {
            tracing::warn!(source = %name, why, "a source of documentation could not be copied to the end; the next run goes on");
        }
    }

    /// Where copies were lost, the next run reads every article again.
    async fn make_good(&self, name: &SourceName) {
        let first = self.turn(name, |turn| !std::mem::replace(&mut turn.met, true));
        let (index, shard) = (self.index.clone(), name.shard().clone());
        let lost = tokio::task::spawn_blocking(move || -> Result<bool, String> {
            let shard = index.shard(&shard).map_err(|error| error.to_string())?;
            if shard.damage().is_some() {
                return shard.mend().map(|()| true).map_err(|error| error.to_string());
            }
            Ok(first && shard.opened() != Opened::Fine)
        });
        let noted = match lost.await {
            Ok(Ok(true)) => fill::doubt(&*self.store, name).await.map_err(|error| error.to_string()),
            Ok(Err(error)) => Err(error),
            Ok(Ok(false)) | Err(_) => return,
        };
        match noted {
            Ok(()) => tracing::warn!(source = %name, "copies of a source were lost; all of it is read again"),
            Err(error) => tracing::error!(source = %name, error, "damaged copies of a source are not made anew yet"),
        }
    }

    /// Searches go over whatever is there: what was removed must not be, nor what was known of it.
    async fn forget_all_but(&self, names: &[SourceName]) {
        self.turns().retain(|name, _| names.contains(name));
        match fill::kept(&*self.store).await {
            Ok(kept) => {
                for name in kept.iter().filter(|name| !names.contains(name)) {
                    if let Err(error) = fill::forget(&*self.store, name).await {
                        tracing::error!(source = %name, %error, "what is known of a removed source could not be removed");
                    }
                }
            }
            Err(error) => tracing::error!(%error, "what is known of other sources cannot be read"),
        }
        let is_gone = |shard: &str| names.iter().all(|name| name.as_str() != shard);
        let shards = self.index.shards().unwrap_or_default();
        for shard in shards.into_iter().filter(|shard| shard.source().is_some_and(is_gone)) {
            let index = self.index.clone();
            let forgotten = tokio::task::spawn_blocking(move || index.forget(&shard)).await;
            if let Ok(Err(error)) = forgotten {
                tracing::error!(%error, "the copies of a removed source could not be removed");
            }
        }
    }

    fn turn<T>(&self, name: &SourceName, look: impl FnOnce(&mut Turn) -> T) -> T {
        look(self.turns().entry(name.clone()).or_default())
    }

    fn turns(&self) -> MutexGuard<'_, BTreeMap<SourceName, Turn>> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;
    use crate::config::{Environment, Flags};
    use crate::sources::SourceKind;
    use crate::store::memory::MemoryStore;

    #[tokio::test]
    async fn sources_are_looked_through_when_they_are_due_or_asked_for_and_forgotten_when_removed() {
        let folder = std::env::temp_dir().join(format!("sluice-filling-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("docs")).unwrap();
        std::fs::write(folder.join("docs/one.md"), "# One\n").unwrap();
        let (data, key) = (folder.join("data"), folder.join("key"));
        let variables = [
            ("SLUICE_DATA_DIR", data.to_str().unwrap()),
            ("SLUICE_KEY_PROVIDER", "file"),
            ("SLUICE_KEY_FILE", key.to_str().unwrap()),
        ];
        let settings = Settings::load(&Flags::default(), &variables.into_iter().collect::<Environment>()).unwrap();
        settings.data_folder().unwrap().create().unwrap();
        let (clock, store) = (Arc::new(ManualClock::at("2026-11-22T10:30:00Z")), Arc::new(MemoryStore::new()));
        let wishes = (Duration::from_mins(15), SyncWhen::Scheduled);
        let (index, port) = (Index::in_memory(), Arc::clone(&store) as Arc<dyn Store>);
        let filling =
            Filling::of(&settings, wishes, index.clone(), port, Arc::clone(&clock) as Arc<dyn Clock>).unwrap();
        let name: SourceName = "docs".parse().unwrap();
        let place = folder.join("docs").to_str().unwrap().to_owned();
        let record = filling.sources.new_record(name.clone(), SourceKind::Folder, Some(place), None).unwrap();
        filling.sources.add(record, None).await.unwrap();
        let ending = CancellationToken::new();
        let runs = async || {
            filling.each(&filling.names().await.unwrap(), &ending).await;
            fill::state(&*store, &name).await.unwrap().map_or(0, |state| state.runs.len())
        };
        assert_eq!((runs().await, runs().await), (1, 1));
        clock.advance(Duration::from_mins(13));
        assert_eq!(runs().await, 1);
        clock.advance(Duration::from_mins(4));
        assert_eq!((runs().await, runs().await), (2, 2));
        assert!(filling.standing(true).await[0].busy);
        assert_eq!((runs().await, runs().await), (3, 3));
        let standing = filling.standing(false).await;
        assert!(!standing[0].busy && standing[0].complete.is_some() && standing[0].trouble.is_none(), "{standing:?}");
        assert_eq!(index.shards().unwrap(), [name.shard().clone()]);
        filling.sources.remove(&name).await.unwrap();
        assert_eq!((runs().await, index.shards().unwrap().len()), (0, 0));
        std::fs::remove_dir_all(folder).unwrap();
    }
}
