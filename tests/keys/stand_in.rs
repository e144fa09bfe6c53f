//! A key vault on this machine: it answers as it is told, and remembers what it was asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use futures_util::stream;
use serde_json::Value;
use tokio::task::JoinSet;

/// One request.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Asked {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// Names and values of a form or of a query, in order.
    pub(super) fn pairs(text: &str) -> Vec<(String, String)> {
        url::form_urlencoded::parse(text.as_bytes()).into_owned().collect()
    }
}

/// What is answered out of turn.
pub(super) enum Answer {
    Status(u16),
    Busy,
    Text(String),
    Endless,
    Never,
    Redirect(String),
}

/// The usual answer: a status and a body.
pub(super) type Usual = dyn Fn(&Asked) -> (u16, String) + Send + Sync;

struct Inner {
    usual: Box<Usual>,
    asked: Mutex<Vec<Asked>>,
    next: Mutex<VecDeque<(&'static str, Answer)>>,
}

pub(super) struct StandIn {
    pub(super) address: String,
    inner: Arc<Inner>,
    /// Dropped, it serves no more.
    _serving: JoinSet<()>,
}

impl StandIn {
    pub(super) async fn start(usual: impl Fn(&Asked) -> (u16, String) + Send + Sync + 'static) -> Self {
        let inner = Arc::new(Inner { usual: Box::new(usual), asked: Mutex::default(), next: Mutex::default() });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let routes = Router::new().fallback(answer).with_state(Arc::clone(&inner));
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { address, inner, _serving: serving }
    }

    /// The next request to a path that ends like that is answered so.
    pub(super) fn next(&self, path: &'static str, answer: Answer) {
        self.inner.next.lock().unwrap().push_back((path, answer));
    }

    /// What it was asked since the last look.
    pub(super) fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.inner.asked.lock().unwrap())
    }

    /// How often such a path was asked for, since the last look.
    pub(super) fn times(&self, path: &str) -> usize {
        self.asked().iter().filter(|asked| asked.path.ends_with(path)).count()
    }
}

async fn answer(State(inner): State<Arc<Inner>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1024 * 1024).await.unwrap();
    let header = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
        (name.as_str().to_owned(), value.to_str().unwrap().to_owned())
    };
    let asked = Asked {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers.iter().map(header).collect(),
        body: String::from_utf8(body.to_vec()).unwrap(),
    };
    inner.asked.lock().unwrap().push(asked.clone());
    let planned = {
        let mut next = inner.next.lock().unwrap();
        let fits = next.front().is_some_and(|(path, _)| asked.path.ends_with(path));
        if fits { next.pop_front() } else { None }
    };
    let answered = |status: u16| Response::builder().status(status);
    match planned.map(|(_, answer)| answer) {
        None => {
            let (status, body) = (inner.usual)(&asked);
            answered(status).body(Body::from(body))
        }
        // Whatever is wrong, what was sent comes back: nobody may repeat it.
        Some(Answer::Status(status)) => answered(status).body(Body::from(format!("canary {asked:?}"))),
        Some(Answer::Busy) => answered(429).header("retry-after", "17").body(Body::from("canary")),
        Some(Answer::Text(text)) => answered(200).body(Body::from(text)),
        Some(Answer::Endless) => {
            let pieces = stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from_static(&[b' '; 4096])));
            answered(200).body(Body::from_stream(pieces))
        }
        Some(Answer::Never) => std::future::pending().await,
        Some(Answer::Redirect(to)) => answered(307).header("location", to).body(Body::empty()),
    }
    .unwrap()
}
