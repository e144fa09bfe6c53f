//! Laws of the decision, tried on every case there is.

use std::collections::BTreeSet;

use sluice::domain::access::AccessClass;
use sluice::domain::digest::Digest;
use sluice::domain::group::Group;
use sluice::policy::profile::{Approval, Groups, Limits, Mode, Profile, Scope, Switch, Switches, ToolSet, Tools};
use sluice::policy::{Ask, Decision, Reason, Standing, Usage, decide};

use super::twin::twin;

const MODES: [Mode; 3] = [Mode::Disabled, Mode::ReadOnly, Mode::ReadWrite];
const SWITCHES: [Switch; 2] = [Switch::Off, Switch::On];
const STANDINGS: [Standing; 3] = [Standing::NotYetKnown, Standing::Inside, Standing::Outside];
const LIMITS: [LimitState; 3] = [LimitState::Unset, LimitState::Room, LimitState::Spent];

#[derive(Clone, Copy, Debug)]
enum LimitState {
    Unset,
    Room,
    Spent,
}

impl LimitState {
    fn limit(self) -> Option<u32> {
        match self {
            Self::Unset => None,
            Self::Room => Some(8),
            Self::Spent => Some(7),
        }
    }
}

const USED: u32 = 7;

/// One case of the decision's whole domain.
#[derive(Clone, Copy, Debug)]
struct Case {
    group: Group,
    mode: Mode,
    allow_delete: Switch,
    require_approval: Switch,
    class: AccessClass,
    standing: Standing,
    denied: bool,
    writes: LimitState,
    deletes: LimitState,
}

impl Case {
    fn profile(self) -> Profile {
        let Self { mode, allow_delete, require_approval, .. } = self;
        let mut groups = Groups::default();
        let switches = match self.group {
            Group::Pages => &mut groups.pages,
            Group::Spaces => &mut groups.spaces,
            Group::Search => &mut groups.search,
            Group::Attachments => &mut groups.attachments,
            Group::Users => &mut groups.users,
            Group::Session | Group::Matched => panic!("no profile names it"),
        };
        *switches = Switches { mode, allow_delete, require_approval };
        let deny = if self.denied { BTreeSet::from(["a_tool".to_owned()]) } else { BTreeSet::new() };
        Profile {
            name: "case".into(),
            description: String::new(),
            connection: None,
            groups,
            scope: Scope::default(),
            approval: Approval::default(),
            limits: Limits { writes_per_hour: self.writes.limit(), deletes_per_day: self.deletes.limit() },
            tools: Tools { set: ToolSet::All, deny },
            revision: Digest::of([]),
            written: "".into(),
        }
    }

    fn judged_by(self, judge: fn(&Profile, &Ask<'_>, Usage) -> Decision) -> Decision {
        let ask = Ask { tool: "a_tool", group: self.group, class: self.class, standing: self.standing };
        judge(&self.profile(), &ask, Usage { writes_last_hour: USED, deletes_last_day: USED })
    }

    fn decided(self) -> Decision {
        self.judged_by(decide)
    }

    fn passes(self) -> bool {
        !matches!(self.decided(), Decision::Refuse(_))
    }
}

/// Every case: 12,960 of them.
fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for group in Group::ALL {
        for mode in MODES {
            for (allow_delete, require_approval) in SWITCHES.iter().flat_map(|one| SWITCHES.map(|two| (*one, two))) {
                for class in AccessClass::ALL {
                    for (standing, denied) in STANDINGS.iter().flat_map(|one| [false, true].map(|two| (*one, two))) {
                        for (writes, deletes) in LIMITS.iter().flat_map(|one| LIMITS.map(|two| (*one, two))) {
                            cases.push(Case {
                                group,
                                mode,
                                allow_delete,
                                require_approval,
                                class,
                                standing,
                                denied,
                                writes,
                                deletes,
                            });
                        }
                    }
                }
            }
        }
    }
    cases
}

#[test]
fn the_decision_and_its_twin_agree_on_every_case() {
    assert_eq!(cases().len(), 5 * 3 * 2 * 2 * 4 * 3 * 2 * 3 * 3);
    for case in cases() {
        assert_eq!(case.decided(), case.judged_by(twin), "{case:?}");
    }
}

#[test]
fn a_read_never_waits_for_approval() {
    for case in cases().into_iter().filter(|case| case.class == AccessClass::Read) {
        assert_ne!(case.decided(), Decision::NeedsApproval, "{case:?}");
    }
}

#[test]
fn a_write_never_goes_on_unapproved_where_approval_is_required() {
    let waiting = |case: &Case| case.class.writes() && case.require_approval == Switch::On;
    for case in cases().into_iter().filter(waiting) {
        assert_ne!(case.decided(), Decision::Allow, "{case:?}");
    }
}

#[test]
fn a_denied_tool_is_refused_whatever_else_is_allowed() {
    for case in cases().into_iter().filter(|case| case.denied) {
        assert_eq!(case.decided(), Decision::Refuse(Reason::ToolDenied), "{case:?}");
    }
}

#[test]
fn nothing_outside_the_scope_passes() {
    for case in cases().into_iter().filter(|case| case.standing == Standing::Outside) {
        assert!(!case.passes(), "{case:?}");
    }
}

#[test]
fn a_space_is_never_deleted() {
    let deletes = |case: &Case| case.group == Group::Spaces && case.class == AccessClass::Delete;
    for case in cases().into_iter().filter(deletes) {
        assert!(!case.passes(), "{case:?}");
    }
}

#[test]
fn a_delete_passes_only_with_its_switch_and_read_write() {
    for case in cases().into_iter().filter(|case| case.class == AccessClass::Delete && case.passes()) {
        assert_eq!((case.allow_delete, case.mode), (Switch::On, Mode::ReadWrite), "{case:?}");
    }
}

#[test]
fn search_and_users_never_write() {
    let writes = |case: &Case| case.group.read_only_by_nature() && case.class.writes();
    for case in cases().into_iter().filter(writes) {
        assert!(!case.passes(), "{case:?}");
    }
}

#[test]
fn a_wider_profile_refuses_nothing_that_a_narrower_one_lets_pass() {
    for case in cases().into_iter().filter(|case| case.passes()) {
        let wider_mode = MODES.into_iter().skip_while(|mode| *mode != case.mode).map(|mode| Case { mode, ..case });
        let wider = wider_mode.chain([
            Case { allow_delete: Switch::On, ..case },
            Case { require_approval: Switch::Off, ..case },
            Case { writes: LimitState::Unset, ..case },
            Case { deletes: LimitState::Unset, ..case },
        ]);
        for wider in wider {
            assert!(wider.passes(), "{case:?} passes, {wider:?} does not");
        }
    }
}

#[test]
fn where_a_stronger_class_passes_every_weaker_one_does() {
    for case in cases().into_iter().filter(|case| case.passes()) {
        for class in AccessClass::ALL.into_iter().filter(|class| *class < case.class) {
            let weaker = Case { class, ..case };
            assert!(weaker.passes(), "{case:?} passes, {weaker:?} does not");
        }
    }
}

#[test]
fn what_is_refused_before_the_look_up_is_refused_after_it_too() {
    let unknown = |case: &Case| case.standing == Standing::NotYetKnown && !case.passes();
    for case in cases().into_iter().filter(unknown) {
        for standing in STANDINGS {
            assert!(!Case { standing, ..case }.passes(), "{case:?}");
        }
    }
}
