//! One client's session as a bridge keeps it, so that it can be opened anew with another owner.

use std::collections::{HashSet, VecDeque};

use bytes::Bytes;

use super::message::{About, Id, about, cancel, failed, redirected, renamed};
use super::pending::{Kept, Pending};

/// What a client said that a new owner has to hear, and what it still waits for. Touches nothing.
#[derive(Default)]
pub(super) struct Session {
    pending: Pending,
    /// The older eras' first request; `None` where there was none.
    initialize: Option<Initialize>,
    /// The client's word that it is ready.
    initialized: Option<Bytes>,
    /// Requests of the present owner to the client, under the names the client knows them by.
    asked: HashSet<Id>,
    /// How many owners there have been. Names of requests to the client begin with it: each owner counts from zero.
    generation: u64,
    stage: Stage,
    /// What waits to be sent to the owner.
    pub(super) to_owner: VecDeque<Bytes>,
    /// What waits to be sent to the client.
    pub(super) to_client: VecDeque<Bytes>,
}

struct Initialize {
    id: Id,
    line: Bytes,
    answered: bool,
}

/// How far we are with the present owner.
#[derive(Default, PartialEq, Eq)]
enum Stage {
    /// There is none.
    #[default]
    Apart,
    /// The session is being opened anew; the answer to this request is not for the client.
    Opening(Id),
    /// Messages pass.
    Open,
}

/// The new owner did not take the session.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotTaken;

impl Session {
    /// Hears a line of the client.
    pub(super) fn client_says(&mut self, line: Vec<u8>) {
        let about = about(&line);
        let line = ended(line);
        match about {
            About::Request(id, method) => self.request(&id, &method, line),
            About::Cancelled(id) => {
                self.pending.settle(&id);
                self.pass(line);
            }
            About::Notification(method) => {
                if method == "notifications/initialized" {
                    self.initialized = Some(line.clone());
                }
                self.pass(line);
            }
            About::Answer(name) => {
                let own = self.asked.remove(&name).then(|| self.original(&name)).flatten();
                if let Some(line) = own.and_then(|id| renamed(&line, &id)) {
                    self.pass(line);
                }
            }
            About::Unclear => self.pass(line),
        }
    }

    fn request(&mut self, id: &Id, method: &str, line: Bytes) {
        match self.pending.keep(id.clone(), line.clone()) {
            Kept::Full => {
                let message = "too much is waiting for answers; wait for some";
                return self.to_client.push_back(failed(id, message));
            }
            // The owner has the words for it.
            Kept::Twice => return self.pass(line),
            Kept::Yes => {}
        }
        if method == "initialize" {
            self.initialize = Some(Initialize { id: id.clone(), line: line.clone(), answered: false });
            self.initialized = None;
        }
        if self.stage == Stage::Open {
            self.pending.sending(id);
            self.to_owner.push_back(line);
        }
    }

    /// Hears a line of the owner.
    pub(super) fn owner_says(&mut self, line: Vec<u8>) -> Result<(), NotTaken> {
        let passed = match about(&line) {
            About::Answer(id) => {
                if self.stage == Stage::Opening(id.clone()) {
                    return self.opened(&line);
                }
                if let Some(initialize) = self.initialize.as_mut().filter(|initialize| initialize.id == id) {
                    initialize.answered = true;
                }
                self.pending.settle(&id);
                Some(ended(line))
            }
            About::Request(id, _) => {
                let name = self.name(&id);
                self.asked.insert(name.clone());
                renamed(&line, &name)
            }
            About::Cancelled(id) => {
                let name = self.name(&id);
                self.asked.remove(&name);
                redirected(&line, &name)
            }
            About::Notification(_) | About::Unclear => Some(ended(line)),
        };
        self.to_client.extend(passed);
        Ok(())
    }

    /// There is an owner: says what it has to hear first.
    pub(super) fn meet(&mut self) {
        self.generation += 1;
        self.to_owner.clear();
        let opened = self.initialize.as_ref().filter(|initialize| initialize.answered);
        let Some(line) = opened.map(|initialize| initialize.line.clone()) else { return self.open() };
        let own = Id::Text(format!("sluice-{}", self.generation));
        match renamed(&line, &own) {
            Some(line) => {
                self.to_owner.push_back(line);
                self.stage = Stage::Opening(own);
            }
            None => self.open(),
        }
    }

    fn opened(&mut self, line: &[u8]) -> Result<(), NotTaken> {
        let answer: Result<serde_json::Value, _> = serde_json::from_slice(line);
        if !answer.is_ok_and(|answer| answer.get("result").is_some()) {
            return Err(NotTaken);
        }
        self.to_owner.extend(self.initialized.clone());
        self.open();
        Ok(())
    }

    fn open(&mut self) {
        self.stage = Stage::Open;
        self.to_owner.extend(self.pending.again());
    }

    /// The owner is gone. Requests that have been sent too often are answered.
    pub(super) fn part(&mut self) {
        self.stage = Stage::Apart;
        self.to_owner.clear();
        self.to_client.extend(self.asked.drain().map(|name| cancel(&name)));
        let message = "the process that worked on this ended each time; look whether it was done, then ask again";
        self.to_client.extend(self.pending.exhausted().iter().map(|id| failed(id, message)));
    }

    /// There will be no owner: everything is answered.
    pub(super) fn give_up(&mut self, why: &str) {
        self.to_client.extend(self.pending.drain().iter().map(|id| failed(id, why)));
    }

    /// What is neither request nor part of one that is being opened anew.
    fn pass(&mut self, line: Bytes) {
        if self.stage == Stage::Open {
            self.to_owner.push_back(line);
        }
    }

    /// What the client knows a request of the owner by.
    fn name(&self, id: &Id) -> Id {
        let id = serde_json::to_string(id).unwrap_or_default();
        Id::Text(format!("{}:{id}", self.generation))
    }

    /// What the owner knows it by; `None` where that was another owner.
    fn original(&self, name: &Id) -> Option<Id> {
        let Id::Text(name) = name else { return None };
        let (generation, id) = name.split_once(':')?;
        let present = generation == self.generation.to_string();
        present.then(|| serde_json::from_str(id).ok()).flatten()
    }
}

fn ended(mut line: Vec<u8>) -> Bytes {
    line.push(b'\n');
    line.into()
}

#[cfg(test)]
mod tests;
