//! Names of files: harmless on every system, and paths that lead nowhere but down.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use crate::domain::text::{is_invisible, quoted};

/// Longest name of a file, in bytes.
const NAME: usize = 255;
/// Longest extension that is kept when a name is cut, in bytes.
const EXTENSION: usize = 20;
/// Most folders on the way to a file, with the file.
const COMPONENTS: usize = 16;

/// The name of one file, without a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileName(String);

impl FileName {
    /// The harmless name nearest to a given one.
    pub fn cleaned(given: &str) -> Self {
        let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
        let visible = last.chars().filter(|sign| !sign.is_control() && !is_invisible(*sign));
        let name: String = visible.map(|sign| if r#"<>:"|?*"#.contains(sign) { '_' } else { sign }).collect();
        let name = name.trim_start_matches(|sign: char| sign == '.' || sign.is_whitespace());
        let mut name = shortened(trimmed(name)).to_string();
        if name.is_empty() {
            name.push_str("file");
        }
        if is_device(&name) {
            name.insert(0, '_');
        }
        Self(name)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Without the dots and blanks at the end, which Windows drops.
fn trimmed(name: &str) -> &str {
    name.trim_end_matches(|sign: char| sign == '.' || sign.is_whitespace())
}

/// Cut to what file systems and forms take, with its extension.
fn shortened(name: &str) -> Cow<'_, str> {
    if name.len() < NAME {
        return Cow::Borrowed(name);
    }
    let extension = name.rfind('.').and_then(|dot| name.get(dot..)).filter(|end| end.len() <= EXTENSION);
    let extension = extension.unwrap_or_default();
    // One byte is left for the sign that may come before the name of a device.
    let mut end = NAME - 1 - extension.len();
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    Cow::Owned(format!("{}{extension}", trimmed(name.get(..end).unwrap_or_default())))
}

/// Names that Windows reads as devices, with whatever extension.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let numbered = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT"));
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$")
        || numbered.is_some_and(|number| {
            matches!(number.chars().next(), Some('0'..='9' | '¹' | '²' | '³')) && number.chars().nth(1).is_none()
        })
}

impl<'de> Deserialize<'de> for FileName {
    /// Refuses what would have to be repaired, and says what it would become.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let given = Cow::<'de, str>::deserialize(deserializer)?;
        let name = Self::cleaned(&given);
        if name.0 == given {
            return Ok(name);
        }
        Err(de::Error::custom(format!(
            "{} is no plain file name; {} would be",
            quoted(&given, 60),
            quoted(&name.0, 60)
        )))
    }
}

impl JsonSchema for FileName {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "FileName".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1, "maxLength": 255 })
    }
}

/// A path beneath the configured folder: plain names joined by `/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilePath(String);

impl FilePath {
    /// The names on the way, the file last.
    pub fn components(&self) -> impl Iterator<Item = &str> {
        self.0.split('/')
    }

    /// The name of the file.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// The path as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_component(name: &str) -> bool {
    let fits = (1..=NAME).contains(&name.len()) && trimmed(name) == name && !is_device(name);
    fits && !name.chars().any(|sign| sign.is_control() || is_invisible(sign) || r#"<>:"|?*\"#.contains(sign))
}

impl<'de> Deserialize<'de> for FilePath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let path = String::deserialize(deserializer)?;
        if path.split('/').nth(COMPONENTS).is_none() && path.split('/').all(is_component) {
            return Ok(Self(path));
        }
        Err(de::Error::custom("a path is plain names joined by /, beneath the configured folder, without . and .."))
    }
}

impl JsonSchema for FilePath {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "FilePath".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1, "maxLength": 4096 })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hostile_names_become_harmless_ones() {
        let pairs = [
            ("report.pdf", "report.pdf"),
            ("../../etc/passwd", "passwd"),
            ("..\\..\\boot.ini", "boot.ini"),
            ("/", "file"),
            ("..", "file"),
            (". .ssh", "ssh"),
            ("CON", "_CON"),
            ("nul.txt", "_nul.txt"),
            ("com1 .log", "_com1 .log"),
            ("LPT²", "_LPT²"),
            ("company.txt", "company.txt"),
            ("notes.txt. . .", "notes.txt"),
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            ("a\0b\nc\u{200b}.txt", "abc.txt"),
            ("12:30 <plan>?.txt", "12_30 _plan__.txt"),
            ("C:evil.txt:stream", "C_evil.txt_stream"),
            ("Größe 漢字.png", "Größe 漢字.png"),
        ];
        for (given, expected) in pairs {
            assert_eq!(FileName::cleaned(given).as_str(), expected, "{given}");
        }
    }

    #[test]
    fn a_long_name_is_cut_inside_255_bytes_and_keeps_its_extension() {
        let name = FileName::cleaned(&format!("{}.tar.gz", "漢".repeat(400)));
        assert!(name.as_str().len() <= NAME && name.as_str().ends_with("漢.gz"), "{}", name.as_str());
    }

    #[test]
    fn a_name_that_would_need_repair_is_refused_with_the_repaired_one() {
        let error = serde_json::from_str::<FileName>("\"../x\"").unwrap_err().to_string();
        assert_eq!(error, "`../x` is no plain file name; `x` would be");
    }

    #[test]
    fn a_path_goes_only_down() {
        let read = |path: &str| serde_json::from_value::<FilePath>(path.into());
        assert_eq!(read("a/b c.txt").unwrap().file_name(), "b c.txt");
        let deep = "a/".repeat(20) + "b";
        for bad in [
            "",
            "/",
            "/etc/passwd",
            "a//b",
            "a/",
            "./a",
            "a/./b",
            "../a",
            "a/../../b",
            "a\\b",
            "C:/a",
            "a\0",
            "a\u{202e}",
            "a. /b",
            "NUL",
            "a/con.txt",
            &deep,
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_clean_name_stays_as_it_is(given in any::<String>()) {
            let name = FileName::cleaned(&given);
            prop_assert!(is_component(name.as_str()), "{:?}", name);
            prop_assert_eq!(FileName::cleaned(name.as_str()), name);
        }
    }
}
