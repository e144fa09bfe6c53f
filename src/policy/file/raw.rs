//! A profile file word for word: which keys there are and what each may hold; editors get the same from the JSON Schema.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Range;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Error, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use crate::policy::profile::{ApprovedBy, Mode};

/// What one agent may do: group by group, where, how often, and with whose approval. A group that is left out is disabled.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Sluice permission profile")]
pub(super) struct File {
    /// Name for people; decisions and records carry it.
    #[schemars(required)]
    pub name: Option<At<String>>,
    /// What the profile is for.
    pub description: Option<At<String>>,
    /// Name of the connection its agents use; one that agents.toml names goes first.
    pub connection: Option<At<String>>,
    /// Pages and blog posts with their comments, labels, versions, restrictions, tasks, likes and properties.
    pub pages: Option<Keyed<Switches>>,
    /// Space metadata. Deleting a space is not expressible anywhere.
    pub spaces: Option<Keyed<Switches>>,
    /// CQL and the local index; "read-write" grants no more than "read-only".
    pub search: Option<Keyed<Switches>>,
    /// Files on pages.
    pub attachments: Option<Keyed<Switches>>,
    /// People; "read-write" grants no more than "read-only".
    pub users: Option<Keyed<Switches>>,
    /// Which spaces; without it, every space the connected account can see.
    pub scope: Option<Keyed<Scope>>,
    /// How approvals are asked for.
    pub approval: Option<Keyed<Approval>>,
    /// How much per hour and day; unset means no limit.
    pub limits: Option<Keyed<Limits>>,
    /// Which tools are shown and which are barred; narrows, never widens.
    pub tools: Option<Keyed<Tools>>,
}

/// The switches of one group.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Switches {
    /// What may be done with the group at all; "disabled" if left out.
    pub mode: Option<At<Word<Mode>>>,
    /// Whether deletes are allowed; needs mode = "read-write".
    pub allow_delete: Option<At<bool>>,
    /// Whether every write waits for a person; needs mode = "read-write".
    pub require_approval: Option<At<bool>>,
}

/// Which spaces and pages.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Scope {
    /// Only these, by key or id; an empty list means none at all.
    #[schemars(with = "Option<Vec<SpaceWord>>")]
    pub allow_spaces: Option<Vec<At<String>>>,
    /// Also these pages with all that stands below them, by id; without `allow_spaces`, only they.
    #[schemars(with = "Option<Vec<PageWord>>")]
    pub allow_pages: Option<Vec<At<String>>>,
    /// Never these, by key or id; wins over `allow_spaces` and `allow_pages`.
    #[schemars(with = "Option<Vec<SpaceWord>>")]
    pub deny_spaces: Option<Vec<At<String>>>,
    /// Hide what is under a read restriction, its own or that of something it stands under.
    pub visible_to_all_only: Option<At<bool>>,
    /// Other documentation sources the agent may search, by name; with a scope, none unless named.
    pub sources: Option<Vec<At<String>>>,
}

/// How approvals are asked for.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Approval {
    /// Who may approve: the agent's own user in the client, a person who proves it, a person who is not the agent's owner, or a hook.
    pub by: Option<At<Word<ApprovedBy>>>,
    /// Whether the agent's own user may approve deletes in the client; needs by = "client".
    pub client_may_delete: Option<At<bool>>,
    /// How long a request stays open, from "1m" to "30d"; "24h" if left out.
    pub expires_after: Option<At<Lasting>>,
    /// How long a call waits before it answers "pending", at most "5m"; "25s" if left out.
    pub hold: Option<At<Lasting>>,
}

/// How much an agent may write.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Limits {
    /// Successful writes of any class in a rolling hour.
    pub writes_per_hour: Option<u32>,
    /// Successful deletes in a rolling day.
    pub deletes_per_day: Option<u32>,
}

/// Which tools.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Tools {
    /// What tools/list shows: "core", "all", or a list of tools and groups. Any tool the profile allows can be called.
    pub set: Option<Set>,
    /// Tools that may not be called.
    pub deny: Option<Vec<At<String>>>,
}

/// What tools/list shows.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub(super) enum Set {
    Word(Word<SetWord>),
    Names(Vec<At<String>>),
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum SetWord {
    /// The few that most work needs.
    Core,
    /// Every tool the profile allows.
    All,
}

impl<'de> Deserialize<'de> for Set {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Set;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("\"core\", \"all\" or a list of tools and groups")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Set, E> {
                SetWord::deserialize(text.into_deserializer()).map(|word| Set::Word(Word(word)))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Set, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(items)).map(Set::Names)
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// A value and where it stands in the file.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct At<T>(Spanned<T>);

impl<T> At<T> {
    pub(super) fn value(&self) -> &T {
        self.0.get_ref()
    }

    pub(super) fn span(&self) -> Range<usize> {
        self.0.span()
    }
}

/// One of a few words, written as a string and in no other way.
pub(super) struct Word<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Word<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Text<T> {
            type Value = Word<T>;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a string")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Word<T>, E> {
                T::deserialize(text.to_owned().into_deserializer()).map(Word)
            }
        }
        deserializer.deserialize_str(Text(PhantomData))
    }
}

/// A table with keys, never a bare list of its values in order.
pub(super) struct Keyed<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Keyed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Table<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Table<T> {
            type Value = Keyed<T>;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a table")
            }
            fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Keyed<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(entries)).map(Keyed)
            }
        }
        deserializer.deserialize_map(Table(PhantomData))
    }
}

macro_rules! schema_of_what_it_holds {
    ($($holder:ident),*) => {$(
        impl<T: JsonSchema> JsonSchema for $holder<T> {
            fn inline_schema() -> bool {
                T::inline_schema()
            }
            fn schema_name() -> Cow<'static, str> {
                T::schema_name()
            }
            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                T::json_schema(generator)
            }
        }
    )*};
}

schema_of_what_it_holds!(At, Word, Keyed);

/// A duration as people write it: `25s`, `15m`, `24h`, `7d`.
pub(super) struct Lasting(pub Duration);

impl Lasting {
    /// The duration a text stands for.
    pub(super) fn read(text: &str) -> Option<Duration> {
        let unit = text.chars().next_back()?;
        let number = text.strip_suffix(unit)?;
        let seconds = match unit {
            's' => 1,
            'm' => 60,
            'h' => 60 * 60,
            'd' => 24 * 60 * 60,
            _ => return None,
        };
        // `parse` alone would take a plus sign.
        let digits_alone = number.bytes().all(|byte| byte.is_ascii_digit());
        let number: u64 = number.parse().ok().filter(|_| digits_alone)?;
        number.checked_mul(seconds).map(Duration::from_secs)
    }
}

impl<'de> Deserialize<'de> for Lasting {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        Self::read(&text).map(Self).ok_or_else(|| {
            D::Error::custom(format_args!("`{text}` is not a duration: a whole number and s, m, h or d, as in \"24h\""))
        })
    }
}

/// How a space is named in a profile, so that editors tell a slip at once.
struct SpaceWord;

/// How a page is named in a profile.
struct PageWord;

macro_rules! schema_of_texts_like {
    ($($text:ident: $pattern:literal),*) => {$(
        impl JsonSchema for $text {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> Cow<'static, str> {
                stringify!($text).into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "pattern": $pattern })
            }
        }
    )*};
}

schema_of_texts_like!(
    Lasting: "^[0-9]+[smhd]$",
    SpaceWord: "^~?[A-Za-z0-9:_-]{1,255}$",
    PageWord: "^[1-9][0-9]{0,18}$"
);
