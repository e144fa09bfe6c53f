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

use self::growth::Growth;
pub use self::people::{ADMIN, EDITOR, OUTSIDER, VIEWER};
use self::subjects::subjects;
use super::around::sample;
use super::model::{Id, Site};

/// The seed of the service desk's site.
const SERVICE_DESK: u64 = 20_240_108;
/// The seed of the branch office's site.
const BRANCH: u64 = 20_250_311;

/// The documentation of a small IT service desk: fourteen spaces, about four hundred pages.
///
/// The space with the lowest id is `IT`, current, global and writable by [`ADMIN`]; its hand-written pages follow first.
pub fn service_desk() -> Site {
    let mut growth = Growth::new(SERVICE_DESK);
    let subjects = subjects();
    let plans = spaces::service_desk();
    let made: Vec<Id> = plans.iter().map(|plan| growth.space(plan)).collect();
    for (space, plan) in made.into_iter().zip(&plans) {
        let home = tree::plant(&mut growth, space, plan);
        match plan.key.as_str() {
            "IT" => pinned::add(&mut growth, space, home),
            key if key.starts_with('~') => pinned::add_private(&mut growth, space, home),
            _ => {}
        }
        tree::grow(&mut growth, (space, home), plan, &subjects);
    }
    sample(&mut growth.site);
    growth.site
}

/// A site of `pages` current pages (at least one) in spaces of about a hundred, grown from `seed`.
pub fn generate(pages: usize, seed: u64) -> Site {
    let mut growth = Growth::new(seed);
    let subjects = subjects();
    let plans = spaces::many(pages);
    let made: Vec<Id> = plans.iter().map(|plan| growth.space(plan)).collect();
    for (space, plan) in made.into_iter().zip(&plans) {
        let home = tree::plant(&mut growth, space, plan);
        tree::grow(&mut growth, (space, home), plan, &subjects);
    }
    growth.site
}

