//! IT Glue, against a stand-in written from its published API: organizations, documents in and outside folders, sections.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use sluice::sources::{Ended, Source, SourceKind};

use super::host::{Answer, Asked, Host, paged};
use super::{Home, KEY, why};

/// What the filter `filter[document_folder_id]=null` means; people tell different things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Null {
    All,
    OutsideFolders,
    Refused,
}

#[derive(Clone)]
struct Doc {
    id: u64,
    organization: u64,
    folder: Option<u64>,
    updated: String,
    extra: Value,
    sections: Vec<Value>,
}

struct Site {
    organizations: Vec<u64>,
    documents: Vec<Doc>,
    null: Null,
    may_list: bool,
    may_read: bool,
}

type Shared = Arc<Mutex<Site>>;

fn text(html: &str) -> Value {
    json!({ "resource-type": "Document::Text", "content": html })
}

fn doc(id: u64, organization: u64, folder: Option<u64>) -> Doc {
    let heading = json!({ "resource-type": "Document::Heading", "content": "Steps", "level": 2 });
    let gallery = json!({ "resource-type": "Document::Gallery", "content": null });
    let sections = vec![heading, text(&format!("<p>Text of <b>{id}</b></p>")), gallery];
    Doc { id, organization, folder, updated: "2026-01-01T00:00:00.000Z".into(), extra: json!({}), sections }
}

impl Doc {
    fn resource(&self) -> Value {
        let mut attributes = json!({
            "organization-id": self.organization, "name": format!("Document {}", self.id),
            "document-folder-id": self.folder, "created-at": "2025-12-01T00:00:00.000Z", "updated-at": self.updated,
            "resource-url": format!("https://acme.itglue.com/{}/docs/{}", self.organization, self.id),
            "published": true, "archived": false, "restricted": false,
        });
        attributes.as_object_mut().unwrap().extend(self.extra.as_object().unwrap().clone());
        json!({ "id": self.id.to_string(), "type": "documents", "attributes": attributes })
    }
}

fn answer(site: &Site, asked: &Asked) -> Answer {
    let (number, many) = (asked.number("page[number]", 1), asked.number("page[size]", 50));
    assert!(many <= 1000);
    let resource =
        |id: &str, kind: &str, attributes: Value| json!({ "id": id, "type": kind, "attributes": attributes });
    let parts: Vec<&str> = asked.path.split('/').skip(1).collect();
    let id = |text: &str| text.parse::<u64>().unwrap();
    let listed: Vec<Value> = match parts.as_slice() {
        ["organizations"] => {
            let named = |id: &u64| resource(&id.to_string(), "organizations", json!({ "name": format!("Org {id}") }));
            site.organizations.iter().map(named).collect()
        }
        ["organizations", _, "relationships", "documents"] if !site.may_list => return Answer::Status(403),
        ["organizations", organization, "relationships", "documents"] => {
            let outside = |doc: &Doc| doc.folder.is_none();
            let wanted = |doc: &&Doc| match (asked.value("filter[document_folder_id]"), site.null) {
                (Some("null"), Null::All) => true,
                (Some("null"), _) => outside(doc),
                _ if asked.value("filter[document_folder_id][ne]").is_some() => !outside(doc),
                _ => outside(doc),
            };
            if site.null == Null::Refused && asked.value("filter[document_folder_id]").is_some() {
                return Answer::Status(422);
            }
            let of = site.documents.iter().filter(|doc| doc.organization == id(organization));
            of.filter(wanted).map(Doc::resource).collect()
        }
        ["organizations", _, "relationships", "document_folders"] => vec![
            resource("70", "document-folders", json!({ "name": "Runbooks", "parent-id": null })),
            resource("71", "document-folders", json!({ "name": "VPN", "parent-id": 70 })),
            // They stand in each other.
            resource("72", "document-folders", json!({ "name": "Round", "parent-id": 72 })),
        ],
        ["documents", _, "relationships", "sections"] if !site.may_read => return Answer::Status(403),
        ["documents", document, "relationships", "sections"] => {
            let Some(doc) = site.documents.iter().find(|doc| doc.id == id(document)) else {
                return Answer::Status(404);
            };
            let section =
                |(at, section): (usize, &Value)| resource(&format!("{at}9"), "document-sections", section.clone());
            doc.sections.iter().enumerate().map(section).collect()
        }
        ["documents", document] => {
            let found = site.documents.iter().find(|doc| doc.id == id(document));
            return found.map_or(Answer::Status(404), |doc| Answer::Json(json!({ "data": doc.resource() })));
        }
        _ => return Answer::Status(404),
    };
    Answer::Json(paged(&listed, number, many))
}

