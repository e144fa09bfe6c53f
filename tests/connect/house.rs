//! A house with one account at the simulated site: its clock, its folder, and the connections it keeps.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use sluice::clock::Clock;
use sluice::config::{DataFolder, Environment, Flags, Settings as Configuration, WayOut};
use sluice::confluence::api::pages;
use sluice::confluence::client::Limits;
use sluice::confluence::{Address, Client, Credentials as _, Failure, Settings};
use sluice::connect::establish::{self, Established};
use sluice::connect::host::{Granted, SignInHost};
use sluice::connect::record::{Method, Place, State};
use sluice::connect::secrets::{ClientSecrets, Secrets};
use sluice::connect::{Cabinet, ConnectError, ConnectionName, Keeper, Record};
use sluice::keys::{self, KeyProvider};
use sluice::policy::gate::BuiltIn;
use sluice::sandbox::signin::{CALLBACK, CLIENT_ID, CLIENT_SECRET, SCOPES, Steering};
use sluice::sandbox::{CLOUD_ID, Effect, Fault, Sandbox};
use tokio::sync::watch;
use url::Url;

use crate::small_site::{ADMIN, START, start_with};

/// How long an access token holds.
pub(super) const HOUR: Duration = Duration::from_hours(1);
/// The exchange of a refresh token.
pub(super) const REFRESH: &str = "POST /oauth/token#refresh_token";

/// The time in the house. It passes when a test says so; only who waits for another process's lock waits for real.
pub(super) struct Time {
    passed: watch::Sender<Duration>,
    /// How much the calendar is wrong.
    wrong: Mutex<SignedDuration>,
}

impl Time {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self { passed: watch::Sender::new(Duration::ZERO), wrong: Mutex::default() })
    }

    pub(super) fn pass(&self, time: Duration) {
        self.passed.send_modify(|passed| *passed += time);
    }

    /// Sets the calendar, and nothing else, so much before or after the right time.
    pub(super) fn is_wrong_by(&self, wrong: SignedDuration) {
        *self.wrong.lock().unwrap() = wrong;
    }
}

impl Clock for Time {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(START).unwrap() + self.steady() + *self.wrong.lock().unwrap()
    }

    fn steady(&self) -> Duration {
        *self.passed.borrow()
    }

    fn sleep(&self, wait: Duration) -> BoxFuture<'static, ()> {
        if wait < Duration::from_secs(1) {
            return Box::pin(tokio::time::sleep(Duration::from_millis(1)));
        }
        let (mut passed, end) = (self.passed.subscribe(), self.steady() + wait);
        Box::pin(async move {
            let _ = passed.wait_for(|passed| *passed >= end).await;
        })
    }
}

/// The sandbox, and what keeps connections to it.
pub(super) struct House {
    pub(super) sandbox: Sandbox,
    pub(super) time: Arc<Time>,
    pub(super) data: PathBuf,
    pub(super) cabinet: Cabinet,
    pub(super) keys: Arc<dyn KeyProvider>,
}

impl House {
    /// A new folder and a sandbox where the administrator consents to everything.
    pub(super) async fn new() -> Self {
        let time = Time::new();
        let (of_sandbox, data) = (Arc::clone(&time), folder());
        let start = Timestamp::from_second(START).unwrap();
        let sandbox = start_with(|options| options.clock = Arc::new(move || start + of_sandbox.steady())).await;
        let house = Self { sandbox, time, cabinet: cabinet(&data), keys: key_file(&data), data };
        house.steer(Steering::default());
        house
    }

    /// The sandbox's deviations; the administrator consents all the same.
    pub(super) fn steer(&self, steering: Steering) {
        self.sandbox.steer(Steering { auto_consent: Some(ADMIN.to_owned()), ..steering });
    }

    pub(super) fn strike(&self, times: u32, effect: Effect) {
        self.sandbox.set_fault(Fault { template: Some("POST /oauth/token".to_owned()), times, effect });
    }

