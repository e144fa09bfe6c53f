//! A hostile agent calls any tool with anything, thousands of times: what its profile forbids never leaves.

use serde_json::{Map, Value, json};
use sluice::policy::file::shipped;
use sluice::sandbox::model::{ContentStatus, Site};
use sluice::tools::{self, Entry};

use super::all_visible;
use crate::desk::Desk;

const CALLS: usize = 1_200;

/// Words an attacker would try, besides what is really there.
const WORDS: [&str; 22] = [
    "",
    "1",
    "x",
    "IT",
    "HR",
    "it",
    "NEW1",
    "markdown",
    "storage",
    "footer",
    "\u{202e}\u{200b}",
    "../../space/IT",
    "%2e%2e%2fspace%2fIT",
    "type = page or space = HR",
    "space = \"HR\"",
    "text ~ \"a\" order by lastmodified",
    "\" or space = HR or title ~ \"",
    "<p />",
    "<ac:structured-macro ac:name=\"include\" />",
    "https://evil.example/x",
    "confluence://page/1",
    "att1",
];

/// Ids and keys of everything on a site.
fn treasures(site: &Site) -> Vec<String> {
    let contents = site.contents.keys().step_by(7).map(ToString::to_string);
    let files = site.attachments.keys().map(|id| format!("att{id}"));
    let comments = site.comments.keys().map(ToString::to_string);
    let spaces = site.spaces.values().flat_map(|space| [space.key.clone(), space.id.to_string()]);
    let homes = site.spaces.values().filter_map(|space| space.homepage).map(|id| id.to_string());
    contents.chain(files).chain(comments).chain(spaces).chain(homes).collect()
}

fn anything(random: &mut fastrand::Rng, treasures: &[String]) -> Value {
    match random.u8(0..12) {
        0 => Value::Null,
        1 => json!(random.i64(-2..300)),
        2 => json!([random.choice(treasures).unwrap(), random.choice(WORDS).unwrap()]),
        3 => json!({ "a": 1 }),
        4..=6 => json!(random.choice(WORDS).unwrap()),
        _ => json!(random.choice(treasures).unwrap()),
    }
}

/// Mostly what fits an argument's name, so that many calls get far.
fn argument(name: &str, random: &mut fastrand::Rng, site: &Site, treasures: &[String]) -> Value {
    if random.u8(0..5) == 0 {
        return anything(random, treasures);
    }
    let mut any = |ids: Vec<String>| json!(random.choice(&ids).unwrap());
    match name {
        "page_id" | "parent_id" => any(site.contents.keys().map(ToString::to_string).collect()),
        "attachment_id" => any(site.attachments.keys().map(|id| format!("att{id}")).collect()),
        "comment_id" => any(site.comments.keys().map(ToString::to_string).collect()),
        "space" => any(site.spaces.values().map(|space| space.key.clone()).collect()),
        "key" => json!(format!("N{}", random.u16(..))),
        "version" => json!(random.u8(1..4)),
        "limit" => json!(random.u8(1..=250)),
        "labels" => json!(["x", "on-call"]),
        "body_format" => json!(random.choice(["markdown", "storage"]).unwrap()),
        "content_base64" => json!("aGk="),
        _ => anything(random, treasures),
    }
}

fn arguments(entry: &Entry, random: &mut fastrand::Rng, site: &Site, treasures: &[String]) -> Map<String, Value> {
    let schema = (entry.input_schema)();
    let required: Vec<&str> =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let mut arguments = Map::new();
    for name in schema["properties"].as_object().unwrap().keys() {
        if required.contains(&name.as_str()) || random.u8(0..3) == 0 {
            arguments.insert(name.clone(), argument(name, random, site, treasures));
        }
    }
    if random.u8(0..30) == 0 {
        arguments.insert("purge".into(), json!(true));
    }
    arguments
}

/// Lets the agent loose; the desk afterwards.
async fn rampage(profile: &str, seed: u64) -> Desk {
    let desk = Desk::under(profile).await;
    let mut random = fastrand::Rng::with_seed(seed);
    let site = desk.site.with_site(|site| site.clone());
    let treasures = treasures(&site);
    let all: Vec<&Entry> = tools::catalog().collect();
    for _ in 0..CALLS {
        let entry = random.choice(&all).unwrap();
        let arguments = Value::Object(arguments(entry, &mut random, &site, &treasures));
        let reply = desk.call(entry.facts.name, arguments.clone()).await;
        assert!(!reply.as_ref().is_err_and(|error| error.code == "bug"), "{entry:?} {arguments}: {reply:?}");
        all_visible(&format!("{entry:?} {arguments}"), &reply);
    }
    assert!(!desk.site.space_delete_executed());
    let homes_stand = desk.site.with_site(|site| {
        let homes = site.spaces.values().filter_map(|space| site.contents.get(&space.homepage?));
        homes.into_iter().all(|home| home.status == ContentStatus::Current)
    });
    assert!(homes_stand);
    desk
}

