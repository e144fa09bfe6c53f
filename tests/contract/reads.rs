//! Every read of pages, comments, spaces, files and people.

use serde_json::{Value, json};

use super::Contract;
use crate::small_site::ADMIN;

/// Path template, what fills it, query.
const READS: &[(&str, &[&str], &str)] = &[
    ("/wiki/api/v2/pages", &[], "?limit=2&body-format=storage&status=current"),
    (
        "/wiki/api/v2/pages/{id}",
        &["1001"],
        "?body-format=view&include-labels=true&include-operations=true&include-versions=true&include-likes=true",
    ),
    ("/wiki/api/v2/pages/{id}", &["1000"], "?body-format=atlas_doc_format"),
    ("/wiki/api/v2/pages/{id}/versions", &["1001"], "?body-format=storage"),
    ("/wiki/api/v2/pages/{page-id}/versions/{version-number}", &["1001", "1"], ""),
    ("/wiki/api/v2/pages/{id}/operations", &["1001"], ""),
    ("/wiki/api/v2/pages/{id}/children", &["1000"], ""),
    ("/wiki/api/v2/pages/{id}/direct-children", &["1000"], "?limit=5"),
    ("/wiki/api/v2/pages/{id}/descendants", &["1000"], "?depth=3"),
    ("/wiki/api/v2/pages/{id}/ancestors", &["1102"], ""),
    ("/wiki/api/v2/pages/{id}/labels", &["1001"], ""),
    ("/wiki/api/v2/pages/{id}/attachments", &["1001"], ""),
    ("/wiki/api/v2/pages/{id}/footer-comments", &["1001"], "?body-format=storage"),
    ("/wiki/api/v2/pages/{id}/inline-comments", &["1001"], "?resolution-status=open"),
    ("/wiki/api/v2/blogposts", &[], "?body-format=storage"),
    ("/wiki/api/v2/blogposts/{id}", &["1100"], "?include-labels=true"),
    ("/wiki/api/v2/blogposts/{id}/versions", &["1100"], ""),
    ("/wiki/api/v2/blogposts/{blogpost-id}/versions/{version-number}", &["1100", "1"], ""),
    ("/wiki/api/v2/blogposts/{id}/operations", &["1100"], ""),
    ("/wiki/api/v2/blogposts/{id}/labels", &["1100"], ""),
    ("/wiki/api/v2/blogposts/{id}/attachments", &["1100"], ""),
    ("/wiki/api/v2/blogposts/{id}/footer-comments", &["1100"], ""),
    ("/wiki/api/v2/blogposts/{id}/inline-comments", &["1100"], ""),
    ("/wiki/api/v2/footer-comments", &[], "?body-format=storage"),
    ("/wiki/api/v2/footer-comments/{comment-id}", &["3000"], "?body-format=storage"),
    ("/wiki/api/v2/footer-comments/{id}/children", &["3000"], ""),
    ("/wiki/api/v2/footer-comments/{id}/operations", &["3000"], ""),
    ("/wiki/api/v2/footer-comments/{id}/versions", &["3000"], ""),
    ("/wiki/api/v2/footer-comments/{id}/versions/{version-number}", &["3000", "1"], ""),
    ("/wiki/api/v2/inline-comments", &[], ""),
    ("/wiki/api/v2/inline-comments/{comment-id}", &["3002"], "?body-format=storage"),
    ("/wiki/api/v2/inline-comments/{id}/children", &["3002"], ""),
    ("/wiki/api/v2/inline-comments/{id}/operations", &["3002"], ""),
    ("/wiki/api/v2/inline-comments/{id}/versions", &["3002"], ""),
    ("/wiki/api/v2/inline-comments/{id}/versions/{version-number}", &["3002", "1"], ""),
    ("/wiki/api/v2/spaces", &[], "?description-format=plain&include-icon=true"),
    ("/wiki/api/v2/spaces", &[], ""),
    ("/wiki/api/v2/spaces/{id}", &["100"], "?include-labels=true&include-operations=true"),
    ("/wiki/api/v2/spaces/{id}/pages", &["100"], "?depth=root"),
    ("/wiki/api/v2/spaces/{id}/blogposts", &["100"], ""),
    ("/wiki/api/v2/spaces/{id}/labels", &["100"], ""),
    ("/wiki/api/v2/spaces/{id}/content/labels", &["100"], ""),
    ("/wiki/api/v2/spaces/{id}/operations", &["100"], ""),
    ("/wiki/api/v2/attachments", &[], ""),
    ("/wiki/api/v2/attachments/{id}", &["att4000"], "?include-labels=true"),
    ("/wiki/api/v2/attachments/{id}/labels", &["att4000"], ""),
    ("/wiki/api/v2/attachments/{id}/operations", &["att4000"], ""),
    ("/wiki/api/v2/attachments/{id}/versions", &["att4000"], ""),
    ("/wiki/api/v2/attachments/{attachment-id}/versions/{version-number}", &["att4000", "1"], ""),
    ("/wiki/api/v2/attachments/{id}/thumbnail/download", &["att4001"], ""),
    ("/wiki/api/v2/attachments/{id}/footer-comments", &["att4000"], ""),
    ("/wiki/api/v2/labels", &[], ""),
    ("/wiki/api/v2/labels/{id}/pages", &["900"], ""),
    ("/wiki/api/v2/labels/{id}/blogposts", &["900"], ""),
    ("/wiki/api/v2/labels/{id}/attachments", &["902"], ""),
    ("/wiki/rest/api/search", &[], "?cql=text%20~%20%22printer%22&limit=2&expand=content.space,content.version"),
    (
        "/wiki/rest/api/content/search",
        &[],
        "?cql=text%20~%20%22printer%22&expand=body.storage,space,version,history,ancestors,metadata.labels,children.comment",
    ),
    ("/wiki/rest/api/search/user", &[], "?cql=user.fullname%20~%20%22reader%22"),
    ("/wiki/rest/api/user", &[], "?accountId=712020:private"),
    ("/wiki/rest/api/user/current", &[], ""),
    ("/wiki/rest/api/content/{id}/restriction/byOperation", &["1001"], ""),
    ("/wiki/rest/api/content/{id}/restriction/byOperation/{operationKey}", &["1001", "read"], ""),
    ("/wiki/rest/api/content/{id}/child/attachment/{attachmentId}/download", &["1001", "att4000"], ""),
    ("/wiki/rest/api/content", &[], "?type=page&spaceKey=ITSD&expand=space,version"),
    (
        "/wiki/rest/api/content/{id}",
        &["1001"],
        "?expand=body.storage,body.view,version,space,history,ancestors,metadata.labels,children.attachment,children.comment",
    ),
    ("/wiki/rest/api/content/{id}/child", &["1001"], "?expand=page,comment,attachment"),
    ("/wiki/rest/api/content/{id}/child/page", &["1000"], ""),
    ("/wiki/rest/api/content/{id}/child/comment", &["1001"], "?depth=all&expand=body.view,version,ancestors"),
    ("/wiki/rest/api/content/{id}/child/attachment", &["1001"], ""),
    ("/wiki/rest/api/content/{id}/history", &["1001"], ""),
    ("/wiki/rest/api/content/{id}/label", &["1001"], ""),
    ("/wiki/rest/api/content/{id}/property", &["1001"], ""),
    ("/wiki/rest/api/content/{id}/version", &["1001"], ""),
    ("/wiki/rest/api/content/{id}/version/{versionNumber}", &["1001", "1"], ""),
    ("/wiki/rest/api/space", &[], "?expand=description.plain,homepage"),
    ("/wiki/rest/api/space/{spaceKey}", &["ITSD"], ""),
    ("/wiki/rest/api/space/{spaceKey}/content", &["ITSD"], ""),
    ("/wiki/rest/api/space/{spaceKey}/content/{type}", &["ITSD", "page"], ""),
];

pub(super) async fn everything(contract: &mut Contract<'_>) {
    for (template, fills, query) in READS {
        contract.step("GET", template, fills, query, Value::Null).await;
    }
    let property = "/wiki/rest/api/content/{id}/property/{key}";
    contract.expect("GET", property, &["1001", "emoji"], "", Value::Null, Some(404)).await;
    let asked = json!({ "accountIds": [ADMIN, "712020:private", "712020:gone", "nobody"] });
    contract.step("POST", "/wiki/api/v2/users-bulk", &[], "", asked).await;
    let asked = json!({ "contentIds": ["1001", "1101", "att4000", "3000", "7"] });
    contract.step("POST", "/wiki/api/v2/content/convert-ids-to-types", &[], "", asked).await;
}
