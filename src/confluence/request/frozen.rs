//! A write as it is kept until it is sent: everything but the body's bytes, and the way back to the same request.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::domain::access::{AccessClass, Create, Delete, Update, WriteAccess};
use crate::domain::digest::Digest;
use crate::published::{Row, Verdict, rows};

use super::{Body, Lane, Method, PostDelete, Request};

/// The writes that can be kept: method and published template. A request that is none of these is not read back,
/// whatever the record says.
const WRITES: [(Method, &str); 41] = [
    (Method::Post, "/wiki/api/v2/blogposts"),
    (Method::Post, "/wiki/api/v2/databases"),
    (Method::Post, "/wiki/api/v2/embeds"),
    (Method::Post, "/wiki/api/v2/folders"),
    (Method::Post, "/wiki/api/v2/footer-comments"),
    (Method::Post, "/wiki/api/v2/inline-comments"),
    (Method::Post, "/wiki/api/v2/pages"),
    (Method::Post, "/wiki/api/v2/pages/{page-id}/properties"),
    (Method::Post, "/wiki/api/v2/spaces/{space-id}/properties"),
    (Method::Post, "/wiki/api/v2/whiteboards"),
    (Method::Post, "/wiki/rest/api/content/archive"),
    (Method::Post, "/wiki/rest/api/content/{id}/child/attachment"),
    (Method::Post, "/wiki/rest/api/content/{id}/child/attachment/{attachmentId}/data"),
    (Method::Post, "/wiki/rest/api/content/{id}/copy"),
    (Method::Post, "/wiki/rest/api/content/{id}/label"),
    (Method::Post, "/wiki/rest/api/content/{id}/pagehierarchy/copy"),
    (Method::Post, "/wiki/rest/api/space"),
    (Method::Post, "/wiki/rest/api/user/watch/content/{contentId}"),
    (Method::Put, "/wiki/api/v2/blogposts/{id}"),
    (Method::Put, "/wiki/api/v2/footer-comments/{comment-id}"),
    (Method::Put, "/wiki/api/v2/inline-comments/{comment-id}"),
    (Method::Put, "/wiki/api/v2/pages/{id}"),
    (Method::Put, "/wiki/api/v2/pages/{id}/title"),
    (Method::Put, "/wiki/api/v2/pages/{page-id}/properties/{property-id}"),
    (Method::Put, "/wiki/api/v2/spaces/{space-id}/properties/{property-id}"),
    (Method::Put, "/wiki/api/v2/tasks/{id}"),
    (Method::Put, "/wiki/rest/api/content/{id}/child/attachment/{attachmentId}"),
    (Method::Put, "/wiki/rest/api/content/{pageId}/move/{position}/{targetId}"),
    (Method::Put, "/wiki/rest/api/space/{spaceKey}"),
    (Method::Delete, "/wiki/api/v2/attachments/{id}"),
    (Method::Delete, "/wiki/api/v2/blogposts/{id}"),
    (Method::Delete, "/wiki/api/v2/databases/{id}"),
    (Method::Delete, "/wiki/api/v2/embeds/{id}"),
    (Method::Delete, "/wiki/api/v2/folders/{id}"),
    (Method::Delete, "/wiki/api/v2/footer-comments/{comment-id}"),
    (Method::Delete, "/wiki/api/v2/inline-comments/{comment-id}"),
    (Method::Delete, "/wiki/api/v2/pages/{id}"),
    (Method::Delete, "/wiki/api/v2/pages/{page-id}/properties/{property-id}"),
    (Method::Delete, "/wiki/api/v2/whiteboards/{id}"),
    (Method::Delete, "/wiki/rest/api/content/{id}/label"),
    (Method::Delete, "/wiki/rest/api/user/watch/content/{contentId}"),
];

/// The query parameters that writes have.
const PARAMETERS: [&str; 1] = ["name"];

/// Whether a write of this method and template can be kept and read back.
pub fn is_kept(method: &str, template: &str) -> bool {
    known(method, template).is_some()
}

