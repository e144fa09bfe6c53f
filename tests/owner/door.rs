//! The owner's door: who is let in, who is not, and that nobody holds it up.
#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use sluice::clock::{Clock, SystemClock};
use sluice::config::{Carried, Environment, Flags, Settings};
use sluice::owner::{Control, Doors, EnterError, Entry, Listener, Lock, LockError, Place, Session, serve};
use sluice::sandbox::{Sandbox, SandboxOptions, seed};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::desk::Hurried;
use crate::program::{MODERN, Start, data_dir};

/// Echoes, counts, breaks.
struct Fake {
    /// Told when a question has been dealt with to its end.
    done: mpsc::Sender<&'static str>,
}

impl Doors for Fake {
    fn admit(&self, settings: Carried) -> BoxFuture<'_, Result<Session, String>> {
        async move {
            if settings.values["agent"] == "unwelcome" {
                return Err("not you".to_owned());
            }
            assert_ne!(settings.values["agent"], "breaker", "a fault on purpose");
            let session: Session = Box::new(|mut stream| {
                async move {
                    let _ = stream.write_all(b"served\n").await;
                    let mut rest = Vec::new();
                    let _ = stream.read_to_end(&mut rest).await;
                }
                .boxed()
            });
            Ok(session)
        }
        .boxed()
    }

    fn control(&self, question: Value, answers: mpsc::Sender<String>) -> BoxFuture<'_, ()> {
        async move {
            answers.send(json!({ "heard": question }).to_string()).await.unwrap();
            if question == "watch" {
                answers.closed().await;
                self.done.send("watch").await.unwrap();
            }
        }
        .boxed()
    }
}

/// An owner in this process.
struct Owner {
    folder: PathBuf,
    lock: Lock,
    done: mpsc::Receiver<&'static str>,
    shutdown: CancellationToken,
    serving: JoinSet<()>,
}

impl Owner {
    fn new() -> Self {
        Self::with(Arc::new(SystemClock::new()))
    }

    fn with(clock: Arc<dyn Clock>) -> Self {
        let folder = data_dir();
        let mut lock = Lock::take(&folder, "serve --stdio", SystemClock::new().now()).unwrap();
        let listener = Listener::bind(&mut lock, None).unwrap();
        let (sender, done) = mpsc::channel(8);
        let shutdown = CancellationToken::new();
        let mut serving = JoinSet::new();
        serving.spawn(serve(listener, Arc::new(Fake { done: sender }), clock, shutdown.clone()));
        Self { folder, lock, done, shutdown, serving }
    }

    async fn connect(&self) -> BufReader<UnixStream> {
        BufReader::new(UnixStream::connect(self.folder.join("control.sock")).await.unwrap())
    }

    async fn control(&self) -> Control {
        let Err(LockError::Held { folder, by }) =
            Lock::take(&self.folder, "sluice approvals", SystemClock::new().now())
        else {
            panic!("the lock is held")
        };
        Control::connect(&folder, by.as_deref(), &SystemClock::new()).await.unwrap()
    }

    /// Comes as a bridge would.
    async fn enter(&self, agent: &str) -> Result<Place, EnterError> {
        enter(&self.folder, agent).await
    }

    async fn leave(mut self) {
        self.shutdown.cancel();
        while let Some(ended) = self.serving.join_next().await {
            ended.unwrap();
        }
        drop(self.lock);
    }
}

fn carried(agent: &str) -> Carried {
    let variables = [("SLUICE_AGENT", agent), ("SLUICE_API_TOKEN", "canary-4711")];
    let environment: Environment = variables.into_iter().collect();
    Settings::load(&Flags::default(), &environment).unwrap().carried().unwrap()
}

async fn enter(folder: &Path, agent: &str) -> Result<Place, EnterError> {
    let entry = Entry { folder: folder.to_owned(), what: "serve --stdio", clock: Arc::new(SystemClock::new()) };
    entry.enter(&carried(agent)).await
}

async fn line(stream: &mut BufReader<UnixStream>) -> String {
    let mut line = String::new();
    // A connection that is cut reads as ended.
    let _ = stream.read_line(&mut line).await;
    line
}

fn refused(place: Result<Place, EnterError>) -> String {
    match place {
        Err(error @ EnterError::Refused { .. }) => error.to_string(),
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("let in"),
    }
}

#[tokio::test]
async fn whoever_the_owner_does_not_serve_is_told_in_its_words() {
    let owner = Owner::new();
    assert!(matches!(owner.enter("welcome").await, Ok(Place::Bridge(_))));
    let told = refused(owner.enter("unwelcome").await);
    let by = format!("the owner of the data directory, `serve --stdio` (process {}", std::process::id());
    assert!(told.starts_with(&by) && told.ends_with("refuses: not you") && !told.contains("canary"), "{told}");
    owner.leave().await;
}

#[tokio::test]
async fn a_process_of_another_version_is_refused_with_a_sentence() {
    let owner = Owner::new();
    for version in ["9.9.9", "0.0.1", "0.999.0", "", "not a version"] {
        let mut stream = owner.connect().await;
        // Of another version, so that nothing but the version can be relied on.
        let hello = json!({ "version": version, "purpose": "unheard of" });
        stream.write_all(format!("{hello}\n").as_bytes()).await.unwrap();
        let told = line(&mut stream).await;
        assert!(told.starts_with("{\"refused\"") && told.contains(&format!("this is {version};")), "{told}");
        assert_eq!(line(&mut stream).await, "");
    }
    let ours = env!("CARGO_PKG_VERSION");
    let mut stream = owner.connect().await;
    stream.write_all(format!("{}\n", json!({ "version": ours, "purpose": "control" })).as_bytes()).await.unwrap();
    assert_eq!(line(&mut stream).await, format!("{{\"welcome\":{{\"version\":\"{ours}\"}}}}\n"));
    drop(stream);
    owner.leave().await;
}