/// A branch office beside `site`: one space and a few pages, and nobody but the administrators of `site` can sign in.
pub fn branch(site: &Site) -> Site {
    let mut branch = generate(6, BRANCH);
    for user in branch.users.values_mut() {
        user.api_token.clear();
        user.admin = false;
    }
    let administrators = site.users.values().filter(|user| user.admin);
    branch.users.extend(administrators.map(|user| (user.account_id.clone(), user.clone())));
    for space in branch.spaces.values_mut() {
        "BRANCH".clone_into(&mut space.key);
        "Branch Office".clone_into(&mut space.name);
    }
    branch
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use quick_xml::Reader;
    use quick_xml::events::Event;

    use super::*;
    use crate::sandbox::model::{
        CommentPlace, Content, ContentKind, ContentStatus, Resolution, SpaceKind, SpaceStatus,
    };

    fn open_tags(body: &str) -> Result<usize, String> {
        let whole = format!("<root xmlns:ac=\"a\" xmlns:ri=\"r\">{body}</root>");
        let mut reader = Reader::from_str(&whole);
        let mut depth = 0;
        loop {
            match reader.read_event().map_err(|error| error.to_string())? {
                Event::Start(tag) => {
                    for attribute in tag.attributes() {
                        attribute.map_err(|error| error.to_string())?;
                    }
                    depth += 1;
                }
                Event::End(_) => depth -= 1,
                Event::Eof => return Ok(depth),
                _ => {}
            }
        }
    }

    fn bodies(site: &Site) -> impl Iterator<Item = (Id, &str)> {
        let contents = site.contents.values().flat_map(|one| one.versions.iter().map(|version| (one.id, version)));
        let comments = site.comments.values().flat_map(|one| one.versions.iter().map(|version| (one.id, version)));
        contents.chain(comments).map(|(id, version)| (id, version.body.as_str()))
    }

    fn titled<'a>(site: &'a Site, key: &str, title: &str) -> &'a Content {
        let is = |content: &&Content| {
            content.status == ContentStatus::Current
                && site.spaces[&content.space].key == key
                && content.versions.last().unwrap().title == title
        };
        site.contents.values().find(is).unwrap_or_else(|| panic!("{title}"))
    }

    fn consistent(site: &Site) {
        for (id, body) in bodies(site) {
            assert_eq!(open_tags(body), Ok(0), "{id}: {body}");
            assert!(!body.contains('{') || body.contains("CDATA"), "a placeholder is left in {id}: {body}");
        }
        let mut titles = BTreeSet::new();
        for content in site.contents.values() {
            assert!(content.parent.is_none_or(|parent| site.contents[&parent].space == content.space));
            assert!(content.versions.windows(2).all(|pair| pair[0].created < pair[1].created));
            assert!(content.versions.iter().zip(1..).all(|(version, number)| version.number == number));
            let title = content.versions.last().unwrap().title.to_lowercase();
            assert!(!title.is_empty() && title.chars().count() <= 255);
            if content.status != ContentStatus::Trashed && content.kind != ContentKind::BlogPost {
                assert!(titles.insert((content.space, title.clone())), "{title} stands twice");
            }
        }
        let ids: BTreeSet<Id> = (site.spaces.keys())
            .chain(site.contents.keys())
            .chain(site.comments.keys())
            .chain(site.attachments.keys())
            .copied()
            .collect();
        let count = site.spaces.len() + site.contents.len() + site.comments.len() + site.attachments.len();
        assert_eq!(ids.len(), count, "ids are unique over the whole site");
        assert!(ids.iter().all(|id| *id < site.next_id));
        let people: BTreeSet<&String> = site.users.keys().collect();
        assert!(site.contents.values().all(|content| people.contains(&content.author)));
        for comment in site.comments.values() {
            let page = &site.contents[&comment.container];
            assert!(comment.parent.is_none_or(|parent| site.comments[&parent].container == page.id));
            if let CommentPlace::Inline { marker, original_selection, resolution } = &comment.place {
                let body = &page.versions.last().unwrap().body;
                let marked = body.contains(&format!("ac:ref=\"{marker}\">{original_selection}<"));
                assert_eq!(marked, *resolution != Resolution::Dangling, "{}", comment.id);
            }
        }
    }

    #[test]
    fn the_service_desk_is_consistent_and_well_formed() {
        consistent(&service_desk());
    }

    #[test]
    fn the_same_call_gives_the_same_site() {
        assert_eq!(format!("{:?}", service_desk()), format!("{:?}", service_desk()));
        assert_eq!(format!("{:?}", generate(300, 7)), format!("{:?}", generate(300, 7)));
        assert_ne!(format!("{:?}", generate(300, 7)), format!("{:?}", generate(300, 8)));
    }

    #[test]
    fn the_first_space_is_current_global_and_writable_by_the_administrator() {
        let site = service_desk();
        let first = site.spaces.values().next().unwrap();
        assert_eq!((first.key.as_str(), first.kind, first.status), ("IT", SpaceKind::Global, SpaceStatus::Current));
        assert!(first.editors.as_ref().unwrap().contains(ADMIN));
        assert!(!first.editors.as_ref().unwrap().contains(VIEWER));
        assert!(!first.viewers.as_ref().unwrap().contains(OUTSIDER));
        for space in site.spaces.values() {
            assert_eq!(site.contents[&space.homepage.unwrap()].space, space.id);
        }
    }

    #[test]
    fn every_kind_and_status_occurs() {
        let site = service_desk();
        let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
        for content in site.contents.values() {
            *kinds.entry(format!("{:?}", content.kind)).or_default() += 1;
            *kinds.entry(format!("{:?}", content.status)).or_default() += 1;
            *kinds.entry(format!("{} versions", content.versions.len())).or_default() += 1;
            if content.readers.is_some() {
                *kinds.entry("restricted".to_owned()).or_default() += 1;
            }
        }
        *kinds.entry("kept from editors".to_owned()).or_default() +=
            site.contents.values().filter(|content| content.writers.is_some()).count();
        for comment in site.comments.values() {
            let place = match &comment.place {
                CommentPlace::Footer => "footer".to_owned(),
                CommentPlace::Inline { resolution, .. } => format!("inline {resolution:?}"),
            };
            *kinds.entry(place).or_default() += 1;
        }
        for attachment in site.attachments.values() {
            *kinds.entry(format!("{} of {}", attachment.media_type, attachment.versions.len())).or_default() += 1;
        }
        let shown: String =
            kinds.iter().map(|(kind, count)| kind.to_owned() + ": " + &count.to_string() + "\n").collect();
        expect_test::expect![[r#"
            1 versions: 174
            2 versions: 85
            3 versions: 78
            4 versions: 77
            5 versions: 77
            Archived: 13
            BlogPost: 27
            Current: 447
            Database: 1
            Draft: 18
            Embed: 1
            Folder: 32
            LiveDoc: 1
            Page: 428
            Trashed: 13
            Whiteboard: 1
            application/pdf of 1: 13
            footer: 240
            image/png of 1: 31
            inline Dangling: 19
            inline Open: 21
            inline Reopened: 38
            inline Resolved: 38
            kept from editors: 10
            restricted: 12
            text/csv of 1: 19
            text/csv of 2: 10
            text/plain of 1: 10
            text/plain of 2: 6
        "#]]
        .assert_eq(&shown);
    }

    #[test]
    fn hand_written_pages_have_lasting_ids() {
        let site = service_desk();
        let mut shown = String::new();
        for space in site.spaces.values() {
            shown += &[space.id.to_string(), " ".into(), space.key.clone(), "\n".into()].concat();
        }
        for title in pinned::pages().iter().map(|sheet| &sheet.title).chain([&"IT Service Desk Home".to_owned()]) {
            shown += &[titled(&site, "IT", title).id.to_string(), " ".into(), title.clone(), "\n".into()].concat();
        }
        expect_test::expect![[r#"
            98305 IT
            98307 KB
            98308 NET
            98309 SRV
            98310 IAM
            98311 SEC
            98312 APP
            98313 WRK
            98314 OPS
            98315 ANN
            98317 HR
            98318 ~7120204e90b155a152407d9e965b4fb2628e05
            98319 OLD
            98320 PILOT
            98323 Reset a forgotten password
            98329 Connect to the VPN from home
            98336 Major incident response
            98341 Restore files from backup
            98346 Escalation matrix
            98352 New starter checklist
            98357 Patch Tuesday routine
            98362 Office network map
            98368 Markup sampler
            98321 IT Service Desk Home
        "#]]
        .assert_eq(&shown);
    }

    #[test]
    fn a_large_site_has_as_many_pages_as_asked_for() {
        for pages in [1, 99, 100, 10_000] {
            let site = generate(pages, 42);
            let count = site.contents.values().filter(|content| content.kind == ContentKind::Page).count();
            assert_eq!(count, pages);
            assert_eq!(site.spaces.len(), (pages / 100).max(1));
        }
        consistent(&generate(1_000, 1));
    }
}
