//! Single keys, read without waiting for a line; the terminal is put right again however this ends.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use tokio::task::JoinHandle;

/// How long a look for a key takes before it is asked whether to go on.
const LOOK: Duration = Duration::from_millis(50);

/// What a key means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Approve,
    Deny,
    Skip,
    Quit,
    Other,
}

impl Key {
    fn of(code: KeyCode, modifiers: KeyModifiers) -> Self {
        // Raw, the terminal sends no signals: the keys for them are ours to obey.
        if modifiers.contains(KeyModifiers::CONTROL) {
            return if matches!(code, KeyCode::Char('c' | 'd')) { Self::Quit } else { Self::Other };
        }
        match code {
            KeyCode::Char('a' | 'A') => Self::Approve,
            KeyCode::Char('d' | 'D') => Self::Deny,
            KeyCode::Char('s' | 'S') => Self::Skip,
            KeyCode::Char('q' | 'Q') => Self::Quit,
            _ => Self::Other,
        }
    }
}

/// A terminal that gives keys as they are pressed. Dropped, in whatever way, it gives lines again.
struct Raw;

impl Raw {
    fn on() -> io::Result<Self> {
        enable_raw_mode()?;
        Ok(Self)
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        if let Err(error) = disable_raw_mode() {
            tracing::warn!(%error, "the terminal could not be put right; `stty sane` does it");
        }
    }
}

/// Waits for one key.
pub(super) struct Keys {
    stop: Arc<AtomicBool>,
    reading: Option<JoinHandle<io::Result<Key>>>,
    _raw: Raw,
}

impl Keys {
    pub(super) fn open() -> io::Result<Self> {
        let raw = Raw::on()?;
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let reading = tokio::task::spawn_blocking(move || read(&stopped));
        Ok(Self { stop, reading: Some(reading), _raw: raw })
    }

    /// The key that is pressed. Nothing is lost when something else comes first.
    pub(super) async fn next(&mut self) -> io::Result<Key> {
        let Some(reading) = &mut self.reading else { return std::future::pending().await };
        let read = reading.await.map_err(io::Error::other);
        self.reading = None;
        read?
    }

    /// Reads no more, and puts the terminal right.
    pub(super) async fn close(mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(reading) = self.reading.take() {
            // A key that came at this very moment was meant for what is no longer on the screen.
            let _ = reading.await;
        }
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

fn read(stopped: &AtomicBool) -> io::Result<Key> {
    while !stopped.load(Ordering::Relaxed) {
        if !event::poll(LOOK)? {
            continue;
        }
        if let Event::Key(key) = event::read()?
            && key.kind == KeyEventKind::Press
        {
            return Ok(Key::of(key.code, key.modifiers));
        }
    }
    Ok(Key::Other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_mean_what_the_prompt_says_and_those_for_signals_end_it() {
        let none = KeyModifiers::NONE;
        for (key, meant) in
            [('a', Key::Approve), ('d', Key::Deny), ('s', Key::Skip), ('q', Key::Quit), ('x', Key::Other)]
        {
            assert_eq!(Key::of(KeyCode::Char(key), none), meant);
        }
        for (key, meant) in [('c', Key::Quit), ('d', Key::Quit), ('a', Key::Other)] {
            assert_eq!(Key::of(KeyCode::Char(key), KeyModifiers::CONTROL), meant);
        }
        assert_eq!(Key::of(KeyCode::Enter, none), Key::Other);
    }
}
