//! What Hudu's API answers: articles, companies and folders.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A page of articles. One bad article spoils no page.
#[derive(Deserialize)]
pub(super) struct Articles {
    #[serde(deserialize_with = "each")]
    pub(super) articles: Vec<Result<ArticleFound, Broken>>,
}

/// One article.
#[derive(Deserialize)]
pub(super) struct Single {
    #[serde(deserialize_with = "one")]
    pub(super) article: Result<ArticleFound, Broken>,
}

/// Something that is not as the API says it is.
pub(super) struct Broken {
    /// Its id, where it has one.
    pub(super) id: Option<u64>,
}

/// A page of companies; bad ones are left out.
#[derive(Deserialize)]
pub(super) struct Companies {
    #[serde(deserialize_with = "each")]
    pub(super) companies: Vec<Result<Company, Broken>>,
}

/// A page of folders; bad ones are left out.
#[derive(Deserialize)]
pub(super) struct Folders {
    #[serde(deserialize_with = "each")]
    pub(super) folders: Vec<Result<Folder, Broken>>,
}

/// An article, as far as it is used.
#[derive(Deserialize)]
pub(super) struct ArticleFound {
    pub(super) id: u64,
    #[serde(default, deserialize_with = "nullable")]
    pub(super) name: String,
    #[serde(default, deserialize_with = "nullable")]
    pub(super) content: String,
    #[serde(default, deserialize_with = "nullable")]
    pub(super) url: String,
    #[serde(default, deserialize_with = "nullable")]
    pub(super) created_at: String,
    #[serde(default, deserialize_with = "nullable")]
    pub(super) updated_at: String,
    pub(super) company_id: Option<u64>,
    pub(super) folder_id: Option<u64>,
    #[serde(default, deserialize_with = "nullable")]
    draft: bool,
    #[serde(default, deserialize_with = "nullable")]
    archived: bool,
    archived_at: Option<String>,
    discarded_at: Option<String>,
}

impl ArticleFound {
    /// Whether people see it: it is neither a draft nor archived.
    pub(super) const fn is_shown(&self) -> bool {
        !self.draft && !self.archived && self.archived_at.is_none() && self.discarded_at.is_none()
    }
}

/// A company.
#[derive(Deserialize)]
pub(super) struct Company {
    pub(super) id: u64,
    #[serde(default, deserialize_with = "nullable")]
    pub(super) name: String,
    #[serde(default, deserialize_with = "nullable")]
    pub(super) archived: bool,
}

/// A folder of articles.
#[derive(Deserialize)]
pub(super) struct Folder {
    pub(super) id: u64,
    #[serde(default, deserialize_with = "nullable")]
    pub(super) name: String,
    pub(super) parent_folder_id: Option<u64>,
}

/// A value that may be `null` although it means nothing then.
fn nullable<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(deserializer: D) -> Result<T, D::Error> {
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

fn one<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Result<T, Broken>, D::Error> {
    Value::deserialize(deserializer).map(read)
}

fn each<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Vec<Result<T, Broken>>, D::Error> {
    Vec::<Value>::deserialize(deserializer).map(|values| values.into_iter().map(read).collect())
}

fn read<T: DeserializeOwned>(value: Value) -> Result<T, Broken> {
    let id = value.get("id").and_then(Value::as_u64);
    serde_json::from_value(value).map_err(|_| Broken { id })
}
