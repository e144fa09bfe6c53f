//! How and how much is logged.

use tracing::level_filters::LevelFilter;

/// The shape of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For machines: one JSON object per line.
    Json,
}

/// How and how much is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Log {
    /// The shape of its lines.
    pub format: Format,
    /// What is left out.
    pub level: LevelFilter,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: Format::Text, level: LevelFilter::INFO }
    }
}

impl Log {
    /// Reads `json`, `debug` or `json,debug`.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let mut log = Self::default();
        for word in text.split(',').map(str::trim) {
            match word {
                "text" => log.format = Format::Text,
                "json" => log.format = Format::Json,
                "error" => log.level = LevelFilter::ERROR,
                "warn" => log.level = LevelFilter::WARN,
                "info" => log.level = LevelFilter::INFO,
                "debug" => log.level = LevelFilter::DEBUG,
                "trace" => log.level = LevelFilter::TRACE,
                _ => return Err("use text or json, and error, warn, info, debug or trace, as in json,debug".into()),
            }
        }
        Ok(log)
    }
}
