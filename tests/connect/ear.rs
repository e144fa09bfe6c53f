//! A host that hears what it is sent, and answers every request with an empty object.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

type Heard = Arc<Mutex<Vec<String>>>;

/// The host, as long as it lives.
pub(super) struct Ear {
    pub(super) url: String,
    heard: Heard,
    _serving: JoinSet<()>,
}

impl Ear {
    pub(super) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let heard = Heard::default();
        let router = Router::new().fallback(hear).with_state(Arc::clone(&heard));
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, heard, _serving: serving }
    }

    /// The `Authorization` of each request.
    pub(super) fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

async fn hear(State(heard): State<Heard>, request: Request) -> &'static str {
    let header = request.headers().get(AUTHORIZATION).map(|header| header.to_str().unwrap().to_owned());
    heard.lock().unwrap().push(header.unwrap_or_default());
    "{}"
}
