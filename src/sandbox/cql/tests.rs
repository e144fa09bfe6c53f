//! Queries over the seeded service desk: what is found, in which order, and what is refused.

use super::*;
use crate::sandbox::seed::{ADMIN, service_desk};

const VIEWER: Viewer<'_> = Viewer { account_id: ADMIN, admin: true, time_zone: "Europe/Berlin" };

fn hits(site: &Site, cql: &str) -> Result<Vec<Hit>, CqlError> {
    search(site, &VIEWER, cql, "2026-07-01T12:00:00Z".parse().unwrap())
}

fn count(site: &Site, cql: &str) -> usize {
    hits(site, cql).unwrap_or_else(|error| panic!("{error}")).len()
}

fn titles(site: &Site, cql: &str) -> Vec<String> {
    let title = |hit: &Hit| match hit {
        Hit::Content(id) => site.contents[id].versions.last().unwrap().title.clone(),
        Hit::Comment(id) => format!("comment {id}"),
        Hit::Attachment(id) => site.attachments[id].title.clone(),
        Hit::Space(id) => site.spaces[id].key.clone(),
        Hit::User(account_id) => site.users[account_id].display_name.clone(),
    };
    hits(site, cql).unwrap_or_else(|error| panic!("{error}")).iter().map(title).collect()
}

