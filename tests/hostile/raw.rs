//! Hostile requests in every spelling, under full access: none deletes a space, none leaves what the table lets pass.

use proptest::prelude::*;
use serde_json::{Value, json};
use sluice::policy::file::shipped;
use sluice::sandbox::model::ContentStatus;
use sluice::sandbox::reads_as_space_delete;

use super::all_visible;
use crate::desk::Desk;

const RAW: &str = "confluence_request";

/// Where the API begins, and where it only looks so.
const ROOTS: [&str; 14] = [
    "/wiki/rest/api",
    "/rest/api",
    "/wiki/api/v2",
    "/api/v2",
    "//wiki/rest/api",
    "/wiki//rest/api",
    "/WIKI/rest/api",
    "/wiki/REST/api",
    "/wiki/rest/api/.",
    "/wiki/rest/api/content/..",
    "/wiki%2Frest/api",
    "/wiki/rest/%61pi",
    "https://acme.atlassian.net/wiki/rest/api",
    "/ex/confluence/11111111-2222/wiki/rest/api",
];

/// A space, and what some server could take for one.
const KINDS: [&str; 12] = [
    "space",
    "spaces",
    "SPACE",
    "spac%65",
    "%73pace",
    "spac%2565",
    "space;a=b",
    "space.",
    "space%20",
    "ѕpace",
    "ｓｐａｃｅ",
    "space\\",
];

/// A key, and what some server could cut down to one.
const KEYS: [&str; 16] = [
    "IT",
    "it",
    "~557058:abc",
    "%49T",
    "IT/",
    "IT/.",
    "IT/..",
    "IT;x=y",
    "IT%3Bx",
    "IT?force=true",
    "IT#x",
    "IT%00",
    "IT%2F",
    "../space/IT",
    "IT%252F",
    "ＩＴ",
];

/// Methods, and what only looks like one.
const METHODS: [&str; 12] = [
    "delete",
    "Delete",
    "DELETE ",
    " DELETE",
    "DELETE\r\nX: y",
    "DELETE /wiki/rest/api/space/IT HTTP/1.1",
    "PATCH",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "HEAD",
    "D\u{200b}ELETE",
];

