//! Keys of agents over HTTP: right, wrong, revoked and rotated out ones.

use std::sync::Arc;

use futures_util::future::join_all;
use jiff::SignedDuration;
use secrecy::ExposeSecret as _;
use sluice::clock::Clock;
use sluice::identity::{Identity, Means, NotProven, Reach};
use sluice::people::{AgentKey, Agents, Owner};

use super::StillClock;

fn file(case: &str) -> std::path::PathBuf {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("identity").join(case);
    let _ = std::fs::remove_dir_all(&folder);
    folder.join("agents.toml")
}

fn opened() -> (Arc<StillClock>, Identity) {
    let clock = Arc::new(StillClock::default());
    let identity = Identity::new(Arc::clone(&clock) as Arc<dyn Clock>, &Reach::default()).unwrap();
    (clock, identity)
}

#[tokio::test]
async fn a_key_proves_its_agent_until_the_agent_is_revoked() {
    let (_, identity) = opened();
    let file = file("revoked");
    let key = Agents::add(&file, "bot", &Owner::read("jo").unwrap(), "read-only").unwrap();
    let agents = Arc::new(Agents::load(&file).unwrap());
    for proven in join_all((0..20).map(|_| identity.prove(&agents, key.secret()))).await {
        let proven = proven.unwrap();
        assert_eq!((proven.agent.as_str(), proven.by, proven.until), ("bot", Means::Key, None));
        assert_eq!(proven.scopes, None);
    }
    Agents::revoke(&file, "bot").unwrap();
    let agents = Arc::new(Agents::load(&file).unwrap().remembering(&agents));
    assert!(matches!(identity.prove(&agents, key.secret()).await, Err(NotProven::Invalid(_))));
}

#[tokio::test]
async fn a_key_that_was_rotated_out_holds_until_its_end() {
    let (clock, identity) = opened();
    let file = file("rotated");
    let old = Agents::add(&file, "bot", &Owner::read("jo").unwrap(), "read-only").unwrap();
    let until = clock.now() + SignedDuration::from_hours(1);
    let new = Agents::rotate(&file, "bot", SignedDuration::from_hours(1), clock.now()).unwrap();
    let agents = Arc::new(Agents::load(&file).unwrap());
    assert_eq!(identity.prove(&agents, old.secret()).await.unwrap().until, Some(until));
    clock.advance(3600);
    assert!(matches!(identity.prove(&agents, old.secret()).await, Err(NotProven::Invalid(_))));
    assert_eq!(identity.prove(&agents, new.secret()).await.unwrap().until, None);
}

#[tokio::test]
async fn wrong_keys_are_refused_at_once_and_keep_nobody_out() {
    let (_, identity) = opened();
    let file = file("wrong");
    let key = Agents::add(&file, "bot", &Owner::read("jo").unwrap(), "read-only").unwrap();
    let agents = Arc::new(Agents::load(&file).unwrap());
    let wrong: Vec<AgentKey> = (0..2000).map(|_| AgentKey::generate().unwrap()).collect();
    for refused in join_all(wrong.iter().map(|key| identity.prove(&agents, key.secret()))).await {
        assert!(matches!(refused, Err(NotProven::Invalid(_))), "{refused:?}");
    }
    let cut = key.secret().expose_secret()[..46].to_owned();
    assert!(matches!(identity.prove(&agents, &cut.into()).await, Err(NotProven::Invalid(_))));
    assert!(identity.prove(&agents, key.secret()).await.is_ok());
}