/// Everything that was sent which no list of `allowed` beginnings holds.
fn others(desk: &Desk, allowed: &[&str]) -> Vec<String> {
    let fits = |template: &String| allowed.iter().any(|start| template.starts_with(start));
    desk.site.requests().into_keys().filter(|template| !fits(template)).collect()
}

const READS: [&str; 2] = ["GET ", "POST /wiki/api/v2/users-bulk"];

#[tokio::test]
async fn under_read_only_nothing_but_reads_leaves() {
    let desk = rampage(shipped::shipped("read-only").unwrap(), 1).await;
    assert_eq!(others(&desk, &READS), Vec::<String>::new());
    assert!(desk.site.total_requests() > 300, "the agent did not get far");
}

#[tokio::test]
async fn under_documentation_manager_nothing_is_deleted_and_no_space_is_touched() {
    let desk = rampage(shipped::shipped("documentation-manager").unwrap(), 2).await;
    let writes = [
        "POST /wiki/api/v2/pages",
        "PUT /wiki/api/v2/pages/{id}",
        "POST /wiki/api/v2/blogposts",
        "POST /wiki/api/v2/footer-comments",
        "POST /wiki/api/v2/inline-comments",
        "POST /wiki/rest/api/content/{id}/label",
        "POST /wiki/rest/api/content/{id}/child/attachment",
        "POST /wiki/api/v2/databases",
        "POST /wiki/api/v2/embeds",
        "POST /wiki/api/v2/folders",
        "POST /wiki/api/v2/whiteboards",
        "POST /wiki/rest/api/content/{id}/copy",
        "POST /wiki/rest/api/content/{id}/pagehierarchy/copy",
        "POST /wiki/rest/api/user/watch/content/{contentId}",
        "PUT /wiki/api/v2/blogposts/{id}",
        "PUT /wiki/api/v2/footer-comments/{comment-id}",
        "PUT /wiki/api/v2/inline-comments/{comment-id}",
        "PUT /wiki/api/v2/pages/{page-id}/properties/{property-id}",
        "PUT /wiki/api/v2/tasks/{id}",
        "PUT /wiki/rest/api/content/{id}/child/attachment",
        "PUT /wiki/rest/api/content/{pageId}/move/{position}/{targetId}",
    ];
    assert_eq!(others(&desk, &[&READS[..], &writes].concat()), Vec::<String>::new());
    assert!(others(&desk, &READS).len() > 2, "the agent did not get far");
}

#[tokio::test]
async fn under_full_access_no_space_is_deleted_and_no_homepage() {
    let desk = rampage(shipped::shipped("full-access").unwrap(), 3).await;
    let deletes = [
        "DELETE /wiki/api/v2/pages/{id}",
        "DELETE /wiki/api/v2/attachments/{id}",
        "DELETE /wiki/api/v2/blogposts/{id}",
        "DELETE /wiki/api/v2/databases/{id}",
        "DELETE /wiki/api/v2/embeds/{id}",
        "DELETE /wiki/api/v2/folders/{id}",
        "DELETE /wiki/api/v2/footer-comments/{comment-id}",
        "DELETE /wiki/api/v2/inline-comments/{comment-id}",
        "DELETE /wiki/api/v2/pages/{page-id}/properties/{property-id}",
        "DELETE /wiki/api/v2/whiteboards/{id}",
        "DELETE /wiki/rest/api/user/watch/content/{contentId}",
        "DELETE /wiki/rest/api/content/{id}/label",
    ];
    let more = ["POST ", "PUT "];
    assert_eq!(others(&desk, &[&READS[..], &deletes, &more].concat()), Vec::<String>::new());
    assert!(others(&desk, &READS).iter().any(|template| template.starts_with("DELETE ")), "the agent did not get far");
}

#[tokio::test]
async fn a_scope_holds_against_everything_an_agent_can_say() {
    let scoped = format!("{}\n[scope]\ndeny_spaces = [\"HR\"]", shipped::shipped("full-access").unwrap());
    let untouched = |site: &Site| {
        let hr = site.spaces.values().find(|space| space.key == "HR").unwrap().clone();
        let here: Vec<_> = site.contents.values().filter(|content| content.space == hr.id).cloned().collect();
        let on = |container: u64| here.iter().any(|content| content.id == container);
        let comments = site.comments.values().filter(|comment| on(comment.container)).count();
        let files: Vec<_> = site.attachments.values().filter(|file| on(file.container)).cloned().collect();
        format!("{hr:?} {here:?} {comments} {files:?}")
    };
    let before = untouched(&sluice::sandbox::seed::service_desk());
    let desk = rampage(&scoped, 4).await;
    assert!(desk.site.with_site(|site| untouched(site)) == before, "something in the hidden space changed");
}
