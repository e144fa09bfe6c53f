//! Chromium, steered through its driver as the W3C describes it.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

/// A headless browser with a profile of its own.
pub(crate) struct Browser {
    driver: Child,
    client: reqwest::Client,
    session: String,
}

/// Whether there is a browser. Where there has to be one, its absence is a failure.
#[expect(clippy::print_stderr, reason = "who runs the tests has to see what was not tried")]
pub(crate) fn is_there() -> bool {
    let there = Path::new("/usr/bin/chromedriver").exists() && Path::new("/usr/bin/chromium").exists();
    assert!(there || std::env::var_os("CI").is_none(), "CI has to have Chromium and ChromeDriver");
    if !there {
        eprintln!("SKIPPED: no Chromium here; install the packages chromium and chromium-driver");
    }
    there
}

impl Browser {
    pub(crate) async fn open(folder: &Path) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let port = free_port();
        let driver = Command::new("/usr/bin/chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_mins(1)).build().unwrap();
        let base = format!("http://127.0.0.1:{port}");
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ];
        let mut arguments: Vec<String> = arguments.map(str::to_owned).into();
        arguments.push(format!("--user-data-dir={}", folder.display()));
        let wanted = json!({ "capabilities": { "alwaysMatch": { "goog:chromeOptions": { "args": arguments } } } });
        let mut browser = Self { driver, client, session: base.clone() };
        // The driver takes a moment to listen.
        let made = loop {
            match browser.client.post(format!("{base}/session")).json(&wanted).send().await {
                Ok(answer) => break answer.json::<Value>().await.unwrap(),
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        };
        let id = made["value"]["sessionId"].as_str().unwrap_or_else(|| panic!("{made}"));
        browser.session = format!("{base}/session/{id}");
        browser
    }

    pub(crate) async fn go(&self, address: &str) {
        self.post("url", json!({ "url": address })).await;
    }

    pub(crate) async fn click(&self, selector: &str) {
        let found = self.post("element", json!({ "using": "css selector", "value": selector })).await;
        let element = found.as_object().and_then(|found| found.values().next()?.as_str()).unwrap().to_owned();
        self.post(&format!("element/{element}/click"), json!({})).await;
    }

    pub(crate) async fn title(&self) -> String {
        let answer = self.client.get(format!("{}/title", self.session)).send().await.unwrap();
        answer.json::<Value>().await.unwrap()["value"].as_str().unwrap_or_default().to_owned()
    }

    async fn post(&self, what: &str, with: Value) -> Value {
        let answer = self.client.post(format!("{}/{what}", self.session)).json(&with).send().await.unwrap();
        let status = answer.status();
        let mut answer: Value = answer.json().await.unwrap();
        assert!(status.is_success(), "{what}: {answer}");
        answer["value"].take()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver ends its browser when it is asked to end, and only then.
        let session = self.session.clone();
        let ended = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build().unwrap();
            let _ = runtime.block_on(async { client.delete(session).send().await });
        });
        let _ = ended.join();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// A port of this machine that nobody listens at.
pub(crate) fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
