//! Search by CQL on the simulated site: the part of Confluence's query language that agents use.
//!
//! Only what is current is found. Who may see a hit is decided by whoever asks.

mod candidate;
mod condition;
mod plain;
mod syntax;
mod text;
mod time;
mod token;

use std::cmp::Ordering;

use jiff::Timestamp;

use self::candidate::{Candidate, Relevance, Subject};
use self::condition::{Condition, Moment, Name, Place, Reading};
pub use self::plain::plain_text;
use self::syntax::{Direction, Expression, Order};
use self::time::Clock;
use super::model::{Content, ContentStatus, Id, Site, SpaceStatus, UserStatus};

/// Longest piece of a refused query that is repeated, in characters.
const LONGEST_ECHO: usize = 500;

/// Who searches.
#[derive(Clone, Copy, Debug)]
pub struct Viewer<'a> {
    /// What `currentUser()` stands for.
    pub account_id: &'a str,
    /// Whether the person administers the site; the search itself makes no difference.
    pub admin: bool,
    /// IANA time zone in which dates are read; an unknown one reads as UTC.
    pub time_zone: &'a str,
}

/// Something found.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Hit {
    /// A page, blog post, folder or other content of the tree.
    Content(Id),
    /// A footer or inline comment.
    Comment(Id),
    /// An attachment.
    Attachment(Id),
    /// A space.
    Space(Id),
    /// A person, by account id.
    User(String),
}

/// A query that cannot be answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct CqlError {
    /// What Confluence would answer: `Could not parse cql : ` and the query, then the reason in parentheses.
    pub message: String,
}

/// Everything on `site` that `cql` finds for `viewer`, best first or in the order asked for, without regard to permissions.
///
/// Without `order by` words in the title come first, then many occurrences, then the lower id.
/// Spaces are looked at only by `type = space` and `siteSearch`, people only by `type = user` and `user…`.
pub fn search(site: &Site, viewer: &Viewer<'_>, cql: &str, now: Timestamp) -> Result<Vec<Hit>, CqlError> {
    found(site, viewer, cql, now).map_err(|reason| {
        let echo: String = cql.chars().take(LONGEST_ECHO).collect();
        CqlError { message: format!("Could not parse cql : {echo} ({reason})") }
    })
}

fn found(site: &Site, viewer: &Viewer<'_>, cql: &str, now: Timestamp) -> Result<Vec<Hit>, String> {
    let query = syntax::parse(cql)?;
    let clock = Clock::new(now, viewer.time_zone);
    let expression = match query.expression {
        Some(clauses) => Some(Reading { viewer, clock: &clock }.conditions(clauses)?),
        None => None,
    };
    let order = query.order.iter().map(sort_key).collect::<Result<Vec<_>, _>>()?;
    let mut hits: Vec<(Relevance, Candidate<'_>)> = Vec::new();
    for subject in subjects(site, expression.as_ref()) {
        let candidate = Candidate::new(site, subject);
        let mut relevance = Relevance::default();
        if expression.as_ref().is_none_or(|expression| candidate.meets(expression, &mut relevance)) {
            // The words were needed for the decision only; keeping them would hold the site's text twice.
            hits.push((relevance, Candidate::new(site, subject)));
        }
    }
    hits.sort_by(|(left_fit, left), (right_fit, right)| {
        let asked = order.iter().map(|(key, direction)| {
            let ascending = key.compare(left, right);
            if *direction == Direction::Descending { ascending.reverse() } else { ascending }
        });
        let by_relevance = if order.is_empty() { right_fit.cmp(left_fit) } else { Ordering::Equal };
        asked.fold(Ordering::Equal, Ordering::then).then(by_relevance).then(left.id().cmp(&right.id()))
    });
    Ok(hits.into_iter().map(|(_, candidate)| candidate.hit()).collect())
}

/// What a search looks at: what is current, in spaces in use.
fn subjects<'a>(site: &'a Site, expression: Option<&Expression<Condition>>) -> impl Iterator<Item = Subject<'a>> {
    let in_use = |content: &Content| {
        content.status == ContentStatus::Current
            && site.spaces.get(&content.space).is_some_and(|space| space.status == SpaceStatus::Current)
    };
    let holding = move |id: &Id| site.contents.get(id).filter(|content| in_use(content));
    let contents = site.contents.values().filter(move |content| in_use(content)).map(Subject::Content);
    let comments =
        site.comments.values().filter_map(move |comment| Some(Subject::Comment(comment, holding(&comment.container)?)));
    let attachments = site
        .attachments
        .values()
        .filter(|attachment| attachment.status == ContentStatus::Current)
        .filter_map(move |attachment| Some(Subject::Attachment(attachment, holding(&attachment.container)?)));
    let asks_spaces = expression.is_some_and(|expression| asks(expression, &asks_for_spaces));
    let spaces = site
        .spaces
        .values()
        .filter(move |space| asks_spaces && space.status == SpaceStatus::Current)
        .map(Subject::Space);
    let asks_users = expression.is_some_and(|expression| asks(expression, &asks_for_people));
    let users =
        site.users.values().filter(move |user| asks_users && user.status != UserStatus::Closed).map(Subject::User);
    contents.chain(comments).chain(attachments).chain(spaces).chain(users)
}

fn asks(expression: &Expression<Condition>, wanted: &impl Fn(&Condition) -> bool) -> bool {
    match expression {
        Expression::All(parts) | Expression::Any(parts) => parts.iter().any(|part| asks(part, wanted)),
        Expression::Not(_) => false,
        Expression::Clause(condition) => wanted(condition),
    }
}

fn asks_for_spaces(condition: &Condition) -> bool {
    match condition {
        Condition::Words(place, _) => *place == Place::Site,
        Condition::Name(Name::Kind, kinds) => kinds.iter().any(|kind| kind == "space"),
        _ => false,
    }
}

fn asks_for_people(condition: &Condition) -> bool {
    match condition {
        Condition::Words(place, _) => *place == Place::FullName,
        Condition::Name(Name::Kind, kinds) => kinds.iter().any(|kind| kind == "user"),
        Condition::Name(name, _) => *name == Name::User,
        _ => false,
    }
}

#[derive(Clone, Copy)]
enum SortKey {
    Title,
    Time(Moment),
    Id,
    Space,
}

impl SortKey {
    fn compare(self, left: &Candidate<'_>, right: &Candidate<'_>) -> Ordering {
        match self {
            SortKey::Title => {
                let lower = |candidate: &Candidate<'_>| candidate.title().to_lowercase();
                lower(left).cmp(&lower(right))
            }
            SortKey::Time(moment) => left.moment(moment).cmp(&right.moment(moment)),
            SortKey::Id => left.id().cmp(&right.id()),
            SortKey::Space => {
                let key = |candidate: &Candidate<'_>| candidate.space().map(|space| space.key.to_lowercase());
                key(left).cmp(&key(right))
            }
        }
    }
}

fn sort_key(order: &Order) -> Result<(SortKey, Direction), String> {
    let key = match order.field.as_str() {
        "title" => SortKey::Title,
        "created" => SortKey::Time(Moment::Created),
        "lastmodified" => SortKey::Time(Moment::LastModified),
        "id" | "content" => SortKey::Id,
        "space" | "space.key" => SortKey::Space,
        other => return Err(format!("results cannot be ordered by `{other}`")),
    };
    Ok((key, order.direction))
}

#[cfg(test)]
mod tests {
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
}
