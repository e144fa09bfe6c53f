//! Whose calls are served: with which app, under which profile as it is now, and until when.

use std::sync::Arc;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::domain::access::AccessClass;
use crate::policy::Caller;
use crate::tools::Entry;

/// An agent's seat. Cheap to clone: each request may carry one.
#[derive(Clone)]
pub struct Seat {
    /// What its calls go through.
    pub app: Arc<App>,
    /// The agent under its profile; another one as soon as the profile changes.
    pub caller: watch::Receiver<Arc<Caller>>,
    /// What its credential stands for, where that may be less than the profile allows.
    pub reach: Option<Reach>,
    /// Set when it is let in no more, or its request has had its time. What it reads ends; what it has sent does not.
    pub gone: CancellationToken,
    /// Set when whoever serves it is about to end: what waits for a person is answered as it is, streams end.
    pub leaving: CancellationToken,
}

/// Classes of access that a credential stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Reading.
    pub read: bool,
    /// Creating and updating.
    pub write: bool,
    /// Deleting, and what amounts to it.
    pub delete: bool,
}

impl Reach {
    /// Whether it covers a class.
    pub const fn covers(self, class: AccessClass) -> bool {
        match class {
            AccessClass::Read => self.read,
            AccessClass::Create | AccessClass::Update => self.write,
            AccessClass::Delete => self.delete,
        }
    }
}

impl Seat {
    /// The seat of a caller whose profile stays as it is and who is never turned out.
    pub fn fixed(app: Arc<App>, caller: Caller) -> Self {
        // The last value stays there when nobody can send another one.
        let (_, caller) = watch::channel(Arc::new(caller));
        Self::watched(app, caller)
    }

    /// The seat of a caller whose profile may change, and whom nobody has turned out yet.
    pub fn watched(app: Arc<App>, caller: watch::Receiver<Arc<Caller>>) -> Self {
        Self { app, caller, reach: None, gone: CancellationToken::new(), leaving: CancellationToken::new() }
    }

    /// The agent under its profile as it is now, as far as its credential goes.
    pub fn caller(&self) -> Caller {
        let caller = Caller::clone(&self.caller.borrow());
        match self.reach {
            None => caller,
            Some(reach) => {
                let profile = Arc::new(caller.profile.within(|class| reach.covers(class)));
                Caller { profile, ..caller }
            }
        }
    }

    /// Waits until the profile may be another one than when this was asked last; forever where it stays as it is.
    pub(super) async fn changed(&mut self) {
        if self.caller.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// The tools it is shown now, sorted by name.
    pub(super) fn shown(&self) -> Vec<&'static Entry> {
        self.app.tools_for(&self.caller())
    }

    /// The names of the tools it is shown now.
    pub(super) fn names(&self) -> Vec<&'static str> {
        self.shown().iter().map(|entry| entry.facts.name).collect()
    }
}