/// The write of this method and template, with the query keys it may have: one of ours, or one that a raw request
/// reaches.
fn known(method: &str, template: &str) -> Option<(Method, &'static str, &'static [&'static str])> {
    let ours = WRITES.iter().find(|(known, kept)| known.as_str() == method && *kept == template);
    let raw = || {
        let is_it = |row: &&Row| row.method.as_str() == method && row.template == template;
        rows().iter().filter(|row| row.verdict == Verdict::Allow && row.access.writes()).find(is_it)
    };
    match ours {
        // A raw request may ask the same operation with more.
        Some((method, template)) => Some((*method, template, raw().map_or(&[], |row| row.query.as_slice()))),
        None => raw().map(|row| (row.method, row.template, row.query.as_slice())),
    }
}

/// A write without its body's bytes, as records keep it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frozen {
    class: AccessClass,
    effect: AccessClass,
    method: String,
    template: String,
    path: String,
    query: Vec<(String, String)>,
    content: Content,
    digest: Digest,
}

/// What sort of body it has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Content {
    Empty,
    Json,
    Multipart { boundary: String },
}

/// A record that does not lead back to the request it was made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the kept request is not the one that was planned")]
pub struct NotThawed;

/// A kept write as a request again, by its class.
#[derive(Debug)]
pub enum Thawed {
    /// It makes something.
    Create(Request<Create>),
    /// It changes something.
    Update(Request<Update>),
    /// It removes something.
    Delete(Request<Delete>),
}

impl<A: WriteAccess> Request<A> {
    /// The request as records keep it; its body's bytes are kept beside.
    pub fn freeze(&self) -> Frozen {
        Frozen {
            class: A::CLASS,
            effect: self.effect,
            method: self.method.as_str().to_owned(),
            template: self.template.to_owned(),
            path: self.path.clone(),
            query: self.query.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect(),
            content: match &self.body {
                Body::Empty => Content::Empty,
                Body::Json(_) => Content::Json,
                Body::Multipart { boundary, .. } => Content::Multipart { boundary: boundary.clone() },
            },
            digest: self.digest(),
        }
    }
}

/// What stands for the method where several writes are meant.
const STEPS: &str = "STEPS";

impl Frozen {
    /// Several writes as one thing to decide on: as strong as the strongest, and fingerprinted in their order. It is no
    /// request itself, and never becomes one.
    pub fn of_steps(steps: &[&Self]) -> Self {
        let digests: Vec<String> = steps.iter().map(|step| step.digest.to_string()).collect();
        let strongest = |of: fn(&Self) -> AccessClass| steps.iter().map(|step| of(step)).max();
        Self {
            class: strongest(|step| step.class).unwrap_or(AccessClass::Create),
            effect: strongest(|step| step.effect).unwrap_or(AccessClass::Create),
            method: STEPS.to_owned(),
            template: String::new(),
            path: format!("{} requests, one after the other", steps.len()),
            query: Vec::new(),
            content: Content::Empty,
            digest: Digest::of(digests.iter().map(String::as_bytes)),
        }
    }

    /// Whether its body is JSON, and no file.
    pub fn has_json(&self) -> bool {
        self.content == Content::Json
    }

    /// Fingerprint of the request.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Method and path, such as `PUT /wiki/api/v2/pages/123`.
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The same request again, as long as record and bytes are what they were.
    pub(crate) fn thaw(&self, body: Bytes) -> Result<Thawed, NotThawed> {
        Ok(match self.class {
            AccessClass::Read => return Err(NotThawed),
            AccessClass::Create => Thawed::Create(self.request(body)?),
            AccessClass::Update => Thawed::Update(self.request(body)?),
            AccessClass::Delete => Thawed::Delete(self.request(body)?),
        })
    }

    fn request<A: WriteAccess>(&self, body: Bytes) -> Result<Request<A>, NotThawed> {
        let (method, template, parameters) = known(&self.method, &self.template).ok_or(NotThawed)?;
        let deletes = method == Method::Delete || method == Method::Post && PostDelete::is_one(template);
        if A::CLASS == AccessClass::Delete && !deletes || !fills(template, &self.path) {
            return Err(NotThawed);
        }
        let parameter = |(key, value): &(String, String)| {
            let ours = PARAMETERS.iter().chain(parameters);
            ours.into_iter().find(|known| *known == key).map(|key| (*key, value.clone()))
        };
        let request = Request {
            method,
            template,
            path: self.path.clone(),
            query: self.query.iter().map(parameter).collect::<Option<_>>().ok_or(NotThawed)?,
            body: match &self.content {
                Content::Empty if body.is_empty() => Body::Empty,
                Content::Empty => return Err(NotThawed),
                Content::Json => Body::Json(body),
                Content::Multipart { boundary } => Body::Multipart { boundary: boundary.clone(), bytes: body },
            },
            lane: Lane::Write,
            effect: self.effect,
            class: std::marker::PhantomData,
        };
        if request.digest() == self.digest && self.effect >= A::CLASS { Ok(request) } else { Err(NotThawed) }
    }
}

