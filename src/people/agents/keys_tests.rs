//! Tests of the search for a key's agent: what is hashed, and what is remembered.

use std::collections::BTreeMap;

use secrecy::ExposeSecret as _;

use super::*;
use crate::config::ProfileName;
use crate::people::agents::FormerKey;
use crate::people::owner::Owner;

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    moment("2025-01-01T00:00:00Z")
}

/// A hash that costs next to nothing, with or without the id of its key.
fn cheap(key: &AgentKey, with_id: bool) -> SlowHash {
    use argon2::{Argon2, KeyId, ParamsBuilder, PasswordHasher as _};
    let mut params = ParamsBuilder::new();
    params.m_cost(8).t_cost(1).p_cost(1);
    if with_id {
        params.keyid(KeyId::new(&key.id()).unwrap());
    }
    let argon = Argon2::from(params.build().unwrap());
    SlowHash::read(&argon.hash_password(key.secret().expose_secret().as_bytes()).unwrap().to_string()).unwrap()
}

fn agent(name: &str, now: SlowHash, former: Option<FormerKey>) -> Agent {
    Agent {
        id: AgentId::new(name),
        owner: Owner::read("jo").unwrap(),
        profile: ProfileName::Shipped("read-only".into()),
        connection: None,
        credential: Credential::Key(Box::new(KeyHashes { now, former })),
        validity: Validity::Valid,
    }
}

fn agents(all: impl IntoIterator<Item = Agent>) -> Agents {
    let by_id = all.into_iter().map(|agent| (agent.id.clone(), agent)).collect();
    Agents { by_id, issuers: BTreeMap::new(), verified: Arc::default() }
}

fn keys(count: usize) -> Vec<AgentKey> {
    (0..count).map(|_| AgentKey::generate().unwrap()).collect()
}

#[test]
fn two_thousand_wrong_keys_with_two_hundred_agents_cost_no_slow_hash() {
    let keys = keys(200);
    let agents = agents(keys.iter().enumerate().map(|(n, key)| agent(&format!("a{n}"), cheap(key, true), None)));
    for wrong in (0..2000).map(|_| AgentKey::generate().unwrap()) {
        assert_eq!(agents.candidates(&wrong, now()).len(), 0);
        assert!(!agents.is_worth_hashing(&wrong, now()) && agents.by_key(&wrong, now()).is_none());
    }
    for (number, key) in keys.iter().enumerate() {
        assert_eq!(agents.candidates(key, now()).len(), 1);
        assert_eq!(agents.by_key(key, now()).unwrap().agent.id.as_str(), format!("a{number}"));
    }
}

#[test]
fn of_hashes_without_an_id_sixteen_are_tried() {
    let keys = keys(20);
    let named = |(n, key)| agent(&format!("a{n:02}"), cheap(key, false), None);
    let agents = agents(keys.iter().enumerate().map(named));
    assert_eq!(agents.candidates(&AgentKey::generate().unwrap(), now()).len(), 16);
    assert!(agents.by_key(&keys[15], now()).is_some());
    assert!(agents.by_key(&keys[16], now()).is_none());
}

#[test]
fn a_revoked_agents_key_costs_no_slow_hash_and_is_refused() {
    let key = AgentKey::generate().unwrap();
    let mut agents = agents([agent("a", cheap(&key, true), None)]);
    assert!(agents.by_key(&key, now()).is_some());
    agents.by_id.get_mut(&AgentId::new("a")).unwrap().validity = Validity::Revoked;
    assert!(agents.remembered(&key, now()).is_none() && agents.by_key(&key, now()).is_none());
    assert!(!agents.is_worth_hashing(&key, now()));
}

#[test]
fn a_former_key_has_an_end_and_is_refused_from_then_on_even_when_remembered() {
    let (old, new) = (AgentKey::generate().unwrap(), AgentKey::generate().unwrap());
    let until = moment("2025-01-02T00:00:00Z");
    let former = FormerKey { hash: cheap(&old, true), until };
    let agents = agents([agent("a", cheap(&new, true), Some(former))]);
    assert_eq!(agents.by_key(&new, now()).unwrap().until, None);
    assert_eq!(agents.by_key(&old, now()).unwrap().until, Some(until));
    assert!(agents.remembered(&old, moment("2025-01-01T23:59:59Z")).is_some());
    assert!(agents.remembered(&old, until).is_none() && agents.by_key(&old, until).is_none());
    assert!(agents.by_key(&new, until).is_some());
}

#[test]
fn agents_read_anew_know_the_keys_that_were_verified_unless_their_hash_is_gone() {
    let keys = keys(4);
    let hashes: Vec<SlowHash> = keys.iter().map(|key| cheap(key, true)).collect();
    let named = ["same", "rotated", "ended", "gone"];
    let before = agents(named.iter().zip(&hashes).map(|(name, hash)| agent(name, hash.clone(), None)));
    assert!(keys.iter().all(|key| before.by_key(key, now()).is_some()));
    let until = moment("2025-01-02T00:00:00Z");
    let former = FormerKey { hash: hashes[1].clone(), until };
    let new = AgentKey::generate().unwrap();
    let after = agents([
        agent("same", hashes[0].clone(), None),
        agent("rotated", cheap(&new, true), Some(former)),
        agent("ended", cheap(&AgentKey::generate().unwrap(), true), None),
    ])
    .remembering(&before);
    assert_eq!(after.remembered(&keys[0], now()).unwrap().until, None);
    assert_eq!(after.remembered(&keys[1], now()).unwrap().until, Some(until));
    assert!(after.remembered(&keys[2], now()).is_none() && after.remembered(&keys[3], now()).is_none());
    assert!(after.by_key(&keys[2], now()).is_none());
    assert_eq!(after.verified().len(), 2);
}

#[test]
fn a_key_that_was_being_hashed_while_the_file_was_read_anew_is_not_hashed_again() {
    let key = AgentKey::generate().unwrap();
    let hash = cheap(&key, true);
    let before = agents([agent("a", hash.clone(), None)]);
    let after = agents([agent("a", hash, None)]).remembering(&before);
    assert!(before.by_key(&key, now()).is_some());
    assert!(after.remembered(&key, now()).is_some());
}
