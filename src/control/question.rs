//! The questions, as they travel.

use std::path::PathBuf;

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::approval::Decider;
use crate::approval::record::Says;
use crate::audit::Filter;
use crate::domain::digest::Digest;
use crate::domain::ids::ApprovalId;
use crate::domain::place::SpaceName;
use crate::policy::ask::AgentId;
use crate::sync::Kind;

/// One question.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "question", rename_all = "snake_case", deny_unknown_fields)]
pub enum Question {
    /// Whether approvers have been set up.
    Approvers,
    /// Writes, newest first.
    List {
        /// Which of them.
        which: Which,
        /// Of this agent alone.
        agent: Option<AgentId>,
        /// At most so many.
        limit: usize,
    },
    /// Everything about one write.
    Show {
        /// Which.
        id: ApprovalId,
    },
    /// The same, as soon as its outcome is known, or after so many seconds.
    Wait {
        /// Which.
        id: ApprovalId,
        /// How long at most.
        seconds: u8,
    },
    /// Decides on a write.
    Decide {
        /// Which.
        id: ApprovalId,
        /// The fingerprint that was on the screen.
        seal: Digest,
        /// Yes or no.
        says: Says,
        /// Why; for a denial it is told to the agent.
        reason: Option<String>,
        /// Who.
        who: Claim,
    },
    /// Says what became of a write that only a person can tell about.
    Settle {
        /// Which.
        id: ApprovalId,
        /// Whether it took effect.
        happened: Says,
        /// Who looked.
        who: Claim,
    },
    /// Takes a write back.
    Undo {
        /// Which.
        id: ApprovalId,
        /// Who.
        who: Claim,
    },
    /// Says yes in advance.
    Grant {
        /// For this agent.
        agent: AgentId,
        /// For this tool.
        tool: String,
        /// In this space.
        space: SpaceName,
        /// For so many minutes.
        minutes: u32,
        /// Who.
        who: Claim,
    },
    /// The grants that hold.
    Grants,
    /// Takes a grant back.
    RevokeGrant {
        /// Which.
        id: String,
        /// Who.
        who: Claim,
    },
    /// Stops every write.
    Pause {
        /// Who.
        who: Claim,
    },
    /// Lets writes be sent again.
    Resume {
        /// Who.
        who: Claim,
    },
    /// Cancels everything an agent has waiting. No approver need be named for an agent that `agents.toml` revokes.
    Revoke {
        /// Which agent.
        agent: AgentId,
        /// Who.
        who: Claim,
    },
    /// Ends what waits for a connection that is disconnected, and removes what is kept of its writes.
    ForgetConnection {
        /// Its name: site and account, as records have it.
        connection: String,
        /// Who.
        who: Claim,
    },
    /// What waits, then whatever is asked or changes, until the asker leaves.
    Watch,
    /// Rows of the audit trail, newest first.
    Rows {
        /// Which.
        filter: Filter,
        /// At most so many.
        limit: usize,
    },
    /// All rows of the audit trail, oldest first.
    Export {
        /// Which.
        filter: Filter,
    },
    /// Whether the audit trail is as it was written.
    Verify {
        /// A place that it must still hold, as the log had it.
        head: Option<String>,
        /// Files with the rows up to this number were moved away.
        moved_away: u64,
    },
    /// Whether the store is sound.
    Check,
    /// Hands the data directory over to a process that serves many agents, and goes on through it.
    HandOver,
    /// What the owner could not use of the files that say who may do what: one line each.
    Mistakes,
    /// What is left of the quota of each open connection.
    Quotas,
    /// How it stands with the copies of each open connection's site.
    Syncs {
        /// Whether a sync is asked for, and how thorough a one.
        ask: Option<Kind>,
    },
    /// How it stands with the copies of each other source of documentation.
    Sources {
        /// Whether all of them are to be looked through now.
        ask: bool,
    },
    /// Forgets the copies of a connection that is disconnected or of a source that is removed, and what is known of them.
    ForgetCopies {
        /// The connection's id, or the name of the source's part of the index.
        name: String,
    },
    /// A link that lets one browser into the dashboard, where nobody has been set up who could sign in.
    Link,
    /// Writes the whole store into a new file.
    Backup {
        /// Its whole path.
        file: PathBuf,
    },
}

/// Which writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// Those whose end is not known.
    Open,
    /// All that are kept.
    All,
}

/// Who somebody says to be.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Claim {
    /// The approver whose secret this is.
    Secret(#[serde(serialize_with = "written_out", deserialize_with = "taken_in")] SecretString),
    /// Somebody whose proof was taken before the question was asked. It never travels: whoever asks over the socket
    /// proves it here.
    #[serde(skip)]
    Proven(Decider),
    /// Whoever runs this, where no approver has been set up. A name is not asked for: it could be anybody's, and whoever
    /// reaches a [`Desk`](super::Desk) without proof is the user it runs as.
    Anyone,
}

/// Only for the owner's socket.
fn written_out<S: Serializer>(secret: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose_secret())
}

fn taken_in<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    // The text itself becomes the secret; no copy stays behind.
    String::deserialize(deserializer).map(SecretString::from)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_question_with_a_word_too_many_is_none() {
        let id = ApprovalId::of(7);
        let question = json!({ "question": "show", "id": id });
        assert!(serde_json::from_value::<Question>(question).is_ok());
        let question = json!({ "question": "show", "id": id, "approve": true });
        assert!(serde_json::from_value::<Question>(question).is_err());
    }

    #[test]
    fn a_secret_travels_and_is_never_printed() {
        let pause = Question::Pause { who: Claim::Secret(SecretString::from("canary")) };
        assert!(!format!("{pause:?}").contains("canary"));
        let sent = serde_json::to_value(&pause).unwrap();
        assert_eq!(sent, json!({ "question": "pause", "who": { "secret": "canary" } }));
        let Ok(Question::Pause { who: Claim::Secret(secret) }) = serde_json::from_value(sent) else { panic!() };
        assert_eq!(secret.expose_secret(), "canary");
    }
}