    /// Lets time pass in the house and at the site.
    pub(super) fn pass(&self, time: Duration) {
        self.time.pass(time);
    }

    /// How many refresh tokens were sent to the sign-in host.
    pub(super) fn exchanges(&self) -> u64 {
        self.sandbox.requests().get(REFRESH).copied().unwrap_or_default()
    }

    /// A person consents, and the code is exchanged.
    pub(super) async fn consent(&self) -> Granted {
        self.consent_to(&format!("offline_access {}", SCOPES.join(" "))).await
    }

    pub(super) async fn consent_to(&self, scopes: &str) -> Granted {
        let host = SignInHost::new(&self.url(), &way()).unwrap();
        let asked = host.ask(CLIENT_ID, CALLBACK, &scopes.split(' ').collect::<Vec<_>>()).unwrap();
        let answer = crate::small_site::client().get(asked.address.clone()).send().await.unwrap();
        assert_eq!(answer.status(), 302);
        let back: Url = answer.headers()["location"].to_str().unwrap().parse().unwrap();
        let brought = |name: &str| back.query_pairs().find(|(known, _)| known == name).unwrap().1.into_owned();
        assert_eq!(brought("state"), asked.state.expose_secret());
        host.exchange(&app(CLIENT_SECRET), asked, &brought("code").into()).await.unwrap()
    }

    /// Keeps what was granted under a name and an id.
    pub(super) async fn keep(&self, name: &str, id: &str, granted: Granted) -> Record {
        let access = Some(establish::access(&granted, self.time.now()));
        let secrets = Secrets::OAuth { client: app(CLIENT_SECRET), tokens: granted.tokens, former: None };
        self.keep_these(name, id, granted.scopes, access, secrets).await
    }

    pub(super) async fn keep_these(
        &self,
        name: &str,
        id: &str,
        scopes: Vec<String>,
        access: Option<sluice::connect::record::Access>,
        secrets: Secrets,
    ) -> Record {
        let method = match &secrets {
            Secrets::OAuth { .. } => Method::OAuth,
            Secrets::ApiToken { .. } => Method::ApiToken,
            Secrets::ServiceAccount { .. } => Method::ServiceAccount,
        };
        let place = Place {
            site: self.sandbox.url(),
            cloud_id: Some(CLOUD_ID.to_owned()),
            gateway: Some(self.sandbox.url()),
            account_id: ADMIN.to_owned(),
            account_name: "admin".to_owned(),
        };
        let auth_host = (method != Method::ApiToken).then(|| self.url().to_string());
        let (id, name) = (id.to_owned(), name.parse().unwrap());
        let established = Established { id, name, method, place, auth_host, scopes, access, secrets };
        establish::keep(&self.cabinet, established, &self.keys, &*self.time).await.unwrap()
    }

    /// A connection `acme` that was just consented to, opened.
    pub(super) async fn connected(&self) -> Arc<Keeper> {
        let granted = self.consent().await;
        self.keep("acme", "id-1", granted).await;
        self.keeper().await
    }

    /// Another process, or the same after a restart.
    pub(super) async fn keeper(&self) -> Arc<Keeper> {
        Arc::new(self.try_keeper().await.unwrap())
    }

    pub(super) async fn try_keeper(&self) -> Result<Keeper, ConnectError> {
        let clock = Arc::clone(&self.time) as Arc<dyn Clock>;
        Keeper::open(self.cabinet.clone(), acme(), Arc::clone(&self.keys), &way(), clock).await
    }

    pub(super) fn client(&self, keeper: &Arc<Keeper>) -> Client {
        self.client_at(keeper, CLOUD_ID, &self.sandbox.url())
    }

    pub(super) fn client_at(&self, keeper: &Arc<Keeper>, cloud_id: &str, gateway: &str) -> Client {
        self.client_of(keeper, Address::gateway(gateway, cloud_id).unwrap())
    }