/// Whether a path is this template with its `{…}` filled in.
fn fills(template: &str, path: &str) -> bool {
    let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    let fits = |(place, segment): (&&str, &&str)| place == segment || (place.starts_with('{') && !segment.is_empty());
    template.len() == path.len() && template.iter().zip(&path).all(fits)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::confluence::api;

    fn page(id: &str) -> api::labels::Labelled {
        api::labels::Labelled::Page(id.parse().unwrap())
    }

    fn labels() -> Request<Create> {
        api::labels::add_labels(&page("12"), &["a".parse().unwrap()])
    }

    #[test]
    fn a_kept_write_becomes_the_same_request_again() {
        let request = labels();
        let kept: Frozen = serde_json::from_value(json!(request.freeze())).unwrap();
        let Thawed::Create(again) = kept.thaw(request.body().bytes().to_vec().into()).unwrap() else { panic!() };
        assert_eq!((again.digest(), again.effect()), (request.digest(), request.effect()));
        let request = api::labels::remove_label(&page("12"), &"a".parse().unwrap());
        let Thawed::Delete(again) = request.freeze().thaw(Bytes::new()).unwrap() else { panic!() };
        assert_eq!((again.digest(), again.effect()), (request.digest(), request.effect()));
    }

    #[test]
    fn whatever_is_changed_about_a_kept_write_it_is_not_sent() {
        let request = labels();
        let body = Bytes::copy_from_slice(request.body().bytes());
        assert!(request.freeze().thaw(Bytes::from_static(b"[]")).is_err());
        let changes = [
            ("class", json!("delete")),
            ("class", json!("read")),
            ("effect", json!("read")),
            ("method", json!("PUT")),
            ("template", json!("/wiki/rest/api/space/{spaceKey}")),
            ("path", json!("/wiki/rest/api/content/13/label")),
            ("path", json!("/wiki/rest/api/space/IT")),
            ("query", json!([["name", "x"]])),
            ("query", json!([["x", "y"]])),
            ("content", json!("empty")),
            ("content", json!({ "multipart": { "boundary": "x" } })),
            ("digest", json!("0".repeat(64))),
        ];
        for (field, value) in changes {
            let mut kept = json!(request.freeze());
            kept[field] = value.clone();
            let thawed = serde_json::from_value::<Frozen>(kept).map(|kept| kept.thaw(body.clone()).is_err());
            assert!(thawed.unwrap_or(true), "{field}: {value}");
        }
    }

    #[test]
    fn several_writes_are_one_thing_to_decide_on_and_no_request() {
        let (one, other) = (labels().freeze(), api::labels::add_labels(&page("13"), &[]).freeze());
        let both = Frozen::of_steps(&[&one, &other]);
        assert!(both.clone().thaw(Bytes::new()).is_err());
        assert_ne!(both.digest(), Frozen::of_steps(&[&other, &one]).digest());
        assert_eq!(both.line(), "STEPS 2 requests, one after the other");
    }

    #[test]
    fn no_kept_write_deletes_a_space() {
        for (method, template) in WRITES {
            assert!(method != Method::Delete || !template.contains("space"), "{template}");
        }
        let mut kept: Value = json!(labels().freeze());
        kept["method"] = json!("DELETE");
        kept["class"] = json!("delete");
        kept["template"] = json!("/wiki/rest/api/space/{spaceKey}");
        kept["path"] = json!("/wiki/rest/api/space/IT");
        assert!(serde_json::from_value::<Frozen>(kept).unwrap().thaw(Bytes::new()).is_err());
    }
}