/// Requests that are refused whatever their query and body.
const PATHS: [(&str, &str); 96] = [
    ("GET", "/graphql"),
    ("POST", "/graphql"),
    ("POST", "/gateway/api/graphql"),
    ("POST", "/wiki/graphql"),
    ("POST", "/cgraphql"),
    ("POST", "/wiki/cgraphql?q=hardDeleteSpace"),
    ("POST", "/wiki/rest/graphql/1.0"),
    ("POST", "/wiki/rest/api/graphql"),
    ("POST", "/wiki/api/v2/GraphQL"),
    ("POST", "/wiki/api/v2/graph%71l"),
    ("POST", "/rpc/json-rpc/confluenceservice-v2"),
    ("POST", "/wiki/rpc/json-rpc/confluenceservice-v2/removeSpace"),
    ("POST", "/rpc/xmlrpc"),
    ("POST", "/wiki/rpc/soap-axis/confluenceservice-v2"),
    ("GET", "/wiki/spaces/doremovespace.action"),
    ("GET", "/wiki/spaces/removespace.action"),
    ("POST", "/spaces/doremovespace.action"),
    ("POST", "/pages/emptytrash.action"),
    ("POST", "/wiki/pages/purgetrashitem.action"),
    ("GET", "/wiki/rest/api/x.action"),
    ("GET", "/wiki/rest/api/x.ACTION"),
    ("GET", "/wiki/rest/api/x%2Eaction"),
    ("DELETE", "/wiki/rest/experimental/content/1/version/1"),
    ("DELETE", "/wiki/rest/extender/1.0/trash/IT/purgeAll"),
    ("GET", "/wiki/rest/ui/1/x"),
    ("GET", "/wiki/rest/tinymce/1/x"),
    ("GET", "/wiki/rest/prototype/1/space/IT"),
    ("DELETE", "/wiki/rest/prototype/1/space/IT"),
    ("DELETE", "/wiki/rest/latest/space/IT"),
    ("GET", "/_edge/tenant_info"),
    ("GET", "/oauth/token"),
    ("GET", "/wiki"),
    ("GET", "/"),
    ("GET", ""),
    ("GET", "wiki/api/v2/spaces"),
    ("GET", "/wiki/api/v1/spaces"),
    ("GET", "/wiki/api/v2"),
    ("GET", "/wiki/api/v2/"),
    ("GET", "/wiki/api/v2/spaces/"),
    ("GET", "/wiki/api/v2/Spaces"),
    ("GET", "/wiki/api/v2/spaces?limit=1"),
    ("GET", "/wiki/api/v2/spaces#x"),
    ("GET", "/wiki/api/v2/spaces;x=1"),
    ("GET", "/wiki/api/v2/spaces%3Flimit=1"),
    ("GET", "/wiki/api/v2/spaces%00"),
    ("GET", "/wiki/api/v2/spaces%0d%0aX-HTTP-Method-Override:%20DELETE"),
    ("GET", "/wiki/api/v2/spaces\r\nX-HTTP-Method-Override: DELETE"),
    ("GET", "/wiki/api/v2/spaces HTTP/1.1"),
    ("GET", "/wiki/api/v2/\u{202e}secaps"),
    ("GET", "/wiki/api/v2/spa\u{200b}ces"),
    ("GET", "/wiki/api/v2/pages/1/../../spaces"),
    ("GET", "/wiki/api/v2/pages/..;/spaces"),
    ("GET", "/wiki/api/v2/pages/%2e%2e/spaces"),
    ("GET", "/wiki/api/v2/pages/%252e%252e/spaces"),
    ("GET", "/wiki/api/v2/pages/%c0%ae%c0%ae/spaces"),
    ("GET", "/wiki/api/v2/pages/%u002e/spaces"),
    ("GET", "/wiki/api/v2/pages/１２３"),
    ("GET", "/wiki/api/v2/pages/0x7b"),
    ("GET", "/wiki/api/v2/pages/+1"),
    ("GET", "/wiki/api/v2/pages/-1"),
    ("GET", "/wiki/api/v2/pages/01"),
    ("GET", "/wiki/api/v2/pages/1.0"),
    ("GET", "/wiki/api/v2/pages/1e3"),
    ("GET", "/wiki/api/v2/pages/99999999999999999999999"),
    ("GET", "/wiki/api/v2/pages/{id}"),
    ("GET", "/wiki/api/v2/pages/1,2"),
    ("GET", "/wiki/api/v2/pages/*"),
    ("DELETE", "/wiki/api/v2/pages/1"),
    ("DELETE", "/wiki/rest/api/content/1/pageTree"),
    ("DELETE", "/rest/api/content/1/pageTree"),
    ("DELETE", "/wiki/rest/api/content/1/pagetree"),
    ("DELETE", "/wiki/rest/api/content/1"),
    ("DELETE", "/wiki/rest/api/content/1/version/1"),
    ("DELETE", "/wiki/rest/api/content/1/restriction"),
    ("PUT", "/wiki/rest/api/content/1/restriction"),
    ("POST", "/wiki/rest/api/content/archive"),
    ("POST", "/wiki/rest/api/content/1/pagehierarchy/copy"),
    ("PUT", "/wiki/rest/api/content/1/move/append/2"),
    ("POST", "/wiki/api/v2/pages/1/redact"),
    ("PUT", "/wiki/api/v2/pages/1/classification-level"),
    ("POST", "/wiki/api/v2/admin-key"),
    ("DELETE", "/wiki/api/v2/admin-key"),
    ("POST", "/wiki/api/v2/spaces/1/role-assignments"),
    ("POST", "/wiki/api/v2/space-permissions/transition/access-removals"),
    ("POST", "/wiki/rest/api/space/IT/permission"),
    ("DELETE", "/wiki/rest/api/space/IT/permission/1"),
    ("DELETE", "/wiki/rest/api/space/IT/theme"),
    ("DELETE", "/wiki/rest/api/space/IT/label"),
    ("DELETE", "/wiki/api/v2/spaces/1/properties/1"),
    ("PUT", "/wiki/rest/api/audit/retention"),
    ("GET", "/wiki/rest/api/audit"),
    ("DELETE", "/wiki/rest/api/group/by-id"),
    ("POST", "/wiki/rest/api/group/userByGroupId"),
    ("PUT", "/wiki/rest/api/settings/lookandfeel"),
    ("POST", "/wiki/api/v2/user/access/invite-by-email"),
    ("DELETE", "/wiki/rest/atlassian-connect/1/app/module/dynamic"),
];

