//! A host on this machine that answers as its site says, or as it is told for once.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use futures_util::stream;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::KEY;

/// A question.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) method: String,
    pub(super) path: String,
    query: Vec<(String, String)>,
    key: String,
}

impl Asked {
    /// A value of the query.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A number of the query.
    pub(super) fn number(&self, name: &str, otherwise: usize) -> usize {
        self.value(name).map_or(otherwise, |value| value.parse().unwrap())
    }
}

/// An answer.
#[derive(Clone)]
pub(super) enum Answer {
    Json(Value),
    Status(u16),
    Busy(Option<&'static str>),
    Text(String),
    Endless,
    Redirect(String),
}

type Site = dyn Fn(&Asked) -> Answer + Send + Sync;

struct Inner {
    site: Box<Site>,
    asked: Mutex<Vec<Asked>>,
    next: Mutex<VecDeque<(String, usize, Answer)>>,
}

pub(super) struct Host {
    pub(super) address: String,
    inner: Arc<Inner>,
    /// Dropped, it serves no more.
    _serving: JoinSet<()>,
}

impl Host {
    pub(super) async fn start(site: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        let inner = Arc::new(Inner { site: Box::new(site), asked: Mutex::default(), next: Mutex::default() });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let routes = Router::new().fallback(answer).with_state(Arc::clone(&inner));
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { address, inner, _serving: serving }
    }

    /// The next so many questions about such a path are answered so.
    pub(super) fn next(&self, path: &str, times: usize, answer: Answer) {
        self.inner.next.lock().unwrap().push_back((path.to_owned(), times, answer));
    }

    /// Answers as the site says again.
    pub(super) fn as_usual(&self) {
        self.inner.next.lock().unwrap().clear();
    }

    /// What it was asked since the last look. Nothing but GET, and never without the key.
    pub(super) fn asked(&self) -> Vec<Asked> {
        let asked = std::mem::take(&mut *self.inner.asked.lock().unwrap());
        assert!(asked.iter().all(|asked| asked.method == "GET" && !asked.key.is_empty()), "{asked:?}");
        asked
    }

    /// How often it was asked for such a path since the last look.
    pub(super) fn times(&self, path: &str) -> usize {
        self.asked().iter().filter(|asked| asked.path.contains(path)).count()
    }
}

async fn answer(State(inner): State<Arc<Inner>>, request: Request) -> Response {
    let key = request.headers().get("x-api-key").map(|key| key.to_str().unwrap().to_owned()).unwrap_or_default();
    let asked = Asked {
        method: request.method().to_string(),
        path: request.uri().path().to_owned(),
        query: url::form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes()).into_owned().collect(),
        key,
    };
    inner.asked.lock().unwrap().push(asked.clone());
    let planned = {
        let mut next = inner.next.lock().unwrap();
        let at = next.iter().position(|(path, times, _)| *times > 0 && asked.path.contains(path.as_str()));
        at.map(|at| {
            let (_, times, answer) = &mut next[at];
            *times -= 1;
            answer.clone()
        })
    };
    let answer = match planned {
        Some(answer) => answer,
        None if asked.key != KEY => Answer::Status(401),
        None => (inner.site)(&asked),
    };
    written(answer)
}

fn written(answer: Answer) -> Response {
    let answered = |status: u16| Response::builder().status(status);
    match answer {
        Answer::Json(value) => answered(200).body(Body::from(value.to_string())),
        Answer::Status(status) => answered(status).body(Body::from("canary: the key is wrong")),
        Answer::Busy(after) => {
            let busy = answered(429);
            after
                .into_iter()
                .fold(busy, |busy, after| busy.header("retry-after", after))
                .body(Body::from("Retry later"))
        }
        Answer::Text(text) => answered(200).body(Body::from(text)),
        Answer::Endless => {
            let pieces = stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from(vec![b' '; 65_536])));
            answered(200).body(Body::from_stream(pieces))
        }
        Answer::Redirect(to) => answered(302).header("location", to).body(Body::empty()),
    }
    .unwrap()
}

/// The part of a list that a page of that number, from 1, holds.
pub(super) fn page<T: Clone>(all: &[T], number: usize, size: usize) -> Vec<T> {
    all.iter().skip((number - 1) * size).take(size).cloned().collect()
}

/// A list as JSON:API has it, with IT Glue's numbers about pages.
pub(super) fn paged(all: &[Value], number: usize, size: usize) -> Value {
    let total = all.len().div_ceil(size);
    let next = (number < total).then_some(number + 1);
    json!({
        "data": page(all, number, size),
        "meta": {
            "current-page": number, "next-page": next, "prev-page": null,
            "total-pages": total, "total-count": all.len(), "filters": {},
        },
        "links": {},
    })
}