#[tokio::test]
async fn garbage_endless_and_silent_greetings_hold_nobody_up() {
    let owner = Owner::new();
    let silent = owner.connect().await;
    for greeting in [&b"\n"[..], b"{}\n", b"\xff\xfe\n", b"GET / HTTP/1.1\r\n\r\n", b"{\"version\":\"0.1.0\"}\n", b"x"]
    {
        let mut stream = owner.connect().await;
        stream.write_all(greeting).await.unwrap();
        stream.shutdown().await.unwrap();
        assert_eq!(line(&mut stream).await, "", "{greeting:?}");
    }
    let mut endless = owner.connect().await;
    let chunk = vec![b'x'; 8192];
    while endless.write_all(&chunk).await.is_ok() {}
    assert_eq!(line(&mut endless).await, "");
    assert!(matches!(owner.enter("welcome").await, Ok(Place::Bridge(_))));
    drop(silent);
    owner.leave().await;
}

#[tokio::test]
async fn a_silent_greeting_is_cut_off_after_its_time() {
    let owner = Owner::with(Arc::new(Hurried::default()));
    let mut silent = owner.connect().await;
    assert_eq!(line(&mut silent).await, "");
    owner.leave().await;
}

#[tokio::test]
async fn a_fault_behind_the_door_strikes_one_connection_alone() {
    let owner = Owner::new();
    let mut served = owner.control().await;
    let hello = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "purpose": { "serve": { "values": { "agent": "breaker" }, "secrets": {} } },
    });
    let mut broken = owner.connect().await;
    broken.write_all(format!("{hello}\n").as_bytes()).await.unwrap();
    assert_eq!(line(&mut broken).await, "");
    served.ask(&json!(1)).await.unwrap();
    assert_eq!(served.next().await.unwrap().unwrap(), r#"{"heard":1}"#);
    drop(served);
    owner.leave().await;
}

#[tokio::test]
async fn questions_are_answered_in_turn_and_a_watch_ends_with_whoever_watches() {
    let mut owner = Owner::new();
    let mut control = owner.control().await;
    for question in [json!({ "a": "1" }), json!([2]), json!("watch")] {
        control.ask(&question).await.unwrap();
        assert_eq!(control.next().await.unwrap().unwrap(), json!({ "heard": question }).to_string());
    }
    drop(control);
    assert_eq!(owner.done.recv().await, Some("watch"));
    let mut watching = owner.control().await;
    watching.ask(&json!("watch")).await.unwrap();
    watching.next().await.unwrap().unwrap();
    owner.shutdown.cancel();
    assert_eq!(owner.done.recv().await, Some("watch"));
    assert_eq!(watching.next().await.unwrap(), None);
    owner.leave().await;
}

#[tokio::test]
async fn more_connections_than_there_is_room_for_are_sent_away() {
    let owner = Owner::new();
    let mut held = Vec::new();
    for _ in 0..256 {
        held.push(owner.control().await);
    }
    let mut stream = owner.connect().await;
    assert!(line(&mut stream).await.contains("too many processes"));
    let mut first = held.swap_remove(0);
    first.ask(&json!(1)).await.unwrap();
    assert!(first.next().await.unwrap().is_some());
    drop((held, first));
    owner.leave().await;
}

#[tokio::test]
async fn an_owner_that_leaves_takes_its_socket_along() {
    let owner = Owner::new();
    let folder = owner.folder.clone();
    assert!(folder.join("control.sock").exists());
    owner.leave().await;
    assert!(!folder.join("control.sock").exists());
    assert!(matches!(enter(&folder, "next").await, Ok(Place::Owner(_))));
}

/// An owner that answers every hello in this way.
async fn pretends(folder: &Path, reply: Value) -> (Lock, JoinSet<()>) {
    let lock = Lock::take(folder, "serve --stdio", SystemClock::new().now()).unwrap();
    let listener = UnixListener::bind(folder.join("control.sock")).unwrap();
    let mut answering = JoinSet::new();
    let (ready, listening) = oneshot::channel();
    answering.spawn(async move {
        ready.send(()).unwrap();
        while let Ok((stream, _)) = listener.accept().await {
            let mut stream = BufReader::new(stream);
            line(&mut stream).await;
            let _ = stream.write_all(format!("{reply}\n").as_bytes()).await;
        }
    });
    listening.await.unwrap();
    (lock, answering)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_that_its_owner_does_not_fit_says_so_and_ends() {
    let site = Sandbox::start(SandboxOptions::new(seed::service_desk())).await.unwrap();
    for (reply, told) in [
        (json!({ "refused": { "why": "this is too old" } }), "refuses: this is too old"),
        (json!({ "welcome": { "version": "0.9.0" } }), "belongs to a process of version 0.9.0, and this is 0.1.0"),
        // It lets everyone in and serves nobody.
        (json!({ "welcome": { "version": "0.1.0" } }), "ends the session each time"),
    ] {
        let folder = data_dir();
        let (_lock, _answering) = pretends(&folder, reply).await;
        let (status, log, said) = Start::new(&site, "read-only", MODERN, &folder).without_greeting().wait();
        assert_eq!(status.code(), Some(1), "{told}");
        assert!(log.contains(told) && said.is_empty(), "{told}: {log} {said:?}");
    }
}
