//! The resources that can be read.

use rmcp::ErrorData;
use rmcp::model::{ReadResourceResponse, ReadResourceResult};
use serde_json::{Value, json};

use crate::fixtures::of;

/// An image of one pixel.
pub(crate) const IMAGE: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR42mPQK9kKAAIrAVhyu82NAAAAAElFTkSuQmCC";
/// A sound of no samples.
pub(crate) const SOUND: &str = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA=";

/// What the address holds, or that there is nothing.
pub(crate) fn read(uri: &str) -> Result<ReadResourceResponse, ErrorData> {
    let Some(contents) = contents(uri) else {
        return Err(ErrorData::resource_not_found("Resource not found", Some(json!({ "uri": uri }))));
    };
    of::<ReadResourceResult>(json!({ "resultType": "complete", "contents": [contents] })).map(Into::into)
}

fn contents(uri: &str) -> Option<Value> {
    Some(match uri {
        "test://static-text" => {
            json!({ "uri": uri, "mimeType": "text/plain", "text": "This is the content of the static text resource." })
        }
        "test://static-binary" => json!({ "uri": uri, "mimeType": "image/png", "blob": IMAGE }),
        "test://watched-resource" => json!({ "uri": uri, "mimeType": "text/plain", "text": "Nothing happened yet." }),
        _ => {
            let id = uri.strip_prefix("test://template/")?.strip_suffix("/data")?;
            if id.is_empty() || id.contains('/') {
                return None;
            }
            let data = json!({ "id": id, "templateTest": true, "data": format!("Data for ID: {id}") });
            json!({ "uri": uri, "mimeType": "application/json", "text": data.to_string() })
        }
    })
}
