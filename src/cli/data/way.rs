//! The way a command takes to a data directory: through whoever owns it, or as its owner.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::assemble::{self, Shared};
use super::owned::{Door, HandOver, Owned};
use crate::cli::CliError;
use crate::clock::{Clock, SystemClock};
use crate::config::{DataFolder, Settings};
use crate::connect::left;
use crate::control::{ControlError, Desk, Line, Question, Reply};
use crate::owner::{self, Control, Lock, LockError};

/// How long to look for an owner that holds the data directory and does not answer yet.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long to wait before looking again.
const PAUSE: Duration = Duration::from_millis(100);
/// How many replies may wait.
const INBOX: usize = 32;

/// The way to the data directory of the settings.
pub(in crate::cli) enum Way {
    /// Its owner answers.
    Through(Box<Control>),
    /// It is ours meanwhile.
    Here(Box<Here>),
}

/// A data directory that is ours, and what was asked of it.
pub(in crate::cli) struct Here {
    desk: Arc<Desk>,
    /// What has to be closed in the end, and how others are told to leave.
    owned: Option<(Owned, CancellationToken)>,
    asked: Option<Asked>,
    tasks: TaskTracker,
}

struct Asked {
    replies: mpsc::Receiver<Reply>,
    answering: JoinHandle<Result<(), ControlError>>,
}

/// The store that is there; none is made.
pub(in crate::cli) fn there(folder: &DataFolder) -> Result<(), CliError> {
    if folder.store().join("format").exists() {
        return Ok(());
    }
    Err(CliError::Usage(format!("there is no store in `{}`", folder.path().display())))
}

/// Asks whoever owns the data directory now. `None` where nobody does or there is no reply: nothing is opened for it.
pub(in crate::cli) async fn of_owner(settings: &Settings, question: &Question) -> Option<Reply> {
    match asked_of_owner(settings, question).await? {
        Line::Reply(reply) => Some(reply),
        Line::Error(_) => None,
    }
}

/// The same, with why there is no reply.
pub(in crate::cli) async fn asked_of_owner(settings: &Settings, question: &Question) -> Option<Line> {
    let clock = SystemClock::new();
    let data = settings.data_folder().ok()?;
    there(&data).ok()?;
    let folder = std::path::absolute(data.path()).ok()?;
    let Err(LockError::Held { folder, by }) = Lock::take(&folder, "asking", clock.now()) else { return None };
    let mut control = Control::connect(&folder, by.as_deref(), &clock).await.ok()?;
    control.ask(question).await.ok()?;
    serde_json::from_str(&control.next().await.ok()??).ok()
}

/// The data directory, if nobody owns it, or a connection to its owner. `what` is what we do, as one would type it.
pub(in crate::cli) async fn enter(folder: &Path, what: &str, clock: &dyn Clock) -> Result<Entered, CliError> {
    let since = clock.steady();
    loop {
        let (folder, by) = match Lock::take(folder, what, clock.now()) {
            Ok(lock) => return Ok(Entered::Owner(lock)),
            Err(LockError::Held { folder, by }) => (folder, by),
            Err(error) => return Err(error.into()),
        };
        match Control::connect(&folder, by.as_deref(), clock).await {
            Ok(control) => return Ok(Entered::Guest(Box::new(control))),
            Err(owner::ControlError::Unreachable(error)) if clock.steady().saturating_sub(since) < PATIENCE => {
                // It may be on its way in or out.
                tracing::debug!(%error, "the owner does not answer yet");
                clock.sleep(PAUSE).await;
            }
            Err(_) => return Err(LockError::Held { folder, by }.into()),
        }
    }
}

/// How we came to a data directory.
pub(in crate::cli) enum Entered {
    /// It is ours.
    Owner(Lock),
    /// Its owner answers.
    Guest(Box<Control>),
}

impl Way {
    /// Finds the way. `what` is what we do, as one would type it.
    pub(in crate::cli) async fn open(settings: &Settings, what: &str) -> Result<Self, CliError> {
        there(&settings.data_folder()?)?;
        Self::open_or_make(settings, what).await
    }

