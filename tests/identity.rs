//! Who an agent proves to be over HTTP: keys, and tokens of an issuer on this machine.

mod discovery;
pub(crate) mod issuer;
mod keys;
mod sources;
mod tokens;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use serde_json::{Value, json};
use sluice::clock::Clock;
use sluice::identity::{Identity, NotProven, Proven, Reach};
use sluice::people::Agents;

use issuer::{Answer, Issuer};

const START: i64 = 1_750_000_000;
const NAME: &str = "https://login.example.com";
const AUDIENCE: &str = "https://sluice.example/mcp";

/// A clock that stands still until it is moved.
#[derive(Default)]
pub(crate) struct StillClock(AtomicU64);

impl StillClock {
    pub(crate) fn advance(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for StillClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(START).unwrap() + self.steady()
    }

    fn steady(&self) -> Duration {
        Duration::from_secs(self.0.load(Ordering::SeqCst))
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::ready(()))
    }
}

/// An issuer on this machine, and who trusts it.
struct Door {
    clock: Arc<StillClock>,
    issuer: Issuer,
    identity: Identity,
    agents: Arc<Agents>,
}

impl Door {
    async fn new() -> Self {
        Self::with("", "").await
    }

    /// With more lines in the issuer's table and in the agent's.
    async fn with(issuer_lines: &str, agent_lines: &str) -> Self {
        let issuer = Issuer::start().await;
        let clock = Arc::new(StillClock::default());
        let reach = Reach { patience: Duration::from_millis(300), ..Reach::default() };
        let identity = Identity::new(Arc::clone(&clock) as Arc<dyn Clock>, &reach).unwrap();
        let mut door = Self { clock, issuer, identity, agents: Arc::default() };
        door.write(issuer_lines, agent_lines);
        door
    }

    /// Writes the agents anew, as a server reads them anew.
    fn write(&mut self, issuer_lines: &str, agent_lines: &str) {
        let text = format!(
            "[issuers.login]\nissuer = \"{NAME}\"\naudience = [\"other\", \"{AUDIENCE}\"]\njwks_uri = \"{}\"\n{issuer_lines}\n\
             [agents.bot]\nowner = \"jo\"\nprofile = \"read-only\"\nissuer = \"{NAME}\"\nsubject = \"bot-1\"\n{agent_lines}\n",
            self.issuer.address
        );
        self.agents = agents(&text);
    }

    async fn prove(&self, credential: &str) -> Result<Proven, NotProven> {
        self.identity.prove(&self.agents, &credential.into()).await
    }

    /// Why a credential proves nothing, in the words of the log.
    async fn refusal(&self, credential: &str) -> String {
        self.prove(credential).await.unwrap_err().to_string()
    }
}

fn agents(text: &str) -> Arc<Agents> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("identity");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join(format!("agents-{}.toml", COUNT.fetch_add(1, Ordering::SeqCst)));
    std::fs::write(&file, text).unwrap();
    Arc::new(Agents::load(&file).unwrap())
}

/// Claims that are right at the start.
fn claims() -> Value {
    json!({ "iss": NAME, "sub": "bot-1", "aud": AUDIENCE, "exp": START + 600, "iat": START })
}

fn with(key: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[key] = value;
    claims
}