fn asked(method: &str, path: &str) -> Value {
    json!({ "method": method, "path": path })
}

/// Requests whose path is fine and whose query is not.
fn queries(page: &str) -> Vec<Value> {
    let mut hostile = Vec::new();
    let keys = [
        "purge",
        "Purge",
        "purge[]",
        "purge ",
        "draft",
        "_method",
        "X-HTTP-Method-Override",
        "method",
        "status",
        "status[]",
        "",
        "\u{202e}egrup",
        "purge%00",
        "purge&draft",
        "jsonp",
        "os_authType",
    ];
    for key in keys {
        for path in ["/wiki/api/v2/blogposts/1", "/wiki/api/v2/attachments/1", "/wiki/api/v2/custom-content/1"] {
            hostile.push(json!({ "method": "DELETE", "path": path, "query": { key: "true" } }));
        }
    }
    for value in
        [json!(["1", "2"]), json!({ "a": 1 }), Value::Null, json!("1\r\nX: y"), json!("1\u{0}"), json!("\u{200b}")]
    {
        hostile.push(json!({ "method": "GET", "path": "/wiki/api/v2/pages", "query": { "limit": value } }));
    }
    for query in ["accountId", "key", "username"] {
        let path = format!("/wiki/rest/api/user/watch/content/{page}");
        hostile.push(json!({ "method": "POST", "path": path, "query": { query: "somebody" } }));
    }
    hostile
}

