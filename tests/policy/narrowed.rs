//! A narrowed profile allows what both profiles allow, asks where either asks, and refuses the rest.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use proptest::prelude::*;
use sluice::domain::ids::{ContentId, SpaceId, SpaceKey};
use sluice::domain::place::{Place, SpaceName};
use sluice::policy::file::read;
use sluice::policy::ports::{Freshness, LocateError, Locator};
use sluice::policy::profile::{Allowed, ApprovedBy, Profile, Scope};
use sluice::policy::scope::standing;
use sluice::policy::{Ask, Decision, Standing, Usage, decide};

use super::{catalog, twin};

/// A site of a few spaces, each with its number as id. A page has the number of its space and one more digit; it stands
/// below the page that has a nothing for that digit, and is restricted where the digit is odd.
struct Spaces;

const KEYS: [&str; 4] = ["IT", "OPS", "HR", "LAB"];

impl Locator for Spaces {
    fn space_of<'a>(&'a self, place: &'a Place, _: Freshness) -> BoxFuture<'a, Result<Option<SpaceId>, LocateError>> {
        let id = match place {
            Place::Space(id) => Some(id.clone()),
            Place::Content(id) => Some(id.as_str()[..1].parse().unwrap()),
            _ => None,
        };
        Box::pin(async { Ok(id) })
    }

    fn key_of<'a>(&'a self, space: &'a SpaceId) -> BoxFuture<'a, Result<Option<SpaceKey>, LocateError>> {
        let number: usize = space.as_str().parse().unwrap();
        Box::pin(async move { Ok(Some(KEYS[number - 1].parse().unwrap())) })
    }

    fn line_of<'a>(
        &'a self,
        place: &'a Place,
        _: Freshness,
    ) -> BoxFuture<'a, Result<Option<Vec<ContentId>>, LocateError>> {
        let line = match place {
            Place::Content(id) => vec![format!("{}0", &id.as_str()[..1]).parse().unwrap(), id.clone()],
            _ => Vec::new(),
        };
        Box::pin(async { Ok(Some(line)) })
    }

    fn are_open<'a>(&'a self, contents: &'a [ContentId], _: Freshness) -> BoxFuture<'a, Result<bool, LocateError>> {
        let open = contents.iter().all(|id| id.as_str().parse::<u64>().unwrap().is_multiple_of(2));
        Box::pin(async move { Ok(open) })
    }
}

fn stands(scope: &Scope, space: usize) -> Standing {
    stands_at(scope, &Place::Space((space + 1).to_string().parse().unwrap()))
}

fn stands_at(scope: &Scope, place: &Place) -> Standing {
    standing(scope, place, &Spaces, Freshness::Live).now_or_never().unwrap().unwrap()
}

/// Names of the few spaces, by key and by id.
fn names() -> impl Strategy<Value = BTreeSet<SpaceName>> {
    let name = prop::sample::select(vec!["IT", "it", "OPS", "HR", "1", "2", "3", "4"]);
    prop::collection::btree_set(name.prop_map(|name| name.parse().unwrap()), 0..4)
}

fn scopes() -> impl Strategy<Value = Scope> {
    let sources = prop::sample::select(vec!["hudu", "wiki", "files"]).prop_map(str::to_owned);
    let sources = prop::option::of(prop::collection::btree_set(sources, 0..3));
    let pages = prop::sample::select(vec!["10", "11", "12", "20", "21", "32", "43"]);
    let pages = prop::collection::btree_set(pages.prop_map(|id| id.parse().unwrap()), 0..3);
    let allowed = (names(), pages).prop_map(|(spaces, pages)| Allowed { spaces, pages });
    (prop::collection::vec(allowed, 0..3), names(), any::<bool>(), sources)
        .prop_map(|(allow, deny, visible_to_all_only, sources)| Scope { allow, deny, visible_to_all_only, sources })
}

fn usage() -> impl Strategy<Value = Usage> {
    let used = || prop_oneof![0..5_u32, any::<u32>()];
    (used(), used()).prop_map(|(writes_last_hour, deletes_last_day)| Usage { writes_last_hour, deletes_last_day })
}

/// What both say together.
fn together(one: Decision, other: Decision) -> Option<Decision> {
    match (one, other) {
        // Which of two reasons is told does not matter.
        (Decision::Refuse(_), _) | (_, Decision::Refuse(_)) => None,
        (Decision::NeedsApproval, _) | (_, Decision::NeedsApproval) => Some(Decision::NeedsApproval),
        (Decision::Allow, Decision::Allow) => Some(Decision::Allow),
    }
}