    pub(super) fn client_of(&self, keeper: &Arc<Keeper>, address: Address) -> Client {
        let mut settings = Settings::new(address, Arc::clone(keeper) as _);
        settings.limits = Limits::without_rates();
        settings.clock = Arc::clone(&self.time) as _;
        Client::new(settings).unwrap()
    }

    /// Whether a request that is signed with the connection is answered.
    pub(super) async fn works(&self, keeper: &Arc<Keeper>) -> Result<(), Failure> {
        title(&self.client(keeper)).await.map(|title| assert_eq!(title, "Runbook 1"))
    }

    /// The state as the file has it.
    pub(super) fn state(&self) -> State {
        self.cabinet.read(&acme()).unwrap().unwrap().connection.state
    }

    pub(super) fn generation(&self) -> u64 {
        self.cabinet.read(&acme()).unwrap().unwrap().connection.generation
    }

    /// What the file seals: access token, refresh token, and the refresh token before.
    pub(super) async fn tokens(&self) -> [String; 3] {
        let kept = establish::secrets(&self.cabinet, &acme(), &self.keys).await.unwrap().unwrap();
        let Secrets::OAuth { tokens, former, .. } = kept else { panic!("another method") };
        let text = |secret: &SecretString| secret.expose_secret().to_owned();
        let refresh = tokens.refresh.as_ref().map(|token| text(token.secret())).unwrap_or_default();
        let former = former.map(|former| text(former.refresh.secret())).unwrap_or_default();
        [text(tokens.access.secret()), refresh, former]
    }

    pub(super) fn file(&self) -> PathBuf {
        self.data.join("connections/acme.connection")
    }

    fn url(&self) -> Url {
        self.sandbox.url().parse().unwrap()
    }
}

/// The title of a page of the small site.
pub(super) async fn title(client: &Client) -> Result<Value, Failure> {
    let request = pages::get_page(&"1001".parse().unwrap(), None);
    let page = client.send(&BuiltIn::NameLookUp.permit(), request).await?;
    Ok(page.json::<Value>()?["title"].clone())
}

/// Renews before it asks for anything, since the token there is has ended.
pub(super) async fn authorized(keeper: &Keeper) -> Result<u64, Failure> {
    keeper.authorization().await.map(|authorization| authorization.generation())
}

pub(super) fn acme() -> ConnectionName {
    "acme".parse().unwrap()
}

pub(super) fn app(secret: &str) -> ClientSecrets {
    ClientSecrets { id: CLIENT_ID.to_owned(), secret: SecretString::from(secret).into() }
}

pub(super) fn way() -> WayOut {
    WayOut { proxy: None, authority: None }
}

pub(super) fn cabinet(data: &Path) -> Cabinet {
    Cabinet::of(&data_folder(data))
}

pub(super) fn data_folder(data: &Path) -> DataFolder {
    let environment: Environment = [("SLUICE_DATA_DIR", data.to_str().unwrap())].into_iter().collect();
    Configuration::load(&Flags::default(), &environment).unwrap().data_folder().unwrap()
}

/// The key file, which lies outside the data directory.
pub(super) fn key_file(data: &Path) -> Arc<dyn KeyProvider> {
    let file = data.with_extension("key");
    let environment: Environment = [("SLUICE_KEY_FILE", file.to_str().unwrap())].into_iter().collect();
    let clock = Time::new() as Arc<dyn Clock>;
    keys::provider(&Configuration::load(&Flags::default(), &environment).unwrap(), &clock).unwrap()
}

/// An empty folder of its own.
pub(super) fn folder() -> PathBuf {
    static MADE: AtomicU64 = AtomicU64::new(0);
    let name = format!("connect-{}-{}", std::process::id(), MADE.fetch_add(1, Ordering::SeqCst));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = (fs::remove_dir_all(&folder), fs::remove_file(folder.with_extension("key")));
    fs::create_dir_all(&folder).unwrap();
    folder
}