async fn start(documents: Vec<Doc>) -> (Home, Host, Arc<dyn Source>, Shared) {
    let site = Site { organizations: vec![5, 12, 100], documents, null: Null::All, may_list: true, may_read: true };
    let site = Arc::new(Mutex::new(site));
    let own = Arc::clone(&site);
    let host = Host::start(move |asked| answer(&own.lock().unwrap(), asked)).await;
    let home = Home::new().await;
    let source = home.make(SourceKind::ItGlue, &host.address, KEY).unwrap();
    (home, host, source, site)
}

#[tokio::test]
async fn documents_of_every_organization_are_copied_in_and_outside_folders_whatever_the_filter_means() {
    for null in [Null::All, Null::OutsideFolders, Null::Refused] {
        let (home, host, source, site) =
            start(vec![doc(1, 5, None), doc(2, 5, Some(71)), doc(3, 100, None), doc(4, 100, Some(72))]).await;
        site.lock().unwrap().null = null;
        let outcome = home.filled(&source).await;
        assert_eq!((outcome.copied, home.ids()), (4, ["1", "2", "3", "4"].map(str::to_owned).into()), "{null:?}");
        let copy = home.copy("2");
        assert_eq!((copy.title.as_str(), copy.body.as_str()), ("Document 2", "## Steps\n\nText of **2**"));
        assert_eq!(
            (copy.breadcrumb, copy.ancestors),
            (vec!["Runbooks".into(), "VPN".into()], vec!["70".into(), "71".into()])
        );
        assert_eq!((copy.space.id.as_str(), copy.space.name.as_str()), ("5", "Org 5"));
        assert_eq!(copy.url, "https://acme.itglue.com/5/docs/2");
        assert_eq!(copy.modified, Some("2026-01-01T00:00:00Z".parse().unwrap()));
        assert!(home.copy("4").breadcrumb.len() <= 32);
        host.asked();
    }
}

#[tokio::test]
async fn what_did_not_change_is_neither_read_nor_copied_again_and_what_is_gone_goes() {
    let (home, host, source, site) = start((1..=30).map(|id| doc(id, 12, None)).collect()).await;
    home.filled(&source).await;
    host.asked();
    let same = home.filled(&source).await;
    assert_eq!((same.seen, same.copied, same.removed, host.times("sections")), (30, 0, 0, 0));
    {
        let mut site = site.lock().unwrap();
        site.documents[3].updated = "2026-02-01T00:00:00.000Z".into();
        site.documents[3].sections = vec![text("<p>New</p>")];
        site.documents[7].extra = json!({ "archived": true });
        site.documents[8].extra = json!({ "published": false });
        site.documents[9].extra = json!({ "restricted": true });
        site.documents.remove(29);
    }
    let changed = home.filled(&source).await;
    assert_eq!((changed.copied, changed.removed, host.times("sections")), (2, 3, 2));
    assert_eq!(home.copy("4").body, "New");
    assert!(home.copy("10").restricted && !home.copy("4").restricted);
    assert_eq!(home.ids().len(), 27);
}

