//! Many agents over HTTP: the program as it is started, and what each agent gets, is refused, and does not notice.
#![cfg(unix)]

mod agents;
mod end;
mod health;
mod hostile;
mod house;
mod owner;
mod reload;
mod sessions;
mod streams;
mod tls;
mod tokens;
