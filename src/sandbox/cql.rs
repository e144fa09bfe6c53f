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
mod tests;
