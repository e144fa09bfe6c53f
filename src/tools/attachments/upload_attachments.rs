//! Adds several files to a page, decided on as one and reported file by file.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::domain::access::AccessClass;
use crate::domain::group::Group;
use crate::domain::ids::ContentId;
use crate::domain::text::quoted;
use crate::tools::{SeveralTool, Single, ToolError, scopes};

/// Most files of one call.
const MOST: usize = 20;

/// Uploads several files.
pub(super) struct UploadAttachments;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the page.
    page_id: ContentId,
    /// The files, each as `upload_attachment` takes it.
    #[schemars(length(min = 1, max = 20))]
    files: Vec<Upload>,
}

/// One file.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
struct Upload {
    #[serde(skip_serializing_if = "Option::is_none")]
    file_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_base64: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
}

impl Upload {
    /// The name it will have on the page, as far as the arguments say.
    fn name(&self) -> Option<String> {
        let of_path = || self.path.as_ref().and_then(|path| path.rsplit('/').next()).map(str::to_owned);
        self.file_name.clone().or_else(of_path)
    }
}

impl SeveralTool for UploadAttachments {
    const NAME: &'static str = "upload_attachments";
    const GROUP: Group = Group::Attachments;
    const TITLE: &'static str = "Upload attachments";
    const DESCRIPTION: &'static str = "Adds several new files to a page, approved as one and sent in order up to the first \
        that fails, with a report of each. For one file use upload_attachment.";
    const SCOPES: &'static [&'static str] = &[
        scopes::READ_ATTACHMENT,
        scopes::READ_PAGE,
        scopes::READ_SPACE,
        scopes::READ_DETAILS,
        scopes::WRITE_ATTACHMENT,
    ];
    const UNDO_SCOPES: &'static [&'static str] = &[scopes::DELETE_ATTACHMENT];
    const CLASS: AccessClass = AccessClass::Create;
    type Input = Input;

    fn only_shows(_: &Input) -> bool {
        false
    }

    fn singles(input: Input) -> Result<Vec<Single>, ToolError> {
        if input.files.is_empty() || input.files.len() > MOST {
            return Err(ToolError::input(format!("`files` takes 1 to {MOST} files"), "send more in several calls"));
        }
        let mut names = BTreeSet::new();
        let mut singles = Vec::with_capacity(input.files.len());
        for file in input.files {
            if let Some(name) = file.name()
                && !names.insert(name.clone())
            {
                let message = format!("two files are named {}", quoted(&name, 255));
                return Err(ToolError::input(message, "a page takes one file of a name"));
            }
            let mut arguments = match serde_json::to_value(file) {
                Ok(Value::Object(arguments)) => arguments,
                _ => Map::new(),
            };
            arguments.insert("page_id".to_owned(), json!(input.page_id));
            singles.push(Single { tool: "upload_attachment".to_owned(), arguments });
        }
        Ok(singles)
    }
}
