//! The fields CQL knows, the comparisons each allows, and what a clause then asks of a content.

use super::syntax::{Clause, Expression, Value};
use super::text::{TextQuery, WordMatch};
use super::time::{Clock, Period};
use super::token::Operator;
use super::{Id, Viewer};

/// What one clause asks, its values read.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Condition {
    /// Words stand in a text.
    Words(Place, TextQuery),
    /// A lower-case value is one of these.
    Name(Name, Vec<String>),
    /// A related content is one of these.
    Number(Number, Vec<Id>),
    /// A time lies before, in or after the period.
    Time(Moment, Operator, Period),
}

/// Where words are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Title and body.
    Text,
    /// Title.
    Title,
    /// Title and body, and spaces by name.
    Site,
    /// Name of the space.
    SpaceTitle,
    /// Name of a person.
    FullName,
}

/// What is compared with names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// Title.
    Title,
    /// Key of the space.
    SpaceKey,
    /// Type of the space.
    SpaceKind,
    /// Type of the hit.
    Kind,
    /// Label.
    Label,
    /// Who made it.
    Creator,
    /// Who ever changed it.
    Contributor,
    /// Who is mentioned.
    Mention,
    /// A macro in the body.
    Macro,
    /// The person.
    User,
}

/// What is compared with ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Number {
    /// Its own id.
    Id,
    /// Its parent.
    Parent,
    /// Any content above it.
    Ancestor,
    /// The page a comment or attachment hangs on.
    Container,
}

/// What is compared with times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// When it was made.
    Created,
    /// When it was last changed.
    LastModified,
}

enum Field {
    Words(Place),
    Name(Name),
    Number(Number),
    Time(Moment),
}

/// What reading values needs to know of the search.
pub(super) struct Reading<'a> {
    /// Who searches.
    pub(super) viewer: &'a Viewer<'a>,
    /// What dates are read against.
    pub(super) clock: &'a Clock,
}

impl Reading<'_> {
    /// The conditions of `expression`, or why it asks what CQL does not offer.
    pub(super) fn conditions(&self, expression: Expression<Clause>) -> Result<Expression<Condition>, String> {
        let each = |parts: Vec<Expression<Clause>>| {
            parts.into_iter().map(|part| self.conditions(part)).collect::<Result<Vec<_>, _>>()
        };
        Ok(match expression {
            Expression::All(parts) => {
                let mut parts = each(parts)?;
                // Word search is the dear part: whatever is cheap may spare it.
                parts.sort_by_key(|part| matches!(part, Expression::Clause(Condition::Words(..))));
                Expression::All(parts)
            }
            Expression::Any(parts) => Expression::Any(each(parts)?),
            Expression::Not(inner) => Expression::Not(Box::new(self.conditions(*inner)?)),
            Expression::Clause(clause) => self.condition(&clause)?,
        })
    }

    fn condition(&self, clause: &Clause) -> Result<Expression<Condition>, String> {
        let field = field(&clause.field)?;
        let fits = match field {
            Field::Words(Place::Title | Place::SpaceTitle | Place::Text | Place::Site | Place::FullName) => {
                matches!(clause.operator, Operator::Contains | Operator::Lacks)
            }
            Field::Name(Name::Title) => {
                !matches!(clause.operator, Operator::Greater | Operator::AtLeast | Operator::Less | Operator::AtMost)
            }
            Field::Name(_) | Field::Number(_) => {
                matches!(clause.operator, Operator::Equal | Operator::NotEqual | Operator::In | Operator::NotIn)
            }
            Field::Time(_) => {
                !matches!(clause.operator, Operator::Contains | Operator::Lacks | Operator::In | Operator::NotIn)
            }
        };
        if !fits {
            return Err(format!("the field `{}` does not offer this operator", clause.field));
        }
        let negative = matches!(clause.operator, Operator::NotEqual | Operator::Lacks | Operator::NotIn);
        let condition = Expression::Clause(self.read(&field, clause)?);
        Ok(if negative { Expression::Not(Box::new(condition)) } else { condition })
    }

    fn read(&self, field: &Field, clause: &Clause) -> Result<Condition, String> {
        let worded = matches!(clause.operator, Operator::Contains | Operator::Lacks);
        let first = || clause.values.first().ok_or_else(|| "a value is missing".to_owned());
        Ok(match *field {
            Field::Name(Name::Title) if worded => Condition::Words(Place::Title, words(first()?, WordMatch::Whole)?),
            Field::Words(place) => {
                let word_match = if place == Place::FullName { WordMatch::Beginning } else { WordMatch::Whole };
                Condition::Words(place, words(first()?, word_match)?)
            }
            Field::Name(name) => {
                let values = clause.values.iter().map(|value| self.name(name, value));
                Condition::Name(name, values.collect::<Result<_, _>>()?)
            }
            Field::Number(number) => Condition::Number(number, clause.values.iter().map(id).collect::<Result<_, _>>()?),
            Field::Time(moment) => Condition::Time(moment, clause.operator, self.clock.period(first()?)?),
        })
    }

    fn name(&self, name: Name, value: &Value) -> Result<String, String> {
        let person = matches!(name, Name::Creator | Name::Contributor | Name::Mention | Name::User);
        match value {
            Value::Function { name, argument: None } if person && name == "currentuser" => {
                Ok(self.viewer.account_id.to_lowercase())
            }
            Value::Function { name, .. } => Err(format!("the function `{name}` does not fit here")),
            Value::Literal(text) => {
                let lower = text.to_lowercase();
                Ok(match name {
                    Name::Label => lower.strip_prefix("global:").unwrap_or(&lower).to_owned(),
                    Name::Title => {
                        let inside = lower.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
                        inside.unwrap_or(&lower).trim().to_owned()
                    }
                    _ => lower,
                })
            }
        }
    }
}