    /// The same; a data directory that is not there is made.
    pub(in crate::cli) async fn open_or_make(settings: &Settings, what: &str) -> Result<Self, CliError> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let data = settings.data_folder()?;
        data.create()?;
        match enter(&std::path::absolute(data.path())?, what, &*clock).await? {
            Entered::Guest(control) => Ok(Self::Through(control)),
            Entered::Owner(lock) => {
                let leaving = CancellationToken::new();
                let owned = Owned::open(lock, settings, Door::Alone, HandOver::never(), clock, leaving.clone()).await?;
                let desk = Arc::clone(owned.desk());
                Ok(Self::Here(Box::new(Here {
                    desk,
                    owned: Some((owned, leaving)),
                    asked: None,
                    tasks: TaskTracker::new(),
                })))
            }
        }
    }

    /// A way that ends at this desk.
    pub(super) fn at(desk: Arc<Desk>) -> Self {
        Self::Here(Box::new(Here { desk, owned: None, asked: None, tasks: TaskTracker::new() }))
    }

    /// Asks a question that has one reply.
    pub(in crate::cli) async fn ask(&mut self, question: Question) -> Result<Reply, CliError> {
        self.begin(question).await?;
        self.next().await?.ok_or_else(gone)
    }

    /// Asks a question that has several replies.
    pub(in crate::cli) async fn begin(&mut self, question: Question) -> Result<(), CliError> {
        match self {
            Self::Through(control) => control.ask(&question).await?,
            Self::Here(here) => {
                let (to, replies) = mpsc::channel(INBOX);
                let desk = Arc::clone(&here.desk);
                let answering = here.tasks.spawn(async move { desk.serve(question, &to).await });
                here.asked = Some(Asked { replies, answering });
            }
        }
        Ok(())
    }

    /// The next reply; `None` where none will come.
    pub(in crate::cli) async fn next(&mut self) -> Result<Option<Reply>, CliError> {
        match self {
            Self::Through(control) => {
                let Some(line) = control.next().await? else { return Ok(None) };
                match serde_json::from_str(&line) {
                    Ok(Line::Reply(reply)) => Ok(Some(reply)),
                    Ok(Line::Error(why)) => Err(CliError::Refused(why)),
                    Err(_) => Err(CliError::Refused("the owner of the data directory says what is no reply".into())),
                }
            }
            Self::Here(here) => {
                let Some(asked) = &mut here.asked else { return Ok(None) };
                if let Some(reply) = asked.replies.recv().await {
                    return Ok(Some(reply));
                }
                let Some(asked) = here.asked.take() else { return Ok(None) };
                asked.answering.await.map_err(|_| ControlError::Fault)??;
                Ok(None)
            }
        }
    }

    /// Whether the data directory is ours meanwhile.
    pub(in crate::cli) const fn is_here(&self) -> bool {
        matches!(self, Self::Here(_))
    }

    /// Where the data directory is ours: opens the connection of the settings, so that what is decided is carried out.
    /// It must be `wanted`, over which a write was asked.
    pub(in crate::cli) async fn connect(&self, settings: &Settings, wanted: &str) -> Result<(), CliError> {
        let Some(shared) = self.shared() else { return Ok(()) };
        let connection = shared.keepers.recorded(settings, wanted).await?;
        let name = assemble::name(&connection);
        if name != wanted {
            return Err(CliError::Usage(format!(
                "this write was asked over `{wanted}`, and the settings name `{name}`: give the same site and account"
            )));
        }
        assemble::app(&connection, settings.folder().as_deref(), shared).await.map(drop)
    }

    /// Where the data directory is ours: opens the connection of that name, or that of the settings.
    pub(in crate::cli) async fn connect_to(&self, settings: &Settings, name: Option<&str>) -> Result<(), CliError> {
        let Some(shared) = self.shared() else { return Ok(()) };
        let connection = shared.keepers.connection(settings, name).await?;
        assemble::app(&connection, settings.folder().as_deref(), shared).await.map(drop)
    }

    /// What connections share, where this value, and none beside it, owns the data directory.
    fn shared(&self) -> Option<&Shared> {
        match self {
            Self::Here(here) => here.owned.as_ref().map(|(owned, _)| owned.shared()),
            Self::Through(_) => None,
        }
    }

    /// A second way, for questions while the first has several replies to give.
    pub(in crate::cli) async fn beside(&self, settings: &Settings, what: &str) -> Result<Self, CliError> {
        match self {
            Self::Here(here) => Ok(Self::at(Arc::clone(&here.desk))),
            Self::Through(_) => Self::open(settings, what).await,
        }
    }

    /// Lets the data directory go once everything that was begun has been recorded.
    pub(in crate::cli) async fn close(self) {
        if let Self::Here(here) = self
            && let Some((owned, leaving)) = here.owned
        {
            leaving.cancel();
            owned.close().await;
        }
    }
}

/// Forgets the copies of a connection or other source, by the name of its part of the index, and what is known of them,
/// whoever owns the data directory. `what` is what we do, as one would type it. Whether there was an index.
pub(in crate::cli) async fn forget_copies(settings: &Settings, name: &str, what: &str) -> Result<bool, CliError> {
    let data = settings.data_folder()?;
    let was_there = data.index(name).is_dir();
    if there(&data).is_ok() {
        let mut way = Way::open(settings, what).await?;
        let forgotten = way.ask(Question::ForgetCopies { name: name.to_owned() }).await;
        way.close().await;
        if !matches!(forgotten?, Reply::Done) {
            return Err(strange());
        }
    }
    // Where there is no store, nobody knows anything of the index.
    left::wipe(&data, name)?;
    Ok(was_there)
}

/// The owner left without a reply.
pub(in crate::cli) fn gone() -> CliError {
    CliError::Refused("the owner of the data directory left before it replied; look again, then decide".to_owned())
}

/// The owner replied to something else.
pub(in crate::cli) fn strange() -> CliError {
    CliError::Refused("the owner of the data directory replied to something else".to_owned())
}