/// An update of a page with something more in its body.
fn put(id: &str, more: &Value) -> Value {
    let mut body = json!({
        "id": id, "status": "current", "title": "x", "version": { "number": 2 },
        "body": { "representation": "storage", "value": "<p>x</p>" },
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({ "method": "PUT", "path": format!("/wiki/api/v2/pages/{id}"), "body": body })
}

/// Updates of a page and of a homepage that no profile allows.
fn updates(page: &str, home: &str) -> Vec<Value> {
    let mut hostile = Vec::new();
    for status in ["trashed", "deleted", "archived", "historical", "any", "Current", "current ", "", "DRAFT"] {
        hostile.push(put(page, &json!({ "status": status })));
    }
    for more in [
        json!({ "ownerId": "somebody" }),
        json!({ "ID": page }),
        json!({ "id": home }),
        json!({ "status": ["current"] }),
        json!({ "status": null }),
        json!({ "body": "text" }),
        json!({ "body": { "representation": "view", "value": "x" } }),
        json!({ "body": { "storage": { "value": "x" }, "wiki": { "value": "x" } } }),
        json!({ "parentId": { "a": 1 } }),
        json!({ "parentId": "1/../2" }),
        json!({ "spaceId": "1;x" }),
    ] {
        hostile.push(put(page, &more));
    }
    for body in ["", "<p/>", "<p>.</p>", "<p>\u{2800}</p>", "<ac:structured-macro ac:name=\"toc\" />"] {
        hostile.push(put(home, &json!({ "body": { "representation": "storage", "value": body } })));
        hostile.push(put(home, &json!({ "body": { "storage": { "representation": "storage", "value": body } } })));
    }
    hostile.push(put(home, &json!({ "body": { "representation": "atlas_doc_format", "value": "{}" } })));
    hostile.push(put(home, &json!({ "status": "draft" })));
    hostile.push(put(home, &json!({ "parentId": page })));
    hostile
}

/// Other requests whose path is fine and whose body is not.
fn bodies(page: &str) -> Vec<Value> {
    let mut hostile = Vec::new();
    for body in [
        json!({ "status": "ARCHIVED" }),
        json!({ "status": "trashed" }),
        json!({ "type": "personal" }),
        json!({ "homepage": { "id": "1" } }),
        json!({ "name": "x" }),
    ] {
        hostile.push(json!({ "method": "PUT", "path": "/wiki/rest/api/space/IT", "body": body }));
        hostile.push(json!({ "method": "POST", "path": "/wiki/rest/api/space", "body": body }));
    }
    for destination in [
        json!({ "type": "existing_page", "value": page }),
        json!({ "type": "Existing_Page", "value": page }),
        json!({ "type": "space", "value": "IT/../HR" }),
        json!({ "value": page }),
        json!("existing_page"),
    ] {
        let path = format!("/wiki/rest/api/content/{page}/copy");
        hostile.push(json!({ "method": "POST", "path": path, "body": { "destination": destination } }));
    }
    let copy = json!({ "destination": { "type": "space", "value": "IT" }, "copyPermissions": true });
    hostile.push(json!({ "method": "POST", "path": format!("/wiki/rest/api/content/{page}/copy"), "body": copy }));
    for key in ["delete", "Restore", "", "restore "] {
        let path = format!("/wiki/rest/api/content/{page}/version");
        hostile.push(json!({ "method": "POST", "path": path, "body": { "operationKey": key } }));
    }
    hostile.push(json!({ "method": "POST", "path": "/wiki/api/v2/pages", "body": { "title": "nowhere" } }));
    hostile.push(
        json!({ "method": "POST", "path": "/wiki/api/v2/pages", "body": { "spaceId": "1", "status": "trashed" } }),
    );
    hostile.push(json!({ "method": "GET", "path": "/wiki/api/v2/pages", "body": { "query": "mutation" } }));
    hostile.push(
        json!({ "method": "GET", "path": "/wiki/api/v2/pages", "headers": { "X-HTTP-Method-Override": "DELETE" } }),
    );
    hostile
}

/// Every hostile request, each once.
fn table(page: &str, home: &str) -> Vec<Value> {
    let mut hostile = [queries(page), updates(page, home), bodies(page)].concat();
    for root in ROOTS {
        for kind in KINDS {
            hostile.extend(KEYS.map(|key| asked("DELETE", &format!("{root}/{kind}/{key}"))));
        }
    }
    for method in METHODS {
        for path in ["/wiki/rest/api/space/IT", "/wiki/api/v2/pages", "/wiki/api/v2/blogposts/1"] {
            hostile.push(asked(method, path));
        }
    }
    hostile.extend(PATHS.iter().map(|(method, path)| asked(method, path)));
    hostile
}

/// Everything but reads that has left.
fn writes(desk: &Desk) -> Vec<String> {
    let is_read = |name: &String| name.starts_with("GET ") || name.ends_with("/users-bulk");
    desk.site.requests().into_keys().filter(|name| !is_read(name)).collect()
}

#[tokio::test]
async fn no_hostile_request_changes_anything_under_full_access() {
    let desk = Desk::under(shipped::shipped("full-access").unwrap()).await;
    let page = desk.page("Escalation matrix");
    let home = desk
        .site
        .with_site(|site| site.spaces.values().find(|space| space.key == "IT").unwrap().homepage.unwrap().to_string());
    let before = desk.site.with_site(|site| format!("{:?} {:?}", site.spaces, site.contents));
    let table = table(&page, &home);
    assert!(table.len() > 300, "{}", table.len());
    for arguments in table {
        let reply = desk.call(RAW, arguments.clone()).await;
        all_visible(&arguments.to_string(), &reply);
        let error = reply.expect_err(&arguments.to_string());
        let told = ["invalid_input", "refused", "not_found", "conflict"].contains(&&*error.code);
        assert!(told && !error.message.contains('\n'), "{arguments}: {error:?}");
        assert_eq!(writes(&desk), Vec::<String>::new(), "{arguments}");
    }
    assert!(!desk.site.space_delete_executed());
    assert!(desk.site.with_site(|site| format!("{:?} {:?}", site.spaces, site.contents)) == before);
}

#[tokio::test]
async fn no_hostile_spelling_passes_through_an_argument_of_a_tool() {
    let desk = Desk::under(shipped::shipped("full-access").unwrap()).await;
    let mut spellings: Vec<String> = KINDS.iter().flat_map(|kind| KEYS.map(|key| format!("../{kind}/{key}"))).collect();
    spellings.extend(PATHS.iter().map(|(_, path)| (*path).to_owned()));
    for spelling in spellings {
        for (tool, arguments) in [
            ("get_page", json!({ "page_id": spelling })),
            ("delete_page", json!({ "page_id": spelling })),
            ("delete_attachment", json!({ "attachment_id": spelling })),
            ("update_space", json!({ "space": spelling, "name": "x" })),
            ("get_space", json!({ "space": spelling })),
            ("remove_label", json!({ "page_id": "1", "label": spelling })),
            ("reply_to_comment", json!({ "comment_id": spelling, "body": "x" })),
            ("list_pages", json!({ "space": spelling })),
            ("get_user", json!({ "account_id": spelling })),
        ] {
            let reply = desk.call(tool, arguments).await;
            assert!(reply.is_err(), "{tool} {spelling:?}");
        }
    }
    assert_eq!(writes(&desk), Vec::<String>::new());
    assert!(!desk.site.space_delete_executed());
    let homes_stand = desk.site.with_site(|site| {
        site.spaces
            .values()
            .filter_map(|space| site.contents.get(&space.homepage?))
            .all(|home| home.status == ContentStatus::Current)
    });
    assert!(homes_stand);
}

/// Paths that are, or nearly are, those of a space.
fn paths() -> impl Strategy<Value = String> {
    let root = prop::sample::select(ROOTS.to_vec());
    let kind = prop_oneof![prop::sample::select(KINDS.to_vec()), Just("space"), Just("content/../space")];
    let key = prop_oneof![prop::sample::select(KEYS.to_vec()), Just("IT")];
    let noise = prop::collection::vec((any::<prop::sample::Index>(), "[/.;%\\\\?#a-zA-Z0-9 ~:]{0,3}|\\PC"), 0..3);
    (root, kind, key, noise).prop_map(|(root, kind, key, noise)| {
        let mut path = format!("{root}/{kind}/{key}");
        for (at, sign) in noise {
            let at = at.index(path.chars().count() + 1);
            let at = path.char_indices().nth(at).map_or(path.len(), |(at, _)| at);
            path.insert_str(at, &sign);
        }
        path
    })
}

#[test]
fn nothing_that_the_sites_own_router_reads_as_a_space_delete_is_ever_sent() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let desk = runtime.block_on(Desk::under(shipped::shipped("full-access").unwrap()));
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(4_000));
    let methods = prop::sample::select(vec!["DELETE", "POST", "PUT", "GET", "delete"]);
    let counted = std::cell::Cell::new(0_u32);
    runner
        .run(&(methods, paths()), |(method, path)| {
            let sent = desk.site.total_requests();
            let reply = runtime.block_on(desk.call(RAW, asked(method, &path)));
            if reads_as_space_delete(method, &path, "") {
                counted.set(counted.get() + 1);
                prop_assert!(reply.is_err(), "{method} {path}");
                prop_assert_eq!(desk.site.total_requests(), sent, "{} {}", method, path);
            }
            prop_assert!(!desk.site.space_delete_executed(), "{method} {path}");
            Ok(())
        })
        .unwrap();
    assert!(counted.get() > 300, "{} of the paths were space deletes", counted.get());
}