fn words(value: &Value, word_match: WordMatch) -> Result<TextQuery, String> {
    match value {
        Value::Literal(text) => Ok(TextQuery::new(text, word_match)),
        Value::Function { name, .. } => Err(format!("the function `{name}` does not fit a text")),
    }
}

fn id(value: &Value) -> Result<Id, String> {
    match value {
        Value::Literal(text) => {
            text.strip_prefix("att").unwrap_or(text).parse().map_err(|_| format!("`{text}` is not the id of a content"))
        }
        Value::Function { name, .. } => Err(format!("the function `{name}` does not fit an id")),
    }
}

fn field(name: &str) -> Result<Field, String> {
    Ok(match name {
        "text" => Field::Words(Place::Text),
        "sitesearch" => Field::Words(Place::Site),
        "space.title" => Field::Words(Place::SpaceTitle),
        "user.fullname" => Field::Words(Place::FullName),
        "title" => Field::Name(Name::Title),
        "space" | "space.key" => Field::Name(Name::SpaceKey),
        "space.type" => Field::Name(Name::SpaceKind),
        "type" => Field::Name(Name::Kind),
        "label" => Field::Name(Name::Label),
        "creator" => Field::Name(Name::Creator),
        "contributor" => Field::Name(Name::Contributor),
        "mention" => Field::Name(Name::Mention),
        "macro" => Field::Name(Name::Macro),
        "user" | "user.accountid" => Field::Name(Name::User),
        "id" | "content" => Field::Number(Number::Id),
        "parent" => Field::Number(Number::Parent),
        "ancestor" => Field::Number(Number::Ancestor),
        "container" => Field::Number(Number::Container),
        "created" => Field::Time(Moment::Created),
        "lastmodified" => Field::Time(Moment::LastModified),
        "favourite" | "favorite" | "watcher" => return Err(format!("the field `{name}` is not kept here")),
        _ => return Err(format!("there is no field `{name}`")),
    })
}