fn unless_refused(decision: Decision) -> Option<Decision> {
    Some(decision).filter(|decision| !matches!(decision, Decision::Refuse(_)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_narrowed_profile_decides_as_both_do_together(
        one in twin::profiles(),
        other in twin::profiles(),
        (tool, group, class, standing) in twin::asks(),
        usage in usage(),
    ) {
        let ask = Ask { tool, group, class, standing };
        let both = together(decide(&one, &ask, usage), decide(&other, &ask, usage));
        prop_assert_eq!(unless_refused(decide(&one.narrowed_by(&other), &ask, usage)), both);
    }

    #[test]
    fn a_space_is_in_a_narrowed_scope_if_it_is_in_both(
        one in (twin::profiles(), scopes()).prop_map(|(profile, scope)| Profile { scope, ..profile }),
        other in (twin::profiles(), scopes()).prop_map(|(profile, scope)| Profile { scope, ..profile }),
        space in 0..KEYS.len(),
    ) {
        let inside = |profile: &Profile| stands(&profile.scope, space) == Standing::Inside;
        prop_assert_eq!(inside(&one.narrowed_by(&other)), inside(&one) && inside(&other));
    }

    #[test]
    fn a_page_is_in_a_narrowed_scope_if_it_is_in_both(
        one in (twin::profiles(), scopes()).prop_map(|(profile, scope)| Profile { scope, ..profile }),
        other in (twin::profiles(), scopes()).prop_map(|(profile, scope)| Profile { scope, ..profile }),
        (space, page) in (1..5_u32, 0..4_u32),
    ) {
        let place = Place::Content(format!("{space}{page}").parse().unwrap());
        let inside = |profile: &Profile| stands_at(&profile.scope, &place) == Standing::Inside;
        prop_assert_eq!(inside(&one.narrowed_by(&other)), inside(&one) && inside(&other));
    }

    #[test]
    fn a_source_is_in_a_narrowed_scope_if_it_is_in_both(
        one in (twin::profiles(), scopes()).prop_map(|(profile, scope)| Profile { scope, ..profile }),
        other in (twin::profiles(), scopes()).prop_map(|(profile, scope)| Profile { scope, ..profile }),
        name in prop::sample::select(vec!["hudu", "wiki", "files", "others"]),
    ) {
        let both = one.scope.admits_source(name) && other.scope.admits_source(name);
        prop_assert_eq!(one.narrowed_by(&other).scope.admits_source(name), both);
    }

    #[test]
    fn a_profile_narrowed_by_itself_stays_itself_and_narrowing_again_takes_nothing_more(
        one in twin::profiles(),
        other in twin::profiles(),
    ) {
        prop_assert_eq!(&one.narrowed_by(&one), &one);
        let once = one.narrowed_by(&other);
        let twice = once.narrowed_by(&other);
        prop_assert_eq!((twice.groups, twice.scope, twice.approval), (once.groups, once.scope, once.approval));
        prop_assert_eq!((twice.limits, twice.tools), (once.limits, once.tools));
    }
}

fn profile(rest: &str) -> Profile {
    read(rest, "x.toml", &catalog::names()).unwrap()
}

#[test]
fn the_stricter_approval_and_the_shorter_times_hold() {
    let client = profile(
        "name = \"A\"\n[approval]\nby = \"client\"\nclient_may_delete = true\nexpires_after = \"1h\"\nhold = \"30s\"",
    );
    let hook = profile("name = \"B\"\n[approval]\nby = \"hook\"\nexpires_after = \"2h\"\nhold = \"10s\"");
    let human = profile("name = \"C\"");
    let four_eyes = profile("name = \"D\"\n[approval]\nby = \"four-eyes\"");
    let narrowed = client.narrowed_by(&hook);
    assert_eq!(narrowed.name, "A narrowed by B");
    assert_eq!(narrowed.approval.by, ApprovedBy::Hook);
    assert_eq!(narrowed.approval.client_may_delete, sluice::policy::profile::Switch::Off);
    assert_eq!(narrowed.approval.expires_after, Duration::from_hours(1));
    assert_eq!(narrowed.approval.hold, Duration::from_secs(10));
    assert_eq!(hook.narrowed_by(&human).approval.by, ApprovedBy::Human);
    assert_eq!(four_eyes.narrowed_by(&human).approval.by, ApprovedBy::FourEyes);
    assert_eq!(human.narrowed_by(&four_eyes).approval.by, ApprovedBy::FourEyes);
}

#[test]
fn a_narrowed_profile_has_a_revision_of_its_own_and_stands_in_no_file() {
    let (one, other) = (profile("name = \"A\""), profile("name = \"B\""));
    assert_eq!(&*one.written, "name = \"A\"");
    let narrowed = one.narrowed_by(&other);
    assert_eq!(&*narrowed.written, "");
    let revisions = [one.revision, other.revision, narrowed.revision, other.narrowed_by(&one).revision];
    let different: BTreeSet<String> = revisions.iter().map(ToString::to_string).collect();
    assert_eq!(different.len(), revisions.len());
}