#[tokio::test]
async fn a_right_that_is_lacking_is_found_and_said() {
    let (home, host, source, site) = start(vec![doc(1, 5, None)]).await;
    for null in [Null::Refused, Null::All] {
        site.lock().unwrap().null = null;
        assert_eq!(source.check().await.unwrap().lacking, Vec::<String>::new());
    }
    let stranger = home.make(SourceKind::ItGlue, &host.address, "ITG.other").unwrap();
    let told = stranger.check().await.unwrap_err().to_string();
    assert!(told.contains("not accepted (status 401)") && told.contains("90 days"), "{told}");
    site.lock().unwrap().may_list = false;
    let told = source.check().await.unwrap_err().to_string();
    assert!(told.starts_with("its key may not list documents (status 403); IT Glue refuses that"), "{told}");
    assert!(why(&home.fill(&source).await).contains("may not list documents"));
    site.lock().unwrap().may_list = true;
    site.lock().unwrap().may_read = false;
    let told = source.check().await.unwrap_err().to_string();
    assert!(told.contains("may not read what documents say"), "{told}");
    assert!(!told.contains("canary"), "{told}");
    site.lock().unwrap().organizations.clear();
    assert!(source.check().await.unwrap().lacking[0].contains("sees no organization"));
}

#[tokio::test]
async fn documents_on_many_pages_and_in_many_sections_are_whole() {
    let (home, _host, source, site) = start((1..=600).map(|id| doc(id, 5, None)).collect()).await;
    let many = (0..250).map(|at| json!({ "resource_type": "Document::Text", "content": format!("<p>s{at}</p>") }));
    site.lock().unwrap().documents[0].sections = many.collect();
    site.lock().unwrap().documents[1].sections.clear();
    site.lock().unwrap().documents[1].extra = json!({ "content": "<p>Old form</p>" });
    let outcome = home.filled(&source).await;
    assert_eq!((outcome.seen, outcome.copied), (600, 600));
    let body = home.copy("1").body;
    assert!(body.starts_with("s0\n\ns1\n") && body.ends_with("s249"), "{body}");
    assert_eq!(home.copy("2").body, "Old form");
}

#[tokio::test]
async fn too_many_questions_pause_a_run_and_faults_of_one_part_leave_the_rest() {
    let (home, host, source, _site) = start((1..=3).map(|id| doc(id, 5, None)).collect()).await;
    host.next("/organizations", 1, Answer::Busy(Some("17")));
    host.next("/documents/2/", 9, Answer::Status(500));
    host.next("/documents/3/", 1, Answer::Text("[[[{".into()));
    host.next("/organizations/12/", 9, Answer::Text("no json".into()));
    let outcome = home.fill(&source).await;
    assert_eq!((outcome.ended, outcome.errors, outcome.copied), (Ended::WithHoles, 3, 1));
    assert_eq!(outcome.problems[0].what, "`Document 2`, id `2`");
    assert!(outcome.problems[0].why.contains("status 500"), "{:?}", outcome.problems);
    assert!(outcome.problems.iter().any(|problem| problem.what == "the documents of `Org 12`"));
    assert_eq!(home.clock.pauses(), [17, 2, 4, 8]);
    host.as_usual();
    let outcome = home.filled(&source).await;
    assert_eq!((outcome.copied, home.ids().len()), (2, 3));
}

#[tokio::test]
async fn a_list_without_an_end_is_left() {
    let (home, host, source, _site) = start(vec![doc(1, 5, None)]).await;
    let again = json!({ "data": [doc(1, 5, None).resource()], "meta": { "total-pages": 1_000_000 } });
    host.next("/organizations/5/relationships/documents", usize::MAX, Answer::Json(again));
    assert!(why(&home.fill(&source).await).contains("its list does not end"));
    host.as_usual();
    let again = json!({ "data": [{ "id": "5", "attributes": {} }], "meta": { "total-pages": 1_000_000 } });
    host.next("/organizations", usize::MAX, Answer::Json(again));
    assert!(why(&home.fill(&source).await).contains("its list does not end"));
    host.as_usual();
    home.filled(&source).await;
}
