//! A client of the protocol over one connection, in both eras.

use std::net::SocketAddr;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue};
use axum::http::{Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;

const SESSION: &str = "mcp-session-id";

/// Which era a client speaks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// 2026-07-28, without sessions.
    Modern,
    /// 2025-11-25, in a session.
    Legacy,
}

impl Style {
    pub(crate) const BOTH: [Self; 2] = [Self::Modern, Self::Legacy];

    pub(crate) const fn revision(self) -> &'static str {
        match self {
            Self::Modern => "2026-07-28",
            Self::Legacy => "2025-11-25",
        }
    }
}

/// Where a server is and what is called there.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) address: SocketAddr,
    pub(crate) tool: &'static str,
    pub(crate) page: String,
    pub(crate) style: Style,
}

/// A client.
pub(crate) struct Client {
    door: Door,
    key: Option<String>,
    sender: SendRequest<Body>,
    session: Option<HeaderValue>,
    last: u64,
}

impl Client {
    /// Connected, without a session yet.
    pub(crate) async fn connect(door: &Door, key: Option<&str>) -> Self {
        let stream = TcpStream::connect(door.address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let (sender, connection) = handshake(TokioIo::new(stream)).await.unwrap();
        #[expect(clippy::disallowed_methods, reason = "it ends with the client")]
        tokio::spawn(connection);
        Self { door: door.clone(), key: key.map(str::to_owned), sender, session: None, last: 0 }
    }

    /// Connected, and in a session where its era has them.
    pub(crate) async fn open(door: &Door, key: Option<&str>) -> Self {
        let mut client = Self::connect(door, key).await;
        if door.style == Style::Legacy {
            client.open_session().await;
        }
        client
    }

    /// Opens a session, which further requests are in.
    pub(crate) async fn open_session(&mut self) -> HeaderValue {
        self.session = None;
        let info = json!({ "name": "bench", "version": "0" });
        let params = json!({ "protocolVersion": Style::Legacy.revision(), "capabilities": {}, "clientInfo": info });
        let message = self.message("initialize", params);
        let answer = self.send(self.post("initialize", &message)).await;
        let session = answer.headers().get(SESSION).unwrap_or_else(|| panic!("no session: {answer:?}")).clone();
        self.session = Some(session.clone());
        whole(answer).await;
        let heard = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        let answer = self.send(self.post("notifications/initialized", &heard)).await;
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
        whole(answer).await;
        session
    }

    /// Ends a session.
    pub(crate) async fn end_session(&mut self, session: HeaderValue) {
        self.session = Some(session);
        let request = self.request(Method::DELETE).body(Body::empty()).unwrap();
        let answer = self.send(request).await;
        assert!(answer.status().is_success(), "{answer:?}");
        whole(answer).await;
    }

    /// Listens to what the server says by itself: the open stream, of which this is the connection's last request.
    pub(crate) async fn listen(mut self, session: HeaderValue) -> (Self, Body) {
        self.session = Some(session);
        let request = self.request(Method::GET).body(Body::empty()).unwrap();
        let answer = self.send(request).await;
        assert_eq!(answer.status(), StatusCode::OK);
        (self, Body::new(answer.into_body()))
    }

    /// Reads the page; whether that was answered with it.
    pub(crate) async fn read_page(&mut self) -> Result<(), StatusCode> {
        let arguments = json!({ "page_id": self.door.page });
        self.ask("tools/call", json!({ "name": self.door.tool, "arguments": arguments })).await
    }

    /// Lists the tools.
    pub(crate) async fn list_tools(&mut self) -> Result<(), StatusCode> {
        self.ask("tools/list", json!({})).await
    }

    async fn ask(&mut self, method: &'static str, params: Value) -> Result<(), StatusCode> {
        let message = self.message(method, params);
        let answer = self.send(self.post(method, &message)).await;
        let status = answer.status();
        let body = whole(answer).await;
        let said = String::from_utf8_lossy(&body);
        // Quotation marks inside of texts are escaped, so these are the message's own.
        let answered = said.contains("\"result\":") && !said.contains("\"isError\":true");
        if status == StatusCode::OK && answered { Ok(()) } else { Err(status) }
    }

    fn message(&mut self, method: &str, mut params: Value) -> Value {
        self.last += 1;
        if self.door.style == Style::Modern {
            params["_meta"] = json!({
                "io.modelcontextprotocol/protocolVersion": Style::Modern.revision(),
                "io.modelcontextprotocol/clientCapabilities": {},
                "io.modelcontextprotocol/clientInfo": { "name": "bench", "version": "0" },
            });
        }
        json!({ "jsonrpc": "2.0", "id": self.last, "method": method, "params": params })
    }

    fn post(&self, method: &str, message: &Value) -> Request<Body> {
        let mut request = self.request(Method::POST).header(CONTENT_TYPE, "application/json");
        if self.door.style == Style::Modern {
            request = request.header("mcp-method", method);
            if let Some(name) = message["params"]["name"].as_str() {
                request = request.header("mcp-name", name);
            }
        }
        request.body(Body::from(message.to_string())).unwrap()
    }

    fn request(&self, method: Method) -> axum::http::request::Builder {
        let mut request = Request::builder()
            .method(method)
            .uri("/mcp")
            .header(HOST, self.door.address.to_string())
            .header(ACCEPT, "application/json, text/event-stream");
        if let Some(key) = &self.key {
            request = request.header(AUTHORIZATION, format!("Bearer {key}"));
        }
        if self.door.style == Style::Modern || self.session.is_some() {
            request = request.header("mcp-protocol-version", self.door.style.revision());
        }
        if let Some(session) = &self.session {
            request = request.header(SESSION, session);
        }
        request
    }

    async fn send(&mut self, request: Request<Body>) -> Response<Incoming> {
        self.sender.ready().await.unwrap();
        self.sender.send_request(request).await.unwrap()
    }
}

async fn whole(answer: Response<Incoming>) -> Bytes {
    to_bytes(Body::new(answer.into_body()), usize::MAX).await.unwrap()
}
