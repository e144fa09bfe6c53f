//! Reads `sluice.toml`: every mistake with its line, its column and the key that was probably meant.

use std::io::Read as _;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::declared::{ALL, CONFIG_DIR_VARIABLE, CONFIG_VARIABLE, Kind, Setting};
use super::{ConfigError, Environment, Given, Origin};
use crate::domain::spelling::{nearest, position};
use crate::domain::text::{one_line, quoted};
use crate::policy::file::Mistake;

/// Name of the file.
const NAME: &str = "sluice.toml";
/// A settings file is never longer than this.
const LONGEST: u64 = 64 * 1024;
/// Most signs `{` and `[` in it, which only text in quotation marks and comments may hold at all.
const MOST_INLINE_TABLES: usize = 10;
const MOST_LISTS: usize = 100;

/// The file to read: the named one, which must be there, or `sluice.toml` in the configuration folder, which need not.
pub(super) fn find(named: Option<&Path>, environment: &Environment) -> Result<Option<PathBuf>, ConfigError> {
    let variable = || environment.path(CONFIG_VARIABLE).map(|path| (path, CONFIG_VARIABLE));
    if let Some((path, named_by)) = named.map(|path| (path.to_owned(), "--config")).or_else(variable) {
        return match path.metadata() {
            Ok(_) => Ok(Some(path)),
            Err(source) => Err(ConfigError::Unreadable { path, named_by: named_by.into(), source }),
        };
    }
    Ok(folder(environment).map(|folder| folder.join(NAME)).filter(|path| path.is_file()))
}

/// The configuration folder: where `sluice.toml`, `agents.toml` and `approvers.toml` are looked for.
pub(super) fn folder(environment: &Environment) -> Option<PathBuf> {
    environment
        .path(CONFIG_DIR_VARIABLE)
        .or_else(|| environment.path("XDG_CONFIG_HOME").map(|path| path.join("sluice")))
        .or_else(|| environment.path("APPDATA").map(|path| path.join("sluice")))
        .or_else(|| environment.path("HOME").map(|path| path.join(".config").join("sluice")))
}

/// What the file says, by key.
pub(super) fn read(path: &Path) -> Result<Vec<(&'static str, Given)>, ConfigError> {
    let mut text = String::new();
    let opened = std::fs::File::open(path).and_then(|file| file.take(LONGEST + 1).read_to_string(&mut text));
    if let Err(source) = opened {
        return Err(ConfigError::Unreadable { path: path.to_owned(), named_by: "settings".into(), source });
    }
    understand(&text, path).map_err(ConfigError::Mistakes)
}

fn understand(text: &str, path: &Path) -> Result<Vec<(&'static str, Given)>, Vec<Mistake>> {
    let mistake = |span: Option<Range<usize>>, message: String, nearest: Option<&str>| {
        let (line, column) = position(text, span.map_or(0, |span| span.start));
        Mistake { source: path.display().to_string(), line, column, message, nearest: nearest.map(str::to_owned) }
    };
    // Settings are flat. The parser does not cap how deep inline tables nest, each under a long dotted key.
    let nests = text.matches('{').count() > MOST_INLINE_TABLES || text.matches('[').count() > MOST_LISTS;
    if text.len() as u64 > LONGEST || nests {
        return Err(vec![mistake(None, "this is too long to be a settings file".into(), None)]);
    }
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut mistakes: Vec<_> = errors
        .iter()
        .map(|error| mistake(error.span(), format!("not TOML: {}", one_line(error.message(), 120)), None))
        .collect();
    let mut given = Vec::new();
    for (key, value) in table.get_ref() {
        let name = key.get_ref().as_ref();
        let Some(setting) = ALL.iter().find(|setting| setting.key == name) else {
            mistakes.push(mistake(Some(key.span()), format!("there is no setting {}", quoted(name, 60)), meant(name)));
            continue;
        };
        match word(setting, value.get_ref()) {
            Ok(value) => {
                let (line, _) = position(text, key.span().start);
                given.push((setting.key, Given { value, origin: Origin::File { path: path.to_owned(), line } }));
            }
            Err(message) => mistakes.push(mistake(Some(value.span()), message, None)),
        }
    }
    mistakes.sort_by_key(|mistake| (mistake.line, mistake.column));
    if mistakes.is_empty() { Ok(given) } else { Err(mistakes) }
}

fn word(setting: &Setting, value: &DeValue<'_>) -> Result<String, String> {
    match (setting.kind, value) {
        (Kind::Secret, _) => {
            let file = format!("{}_file", setting.key);
            let or_file = ALL.iter().find(|other| other.key == file).map(|_| format!(" or use `{file}`"));
            let or_file = or_file.unwrap_or_default();
            Err(format!("`{}` has no place in a file; set {}{or_file}", setting.key, setting.variable))
        }
        (Kind::Number, DeValue::Integer(number)) => Ok(number.to_string()),
        (Kind::Switch, DeValue::Boolean(switch)) => Ok(switch.to_string()),
        (Kind::Switch, _) => Err(format!("`{}` is true or false", setting.key)),
        (Kind::Number, _) => Err(format!("`{}` is a whole number", setting.key)),
        (_, DeValue::String(text)) => Ok(text.to_string()),
        _ => Err(format!("`{}` is text in quotation marks", setting.key)),
    }
}

/// The key that was probably meant.
fn meant(written: &str) -> Option<&'static str> {
    let keys = ALL.iter().filter(|setting| setting.kind != Kind::Secret).map(|setting| setting.key);
    nearest(&written.replace('-', "_"), keys)
}
