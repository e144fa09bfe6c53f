//! One thing a search may find, and whether it meets a condition.

use std::cell::OnceCell;

use jiff::Timestamp;

use super::condition::{Condition, Moment, Name, Number, Place};
use super::plain::plain_text;
use super::syntax::Expression;
use super::text::Words;
use super::time::on_the_minute;
use super::token::Operator;
use super::{Hit, Id};
use crate::sandbox::model::{Attachment, Comment, Content, ContentKind, Label, Site, Space, User};
use crate::sandbox::rules::words::space_kind;

/// How many steps up a tree are followed.
const HIGHEST: usize = 200;
/// Larger text files are found by their name alone, in bytes.
const LARGEST_TEXT: usize = 1_000_000;

/// How well a hit fits: words in the title first, then how often they stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Relevance {
    in_title: bool,
    count: usize,
}

/// What is looked at.
#[derive(Clone, Copy)]
pub(super) enum Subject<'a> {
    /// A page or another content.
    Content(&'a Content),
    /// A comment and what it hangs on.
    Comment(&'a Comment, &'a Content),
    /// An attachment and what it hangs on.
    Attachment(&'a Attachment, &'a Content),
    /// A space.
    Space(&'a Space),
    /// A person.
    User(&'a User),
}

/// Something a search may find, its words cut at most once.
pub(super) struct Candidate<'a> {
    site: &'a Site,
    subject: Subject<'a>,
    title: OnceCell<Words>,
    body: OnceCell<Words>,
}

impl<'a> Candidate<'a> {
    /// Looks at `subject` of `site`.
    pub(super) fn new(site: &'a Site, subject: Subject<'a>) -> Candidate<'a> {
        Candidate { site, subject, title: OnceCell::new(), body: OnceCell::new() }
    }

    /// What a search answers for it.
    pub(super) fn hit(&self) -> Hit {
        match self.subject {
            Subject::Content(content) => Hit::Content(content.id),
            Subject::Comment(comment, _) => Hit::Comment(comment.id),
            Subject::Attachment(attachment, _) => Hit::Attachment(attachment.id),
            Subject::Space(space) => Hit::Space(space.id),
            Subject::User(user) => Hit::User(user.account_id.clone()),
        }
    }

    /// Its id; people have none.
    pub(super) fn id(&self) -> Id {
        match self.subject {
            Subject::Content(content) => content.id,
            Subject::Comment(comment, _) => comment.id,
            Subject::Attachment(attachment, _) => attachment.id,
            Subject::Space(space) => space.id,
            Subject::User(_) => 0,
        }
    }

    /// Its title or name.
    pub(super) fn title(&self) -> &'a str {
        let titled = |content: &'a Content| content.versions.last().map_or("", |version| version.title.as_str());
        match self.subject {
            Subject::Content(content) | Subject::Comment(_, content) => titled(content),
            Subject::Attachment(attachment, _) => &attachment.title,
            Subject::Space(space) => &space.name,
            Subject::User(user) => &user.display_name,
        }
    }

    /// The space it is in, or is.
    pub(super) fn space(&self) -> Option<&'a Space> {
        match self.subject {
            Subject::Content(content) | Subject::Comment(_, content) | Subject::Attachment(_, content) => {
                self.site.spaces.get(&content.space)
            }
            Subject::Space(space) => Some(space),
            Subject::User(_) => None,
        }
    }

    /// When it was made or last changed.
    pub(super) fn moment(&self, moment: Moment) -> Option<Timestamp> {
        let last_modified = moment == Moment::LastModified;
        match self.subject {
            Subject::Content(content) if last_modified => Some(content.versions.last()?.created),
            Subject::Content(content) => Some(content.created),
            Subject::Comment(comment, _) if last_modified => Some(comment.versions.last()?.created),
            Subject::Comment(comment, _) => Some(comment.created),
            Subject::Attachment(attachment, _) if last_modified => Some(attachment.versions.last()?.created),
            Subject::Attachment(attachment, _) => Some(attachment.versions.first()?.created),
            Subject::Space(space) => Some(space.created),
            Subject::User(_) => None,
        }
    }

    /// Whether `expression` holds; what its words contribute is added to `relevance`.
    pub(super) fn meets(&self, expression: &Expression<Condition>, relevance: &mut Relevance) -> bool {
        match expression {
            Expression::All(parts) => parts.iter().all(|part| self.meets(part, relevance)),
            // Every alternative is asked, since each adds to the relevance.
            Expression::Any(parts) => parts.iter().filter(|part| self.meets(part, relevance)).count() > 0,
            Expression::Not(inner) => !self.meets(inner, &mut Relevance::default()),
            Expression::Clause(condition) => self.meets_one(condition, relevance),
        }
    }

    fn meets_one(&self, condition: &Condition, relevance: &mut Relevance) -> bool {
        match condition {
            Condition::Words(place, query) => {
                let title_counts = query.occurrences(&[self.title_words()]);
                let count = match place {
                    Place::Title if !matches!(self.subject, Subject::Comment(..) | Subject::User(_)) => title_counts,
                    Place::Text | Place::Site => query.occurrences(&[self.title_words(), self.body_words()]),
                    Place::SpaceTitle => self.space().map_or(0, |space| query.occurrences(&[&Words::of(&space.name)])),
                    Place::FullName if matches!(self.subject, Subject::User(_)) => title_counts,
                    Place::Title | Place::FullName => 0,
                };
                if count > 0 && *place != Place::SpaceTitle {
                    relevance.in_title |= title_counts > 0;
                    relevance.count += count;
                }
                count > 0
            }
            Condition::Name(name, wanted) => self.is_named(*name, wanted),
            Condition::Number(number, wanted) => self.is_numbered(*number, wanted),
            Condition::Time(moment, operator, period) => self.moment(*moment).is_some_and(|at| {
                let at = on_the_minute(at);
                match operator {
                    Operator::Greater => at > period.start,
                    Operator::AtLeast => at >= period.start,
                    Operator::Less => at < period.start,
                    Operator::AtMost => at <= period.start,
                    Operator::NotEqual | Operator::Equal => period.start <= at && at < period.end,
                    _ => false,
                }
            }),
        }
    }

    fn title_words(&self) -> &Words {
        // A comment carries the title of its page only for show.
        let own = !matches!(self.subject, Subject::Comment(..));
        self.title.get_or_init(|| if own { Words::of(self.title()) } else { Words::default() })
    }

    fn body_words(&self) -> &Words {
        self.body.get_or_init(|| match self.subject {
            Subject::Attachment(attachment, _) => attachment
                .versions
                .last()
                .filter(|version| attachment.media_type.starts_with("text/") && version.bytes.len() <= LARGEST_TEXT)
                .map(|version| Words::of(&String::from_utf8_lossy(&version.bytes)))
                .unwrap_or_default(),
            Subject::Space(space) => Words::of(&format!("{} {}", space.key, space.description)),
            Subject::User(_) => Words::default(),
            Subject::Content(_) | Subject::Comment(..) => Words::of(&plain_text(self.storage())),
        })
    }

    fn storage(&self) -> &'a str {
        let versions = match self.subject {
            Subject::Content(content) => &content.versions,
            Subject::Comment(comment, _) => &comment.versions,
            _ => return "",
        };
        versions.last().map_or("", |version| version.body.as_str())
    }

    fn is_named(&self, name: Name, wanted: &[String]) -> bool {
        let is = |value: &str| wanted.iter().any(|one| one == value || *one == value.to_lowercase());
        match name {
            Name::Title => !matches!(self.subject, Subject::Comment(..)) && is(self.title()),
            Name::SpaceKey => self.space().is_some_and(|space| is(&space.key)),
            Name::SpaceKind => self.space().is_some_and(|space| is(space_kind(space.kind))),
            Name::Kind => is(self.kind()),
            Name::Label => self.labels().iter().any(|label| {
                if label.prefix == "global" { is(&label.name) } else { is(&format!("{}:{}", label.prefix, label.name)) }
            }),
            Name::Creator => self.creator().is_some_and(is),
            Name::Contributor => self.creator().is_some_and(is) || self.editors().any(is),
            Name::Mention => {
                let body = self.storage();
                body.split("ri:account-id=\"").skip(1).any(|rest| rest.split('"').next().is_some_and(is))
            }
            Name::Macro => {
                let macros = self.storage().split("<ac:structured-macro ac:name=\"").skip(1);
                macros.into_iter().any(|rest| rest.split('"').next().is_some_and(is))
            }
            Name::User => matches!(self.subject, Subject::User(user) if is(&user.account_id)),
        }
    }

    fn is_numbered(&self, number: Number, wanted: &[Id]) -> bool {
        match (number, self.subject) {
            (Number::Id, _) => wanted.contains(&self.id()),
            (Number::Parent, Subject::Content(content)) => {
                content.parent.is_some_and(|parent| wanted.contains(&parent))
            }
            (Number::Ancestor, Subject::Content(content)) => {
                let above = |id: &Id| self.site.contents.get(id).and_then(|content| content.parent);
                std::iter::successors(content.parent, above).take(HIGHEST).any(|parent| wanted.contains(&parent))
            }
            (Number::Container, Subject::Comment(_, content) | Subject::Attachment(_, content)) => {
                wanted.contains(&content.id)
            }
            _ => false,
        }
    }

    fn kind(&self) -> &'static str {
        match self.subject {
            Subject::Content(content) => match content.kind {
                ContentKind::Page | ContentKind::LiveDoc => "page",
                ContentKind::BlogPost => "blogpost",
                ContentKind::Folder => "folder",
                ContentKind::Whiteboard => "whiteboard",
                ContentKind::Database => "database",
                ContentKind::Embed => "embed",
            },
            Subject::Comment(..) => "comment",
            Subject::Attachment(..) => "attachment",
            Subject::Space(_) => "space",
            Subject::User(_) => "user",
        }
    }

    fn labels(&self) -> &'a [Label] {
        match self.subject {
            Subject::Content(content) => &content.labels,
            Subject::Attachment(attachment, _) => &attachment.labels,
            Subject::Space(space) => &space.labels,
            Subject::Comment(..) | Subject::User(_) => &[],
        }
    }

    fn creator(&self) -> Option<&'a str> {
        match self.subject {
            Subject::Content(content) => Some(&content.author),
            Subject::Comment(comment, _) => Some(&comment.author),
            Subject::Attachment(attachment, _) => attachment.versions.first().map(|version| version.author.as_str()),
            Subject::Space(space) => Some(&space.author),
            Subject::User(_) => None,
        }
    }

    fn editors(&self) -> impl Iterator<Item = &'a str> {
        let (versions, files): (&'a [_], &'a [_]) = match self.subject {
            Subject::Content(content) => (&content.versions, &[]),
            Subject::Comment(comment, _) => (&comment.versions, &[]),
            Subject::Attachment(attachment, _) => (&[], &attachment.versions),
            Subject::Space(_) | Subject::User(_) => (&[], &[]),
        };
        versions.iter().map(|version| version.author.as_str()).chain(files.iter().map(|file| file.author.as_str()))
    }
}