#[test]
fn queries_find_what_they_name() {
    let site = service_desk();
    for (cql, expected) in [
        ("title = \"Connect to the VPN from home\"", "Connect to the VPN from home"),
        ("title = 'markup SAMPLER' and space = it", "Markup sampler"),
        (r#"title = "\"Markup sampler\"""#, "Markup sampler"),
        ("title ~ \"vpn home\" and type = page", "Connect to the VPN from home"),
        (r#"text ~ "\"hotel networks often block\"""#, "Connect to the VPN from home"),
        ("text ~ 'AUTH-812'", "Connect to the VPN from home"),
        ("text ~ \"apprais*\"", "Notes for my appraisal"),
        ("siteSearch ~ appraisal", "Notes for my appraisal"),
        ("id = 98329", "Connect to the VPN from home"),
        ("content in (98329)", "Connect to the VPN from home"),
        ("type = attachment and title ~ ovpn", "client.ovpn"),
        ("type = attachment and text ~ \"auth-user-pass\"", "client.ovpn"),
        ("container = 98329 AND type = attachment", "client.ovpn"),
        ("type = whiteboard", "Desk floor plan"),
        ("type = space and title ~ centre", "KB"),
        ("type = space and space.type = collaboration and title ~ identity", "IAM"),
        ("user.fullname ~ \"cast\"", "Ann Castellano"),
        ("type = user and user.fullname ~ 'mira'", "Mira Okafor"),
        ("user = currentUser()", "Avery Admin"),
        ("macro = ticket-heatmap", "Markup sampler"),
        ("label = \"my:favourite\" and type = page", "Shift handover"),
        ("label = private", "Notes for my appraisal"),
        ("space.key = IT and label = \"global:restore\"", "Restore files from backup"),
    ] {
        assert_eq!(titles(&site, cql), [expected], "{cql}");
    }
}

#[test]
fn joined_clauses_are_counted_by_precedence() {
    let site = service_desk();
    let (pages, posts) = (count(&site, "type = page"), count(&site, "type = blogpost"));
    assert!(pages > 300 && posts > 10);
    for (cql, expected) in [
        ("type in (page, blogpost)", pages + posts),
        ("TYPE=PAGE OR type=blogpost AND space = NOWHERE", pages),
        ("(type=page OR type=blogpost) AND space = NOWHERE", 0),
        ("type = page and not type = page", 0),
        ("type = page and not not (type = page)", pages),
        ("type = page and type != blogpost", pages),
        ("type = page and space not in (IT, KB) or type = page and space in (IT, KB)", pages),
        ("type = page and space.type = global or type = page and space.type != global", pages),
        ("type = page and space in (OLD, PILOT)", 0),
        ("type = page and title ~ \"VPN\" and title !~ \"vpn\"", 0),
        ("type = page and created < now()", pages),
        ("type = page and created >= now('-3y')", pages),
        ("type = page and lastmodified > now()", 0),
        ("type = page and created >= \"2024/01/01\" and created <= \"2026-12-31 23:59\"", pages),
        ("type = unheardof", 0),
        ("ancestor = 1", 0),
    ] {
        assert_eq!(count(&site, cql), expected, "{cql}");
    }
    let below = count(&site, "ancestor = 98321");
    let directly = count(&site, "parent = 98321");
    assert!(below > directly && directly > 9, "{below} {directly}");
    assert!(count(&site, "type = comment and creator = currentUser()") > 0);
    assert!(count(&site, "contributor = currentUser()") > count(&site, "creator = currentUser()"));
    assert!(count(&site, &format!("mention = \"{ADMIN}\"")) > 0);
    assert_eq!(count(&site, "order by id"), count(&site, "created < now() order by id desc, title"));
}

#[test]
fn times_are_compared_to_the_minute_in_the_zone_of_the_viewer() {
    let mut site = service_desk();
    let page = site.contents.get_mut(&98_329).unwrap();
    page.versions.last_mut().unwrap().created = "2026-06-15T08:30:45Z".parse().unwrap();
    for (clause, found) in [
        ("lastmodified = \"2026-06-15 10:30\"", 1),
        ("lastModified >= \"2026-06-15 10:30\"", 1),
        ("lastmodified > \"2026-06-15 10:30\"", 0),
        ("lastmodified <= '2026/06/15 10:30'", 1),
        ("lastmodified < '2026/06/15 10:30'", 0),
        ("lastmodified = '2026-06-15'", 1),
        ("lastmodified != '2026-06-15'", 0),
        ("lastmodified = '2026-06-14'", 0),
        ("lastmodified >= now(\"-16d\") and lastmodified <= now('-16d')", 0),
        ("lastmodified >= now(\"-17d\")", 1),
        ("lastmodified >= startOfMonth('-1M') and lastmodified <= endOfMonth('-1M')", 1),
    ] {
        assert_eq!(count(&site, &format!("id = 98329 and {clause}")), found, "{clause}");
    }
}

#[test]
fn hits_come_in_the_order_asked_for_or_by_relevance() {
    let site = service_desk();
    let by_title = titles(&site, "type = page and space = KB order by title");
    let mut sorted = by_title.clone();
    sorted.sort_by_key(|title| title.to_lowercase());
    assert_eq!(by_title, sorted);
    let mut backwards = titles(&site, "type = page and space = KB ORDER BY title DESC");
    backwards.reverse();
    assert_eq!(backwards, sorted);
    let by_relevance = titles(&site, "type = page and text ~ vpn");
    let last_in_title = by_relevance.iter().rposition(|title| title.to_lowercase().contains("vpn")).unwrap();
    assert!(by_relevance.len() > last_in_title + 1);
    assert!(by_relevance[..=last_in_title].iter().all(|title| title.to_lowercase().contains("vpn")));
}

#[test]
fn what_cql_does_not_offer_is_refused_as_confluence_does() {
    let site = service_desk();
    for cql in [
        "",
        " ",
        "vpn",
        "title",
        "title ~",
        "title ~ \"open",
        "title = = x",
        "flavour = sweet",
        "type = page and",
        "(type = page",
        "type = page)",
        "type in ()",
        "type in (page",
        "type in page",
        "type not page",
        "and",
        "text = vpn",
        "text in (a, b)",
        "space ~ IT",
        "type > page",
        "created ~ x",
        "created = soon",
        "id = abc",
        "created in (now())",
        "title > a",
        "title = now()",
        "text ~ currentUser()",
        "created > currentUser()",
        "creator = currentSpace()",
        "watcher = currentUser()",
        "type = page order title",
        "order by",
        "type = a b",
        "type = page order by colour",
        "lastmodified > \"2026-03-29 02:30\"",
        "space = ~abc",
        "a = b; c = d",
    ] {
        let message = hits(&site, cql).expect_err(cql).message;
        assert!(message.starts_with("Could not parse cql : "), "{message}");
    }
    let message = hits(&site, "flavour = sweet").unwrap_err().message;
    assert_eq!(message, "Could not parse cql : flavour = sweet (there is no field `flavour`)");
}

#[test]
fn hostile_queries_end_in_an_answer() {
    let site = Site::default();
    assert!(hits(&site, &"(".repeat(10_000)).is_err());
    assert!(hits(&site, &format!("{}type = page{}", "(".repeat(10_000), ")".repeat(10_000))).is_err());
    assert!(hits(&site, &"not ".repeat(100_000)).is_err());
    assert!(hits(&site, &format!("{}type = page", "not ".repeat(1_000))).is_ok());
    assert!(hits(&site, &vec!["type = page"; 100_000].join(" or ")).is_err());
    assert!(hits(&site, &format!("text ~ \"{}\"", "\\\"a* -".repeat(10_000))).is_ok());
    assert!(hits(&site, "title ~ \"\u{202e}\u{0}\u{fffd}\"").is_ok());
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_search_panic(cql in "\\PC{0,60}|([a-z]{1,5}|[()=!~<>,\"' ]|and|or|not|in|order by|title|created|now){0,20}") {
        drop(hits(&Site::default(), &cql));
    }
}
