//! How a write that waits for a person looks to each kind of client, whatever becomes of it.

mod forms;
mod held;
mod legs;
mod pages;
mod room;
mod tasks;
