//! Seeded sites: a small IT service desk's documentation, and sites of any size in the same manner.
//!
//! The same call always gives the same site, down to ids, times and bytes.

mod files;
mod growth;
mod markup;
mod people;
mod pinned;
mod records;
mod runbooks;
mod sheet;
mod spaces;
mod subjects;
mod talk;
mod tree;

use self::growth::{Growth, Spot};
use self::people::MIRA;
pub use self::people::{ADMIN, EDITOR, OUTSIDER, VIEWER};
use self::sheet::Sheet;
use self::subjects::subjects;
use super::model::{CommentPlace, ContentKind, ContentStatus, Id, Resolution, Site};

/// The seed of the service desk's site.
const SERVICE_DESK: u64 = 20_240_108;

/// The documentation of a small IT service desk: fourteen spaces, about four hundred pages.
///
/// The space with the lowest id is `IT`, current, global and writable by [`ADMIN`]; its hand-written pages follow first.
pub fn service_desk() -> Site {
    let mut growth = Growth::new(SERVICE_DESK);
    let subjects = subjects();
    let plans = spaces::service_desk();
    let made: Vec<Id> = plans.iter().map(|plan| growth.space(plan)).collect();
    for (space, plan) in made.into_iter().zip(&plans) {
        tree::grow(&mut growth, space, plan, &subjects);
        match plan.key.as_str() {
            "IT" => pin(&mut growth, space),
            key if key.starts_with('~') => keep_private(&mut growth, space),
            _ => {}
        }
    }
    growth.site
}

/// A site of `pages` current pages (at least one) in spaces of about a hundred, grown from `seed`.
pub fn generate(pages: usize, seed: u64) -> Site {
    let mut growth = Growth::new(seed);
    let subjects = subjects();
    let plans = spaces::many(pages);
    let made: Vec<Id> = plans.iter().map(|plan| growth.space(plan)).collect();
    for (space, plan) in made.into_iter().zip(&plans) {
        tree::grow(&mut growth, space, plan, &subjects);
    }
    growth.site
}

/// Adds the hand-written pages to the service desk's space, and one of each rarer kind of content.
fn pin(growth: &mut Growth, space: Id) {
    let home = growth.site.spaces.get(&space).and_then(|space| space.homepage);
    for sheet in pinned::pages() {
        let title = sheet.title.clone();
        let versions = if title == pinned::SAMPLER { 1 } else { 2 };
        let page = growth.content(Spot { versions, ..Spot::new(space, home, ContentKind::Page) }, sheet);
        let place = match title.as_str() {
            pinned::SAMPLER => CommentPlace::Inline {
                marker: "5ad0c1de-0000-4000-a000-00000000beef".to_owned(),
                original_selection: "marked piece".to_owned(),
                resolution: Resolution::Open,
            },
            _ => CommentPlace::Footer,
        };
        let comment = growth.comment(page, None, place.clone(), "Checked with the second line, still right.");
        growth.comment(page, Some(comment), place, "Thank you for looking.");
    }
    let trashed = Sheet {
        title: pinned::VPN.to_owned(),
        blocks: vec!["<p>An older text about the same.</p>".to_owned()],
        ..Sheet::default()
    };
    growth.content(Spot { status: ContentStatus::Trashed, ..Spot::new(space, home, ContentKind::Page) }, trashed);
    let rarer = [
        (ContentKind::Whiteboard, "Desk floor plan", ""),
        (ContentKind::Database, "Asset register", ""),
        (ContentKind::Embed, "Status page", ""),
        (ContentKind::LiveDoc, "Shift handover", "<p>Queue at 14:00: eleven tickets, two of them P2.</p>"),
    ];
    for (kind, title, body) in rarer {
        let sheet = Sheet { title: title.to_owned(), blocks: vec![body.to_owned()], ..Sheet::default() };
        growth.content(Spot::new(space, home, kind), sheet);
    }
}

/// Adds a page that nobody but its author may read, not even the administrator.
fn keep_private(growth: &mut Growth, space: Id) {
    let home = growth.site.spaces.get(&space).and_then(|space| space.homepage);
    let readers = Some([MIRA.to_owned()].into());
    growth.content(Spot { readers, ..Spot::new(space, home, ContentKind::Page) }, pinned::private_note());
}
