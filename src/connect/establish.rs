//! Keeps a connection that a person has just made, or made anew.

use std::sync::Arc;

use jiff::Timestamp;

use super::ConnectError;
use super::cabinet::{Cabinet, CabinetError};
use super::host::Granted;
use super::record::{Access, ConnectionName, Method, Place, Record, State};
use super::sealed::Sealed;
use super::secrets::Secrets;
use crate::clock::Clock;
use crate::keys::{DataKey, KeepingError, KeyProvider};

/// A connection that is to be kept.
pub struct Established {
    /// What belongs to it is kept under this id: a new one, or that of the connection it takes the place of.
    pub id: String,
    /// What people call it.
    pub name: ConnectionName,
    /// How it signs in.
    pub method: Method,
    /// The site and its account.
    pub place: Place,
    /// Where tokens are renewed.
    pub auth_host: Option<String>,
    /// What the tokens may be used for.
    pub scopes: Vec<String>,
    /// When the access token was given and when it ends.
    pub access: Option<Access>,
    /// What it proves itself with.
    pub secrets: Secrets,
}

/// An id that was never given before.
pub fn new_id() -> Result<String, KeepingError> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| KeepingError::Random(error.to_string()))?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}

/// From when to when what was just given holds.
pub fn access(granted: &Granted, now: Timestamp) -> Access {
    Access { given_at: now, ends_at: now.saturating_add(granted.lasts).unwrap_or(now) }
}

/// Seals a connection under a data key of its own and puts its file in place.
pub async fn keep(
    cabinet: &Cabinet,
    established: Established,
    keys: &Arc<dyn KeyProvider>,
    clock: &dyn Clock,
) -> Result<Record, ConnectError> {
    let Established { id, name, method, place, auth_host, scopes, access, secrets } = established;
    let _lock = cabinet.lock(&name, clock).await?;
    // A file that cannot be read is somebody's connection all the same.
    let former = cabinet.read(&name)?;
    let failed = |source| ConnectError::Keys { name: name.clone(), source };
    let data_key = DataKey::generate().map_err(failed)?;
    let wrapped = keys.wrap(&data_key, &id).await.map_err(failed)?;
    let record = Record {
        id,
        name: name.clone(),
        method,
        place,
        auth_host,
        scopes,
        connected_at: clock.now(),
        access,
        generation: former.map_or(0, |former| former.connection.generation) + 1,
        state: State::Connected,
    };
    let sealed = Sealed::close(record.clone(), &secrets, &data_key, wrapped).map_err(failed)?;
    cabinet.reserve(&name)?.put(&sealed)?;
    Ok(record)
}

/// What a connection proves itself with, for whoever makes it anew.
pub async fn secrets(
    cabinet: &Cabinet,
    name: &ConnectionName,
    keys: &Arc<dyn KeyProvider>,
) -> Result<Option<Secrets>, ConnectError> {
    let Some(sealed) = cabinet.read(name)? else { return Ok(None) };
    let failed = |source| ConnectError::Closed { path: cabinet.path(name), source };
    let data_key = keys.unwrap(&sealed.key, &sealed.connection.id).await.map_err(failed)?;
    sealed.open(&data_key).map(Some).map_err(failed)
}

/// Wraps every connection's data key anew with the present wrapping key, without touching what it seals. The number of
/// connections.
pub async fn rewrap(cabinet: &Cabinet, keys: &Arc<dyn KeyProvider>, clock: &dyn Clock) -> Result<usize, ConnectError> {
    let names = cabinet.names()?;
    for name in &names {
        let _lock = cabinet.lock(name, clock).await?;
        let Some(sealed) = cabinet.read(name)? else { continue };
        let failed = |source| ConnectError::Closed { path: cabinet.path(name), source };
        let id = &sealed.connection.id;
        let data_key = keys.unwrap(&sealed.key, id).await.map_err(failed)?;
        // Nothing is written that would not open.
        sealed.open(&data_key).map_err(failed)?;
        let key = keys.wrap(&data_key, id).await.map_err(failed)?;
        cabinet.reserve(name)?.put(&sealed.wrapped_anew(key))?;
    }
    Ok(names.len())
}

/// Forgets a connection: its tokens, and the key material that belongs to it alone.
pub async fn forget(cabinet: &Cabinet, name: &ConnectionName, clock: &dyn Clock) -> Result<(), CabinetError> {
    let lock = cabinet.lock(name, clock).await?;
    cabinet.remove(name, lock)
}
