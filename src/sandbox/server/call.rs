//! One request as an operation sees it: who asks, with which parameters and which body.

use axum::body::Bytes;
use jiff::Timestamp;
use serde_json::Value;

use super::answer::Failure;
use crate::sandbox::model::Id;

/// A request that was understood, authenticated and matched to an operation.
pub(crate) struct Call {
    /// The path below the site, always with `/wiki`.
    pub(crate) path: String,
    /// Values of the path's variables, decoded.
    pub(crate) variables: Vec<(&'static str, String)>,
    /// The query, decoded, in order.
    pub(crate) query: Vec<(String, String)>,
    /// The body as it came.
    pub(crate) body: Bytes,
    /// The parts of a multipart body.
    pub(crate) parts: Vec<Part>,
    /// Who asks.
    pub(crate) caller: Caller,
    /// The time of the request.
    pub(crate) now: Timestamp,
    /// `https://site.example/wiki`.
    pub(crate) site_base: String,
    /// Where files are downloaded from.
    pub(crate) media_base: String,
}

/// The person who asks.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) account: String,
    pub(crate) admin: bool,
    pub(crate) time_zone: String,
}

/// One part of a multipart body.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) file_name: Option<String>,
    pub(crate) media_type: Option<String>,
    pub(crate) bytes: Bytes,
}

impl Call {
    /// A variable of the path; empty if the template lacks it.
    pub(crate) fn variable(&self, name: &str) -> &str {
        self.variables.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value.as_str())
    }

    /// A numeric id in the path.
    pub(crate) fn id(&self, name: &str) -> Result<Id, Failure> {
        let text = self.variable(name);
        number(name, text)
    }

    /// The first numeric id in the path; an attachment's may start with `att`.
    pub(crate) fn first_id(&self) -> Result<Id, Failure> {
        let (name, text) = self.variables.first().map_or(("id", ""), |(name, text)| (*name, text.as_str()));
        number(name, text.strip_prefix("att").unwrap_or(text))
    }

    /// An attachment's id in the path, with or without `att`.
    pub(crate) fn attachment_id(&self, name: &str) -> Result<Id, Failure> {
        let text = self.variable(name);
        number(name, text.strip_prefix("att").unwrap_or(text))
    }

    /// The first value of a query parameter.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// All values of a query parameter, repeated or separated by commas.
    pub(crate) fn parameters(&self, name: &str) -> Vec<&str> {
        self.query
            .iter()
            .filter(|(known, _)| known == name)
            .flat_map(|(_, value)| value.split(','))
            .map(str::trim)
            .filter(|value| !value.is_empty())
            .collect()
    }

    /// All numeric values of a query parameter; more than `most` are refused.
    pub(crate) fn ids(&self, name: &str, most: usize) -> Result<Vec<Id>, Failure> {
        let given = self.parameters(name);
        if given.len() > most {
            return Err(Failure::bad_request(format!("'{name}' takes at most {most} values")));
        }
        given.into_iter().map(|value| number(name, value)).collect()
    }

    /// A query parameter that is true or false; absent is false.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, Failure> {
        match self.parameter(name) {
            None | Some("false" | "") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(wrong_type(name)),
        }
    }

    /// One of the listed words, if given.
    pub(crate) fn choice<'a>(&'a self, name: &str, words: &[&str]) -> Result<Option<&'a str>, Failure> {
        match self.parameter(name) {
            None => Ok(None),
            Some(value) if words.contains(&value) => Ok(Some(value)),
            Some(_) => Err(wrong_type(name)),
        }
    }

    /// The body as a JSON object.
    pub(crate) fn json(&self) -> Result<Value, Failure> {
        match serde_json::from_slice::<Value>(&self.body) {
            Ok(document @ Value::Object(_)) => Ok(document),
            Ok(_) => Err(Failure::bad_request("Request body must be a JSON object")),
            Err(error) => Err(Failure::bad_request(format!("Could not read the request body: {error}"))),
        }
    }

    /// A part of a multipart body.
    pub(crate) fn part(&self, name: &str) -> Option<&Part> {
        self.parts.iter().find(|part| part.name == name)
    }

    /// The text of a part of a multipart body.
    pub(crate) fn part_text(&self, name: &str) -> Option<String> {
        self.part(name).map(|part| String::from_utf8_lossy(&part.bytes).into_owned())
    }
}

/// The failure for a parameter of the wrong type.
pub(crate) fn wrong_type(name: &str) -> Failure {
    Failure::bad_request(format!("Provided value for '{name}' is not the correct type. Expected type is valid."))
}

/// Reads a positive number that stands for an id or a version.
pub(crate) fn number(name: &str, text: &str) -> Result<Id, Failure> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse::<i64>().ok().filter(|_| digits).and_then(|value| Id::try_from(value).ok()).ok_or_else(|| {
        Failure::bad_request(format!("Provided value for '{name}' is not the correct type. Expected type is long"))
    })
}

/// A text field of a JSON object.
pub(crate) fn text<'a>(document: &'a Value, field: &str) -> Option<&'a str> {
    document.get(field).and_then(Value::as_str)
}

/// A numeric id in a JSON object, written as a string or a number.
pub(crate) fn id_field(document: &Value, field: &str) -> Result<Option<Id>, Failure> {
    match document.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => number(field, text).map(Some),
        Some(Value::Number(value)) => number(field, &value.to_string()).map(Some),
        Some(_) => Err(wrong_type(field)),
    }
}
