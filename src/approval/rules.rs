//! Who may decide on a write: pure rules over what was asked and who speaks.

use std::collections::BTreeSet;

use crate::domain::access::AccessClass;
use crate::domain::place::SpaceName;
use crate::policy::profile::ApprovedBy;

use super::record::{Asked, ClientMay, Says, Touched, Via};

/// Who speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decider {
    /// A person who has proven to be an approver.
    Approver {
        /// The person's name.
        name: String,
        /// Where.
        via: Via,
        /// What the person may approve.
        rights: Rights,
    },
    /// Whoever sits at the machine, where no approver has been set up.
    Anyone {
        /// Name of the system's user.
        name: String,
        /// Where.
        via: Via,
    },
    /// The agent's own user, through the agent's client.
    Client,
    /// The command that the operator set up.
    Hook,
}

/// What an approver may approve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rights {
    /// These classes.
    pub classes: BTreeSet<AccessClass>,
    /// In these spaces; in every space where none is named.
    pub spaces: Option<BTreeSet<SpaceName>>,
}

/// Why somebody may not decide so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotYours {
    /// The approver's classes do not hold this one.
    #[error("this approver may not approve writes of this class")]
    Class,
    /// The approver's spaces do not hold all that the write touches.
    #[error("this approver may not approve writes in this space")]
    Space,
    /// The profile wants a second person.
    #[error("the profile requires an approver who is not the agent's owner")]
    OwnAgent,
    /// The profile wants a person who proves it.
    #[error("the profile requires a person who proves to be an approver")]
    NotAPerson,
    /// Deletes are not approved in the client under this profile.
    #[error("the profile does not let the agent's own user approve this in the client")]
    NotInTheClient,
}

impl Decider {
    /// The name that records carry.
    pub fn name(&self) -> &str {
        match self {
            Self::Approver { name, .. } | Self::Anyone { name, .. } => name,
            Self::Client => "the agent's user",
            Self::Hook => "approval command",
        }
    }

    /// Where it speaks.
    pub fn via(&self) -> Via {
        match self {
            Self::Approver { via, .. } | Self::Anyone { via, .. } => *via,
            Self::Client => Via::Client,
            Self::Hook => Via::Hook,
        }
    }
}

impl Rights {
    /// Every class in every space.
    pub fn all() -> Self {
        Self { classes: AccessClass::ALL.into(), spaces: None }
    }

    /// Whether they hold this class in every one of these spaces.
    pub fn cover(&self, class: AccessClass, touched: &[Touched]) -> Result<(), NotYours> {
        if !self.classes.contains(&class) {
            return Err(NotYours::Class);
        }
        let Some(spaces) = &self.spaces else { return Ok(()) };
        let named = |space: &Touched| {
            spaces.iter().any(|name| match name {
                SpaceName::Id(id) => *id == space.id,
                SpaceName::Key(key) => key.as_str().eq_ignore_ascii_case(space.key.as_str()),
            })
        };
        if !touched.is_empty() && touched.iter().all(named) { Ok(()) } else { Err(NotYours::Space) }
    }

    /// Whether they hold this class in a space by that name; a space that is named otherwise is not known to be it.
    pub fn cover_named(&self, class: AccessClass, space: &SpaceName) -> Result<(), NotYours> {
        if !self.classes.contains(&class) {
            return Err(NotYours::Class);
        }
        let named = |name: &SpaceName| match (name, space) {
            (SpaceName::Key(one), SpaceName::Key(other)) => one.as_str().eq_ignore_ascii_case(other.as_str()),
            (one, other) => one == other,
        };
        let held = self.spaces.as_ref().is_none_or(|spaces| spaces.iter().any(named));
        if held { Ok(()) } else { Err(NotYours::Space) }
    }
}

/// Whether `who` may say this to what was asked.
pub fn may_decide(asked: &Asked, who: &Decider, says: Says) -> Result<(), NotYours> {
    // Stopping a write is no power over the site: whoever is asked at all may say no.
    if says == Says::No {
        return Ok(());
    }
    match (who, asked.by) {
        // The agent's owner is not the second pair of eyes.
        (Decider::Approver { name, .. } | Decider::Anyone { name, .. }, ApprovedBy::FourEyes)
            if *name == asked.owner =>
        {
            Err(NotYours::OwnAgent)
        }
        // Without proof nobody is known not to be the owner.
        (Decider::Anyone { .. }, ApprovedBy::FourEyes) => Err(NotYours::NotAPerson),
        // A person with the right for this class in these spaces.
        (Decider::Approver { rights, .. }, _) => rights.cover(asked.effect, &asked.spaces),
        // The agent's own user only where the profile says so.
        (Decider::Client, ApprovedBy::Client) if asked.client_may == ClientMay::Approve => Ok(()),
        (Decider::Client, _) => Err(NotYours::NotInTheClient),
        // Where nobody was set up, whoever sits at the machine; the command only where the profile says so, elsewhere
        // it may only deny.
        (Decider::Anyone { .. }, _) | (Decider::Hook, ApprovedBy::Hook) => Ok(()),
        (Decider::Hook, _) => Err(NotYours::NotAPerson),
    }
}
