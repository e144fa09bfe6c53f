//! Every request Sluice can make, as a value: method, path, query and body, without a site.

mod copies;
mod talk;

use std::collections::BTreeSet;
use std::path::Path;

use bytes::Bytes;
use expect_test::expect;
use sluice::confluence::Request;
use sluice::confluence::api::around::{self, TaskFilter};
use sluice::confluence::api::attachments::{self, Upload};
use sluice::confluence::api::comments::{self, CommentKind};
use sluice::confluence::api::labels::Labelled;
use sluice::confluence::api::pages::{self, ChangedPage, DocumentKind, NewPage};
use sluice::confluence::api::spaces::{self, SpaceFilter};
use sluice::confluence::api::tree::{self, NewNode, Position, Renaming};
use sluice::confluence::api::{Paging, blogs, labels, search, users};
use sluice::confluence::request::frozen::is_kept;
use sluice::domain::access::Access;
use sluice::domain::ids::{CommentId, ContentId, SpaceId, SpaceKey, VersionNumber};
use sluice::domain::place::{NodeKind, Parent};

use crate::shared;

/// What one constructor makes.
struct Made {
    /// Module and function, such as `pages::get_page`.
    constructor: &'static str,
    method: &'static str,
    template: &'static str,
    /// What it amounts to, the request, and its body.
    line: String,
}

fn made<A: Access>(constructor: &'static str, request: &Request<A>) -> Made {
    let body = String::from_utf8_lossy(request.body().bytes()).replace("\r\n", "\\r\\n");
    let line = format!("{} {request:?} {body}", request.effect()).trim_end().to_owned();
    // The reads that POST apart, whatever is sent can be kept until a person has decided.
    let reads = ["GET /", "POST /wiki/api/v2/users-bulk"];
    let sent = format!("{} {}", request.method().as_str(), request.template());
    let kept = is_kept(request.method().as_str(), request.template());
    assert_eq!(kept, !reads.iter().any(|read| sent.starts_with(read)), "{sent}");
    Made { constructor, method: request.method().as_str(), template: request.template(), line }
}

fn page() -> ContentId {
    "123".parse().unwrap()
}

fn space() -> SpaceId {
    "98317".parse().unwrap()
}

fn key() -> SpaceKey {
    "~712020ab".parse().unwrap()
}

fn first() -> Paging {
    Paging::default()
}

fn next() -> Paging {
    Paging { limit: Some(25), cursor: Some("eyJpZCI6MX0=".parse().unwrap()) }
}

fn changed(storage: &str) -> Made {
    let (id, title, message) = (&page(), "VPN & \"Wi-Fi\"", "by bot through Sluice");
    let page = ChangedPage { id, title, storage, version: VersionNumber(4), message };
    made("pages::update_page", &pages::update_page(&page))
}

fn of_pages() -> Vec<Made> {
    let (page, space) = (page(), space());
    let (id, version) = (&page, VersionNumber(4));
    let restored = pages::restore_page(&ChangedPage { id, title: "VPN", storage: "", version, message: "by bot" });
    let new = |parent| NewPage { space: &space, title: "VPN & \"Wi-Fi\"", parent, storage: "<p>Größe</p>" };
    vec![
        made("pages::get_page", &pages::get_page(&page, None)),
        made("pages::get_page", &pages::get_page(&page, Some(VersionNumber(3)))),
        made("pages::get_page_head", &pages::get_page_head(&page)),
        made("pages::get_page_head_in_any_status", &pages::get_page_head_in_any_status(&page)),
        made("pages::get_page_in_any_status", &pages::get_page_in_any_status(&page)),
        made("pages::documents_titled", &pages::documents_titled(DocumentKind::Page, &space, "VPN & Wi-Fi")),
        made("pages::documents_titled", &pages::documents_titled(DocumentKind::BlogPost, &space, "VPN")),
        made("pages::newest_documents", &pages::newest_documents(DocumentKind::Page, &space)),
        made("pages::newest_documents", &pages::newest_documents(DocumentKind::BlogPost, &space)),
        made("pages::page_version", &pages::page_version(&page, VersionNumber(3))),
        made("pages::restore_page", &restored),
        made("pages::get_page_labels", &pages::get_page_labels(&page)),
        made("pages::list_pages_in_space", &pages::list_pages_in_space(&space, &next())),
        made("pages::list_pages", &pages::list_pages(&[], &first())),
        made("pages::pages_by_id", &pages::pages_by_id(&[page.clone(), "124".parse().unwrap()])),
        made("pages::page_by_title", &pages::page_by_title(&space, "VPN & \"Wi-Fi\"?")),
        made("pages::children", &pages::children(&page, &next())),
        made("pages::descendants", &pages::descendants(&page)),
        made("pages::versions", &pages::versions(&page, &first())),
        made("pages::create_page", &pages::create_page(&new(None))),
        made("pages::create_page", &pages::create_page(&new(Some(&page)))),
        changed("<p>Größe</p>"),
        changed(" \n"),
        made("pages::trash_page", &pages::trash_page(&page)),
        made("blogs::get_blog_post", &blogs::get_blog_post(&page, None)),
        made("blogs::get_blog_post", &blogs::get_blog_post(&page, Some(VersionNumber(1)))),
        made("blogs::get_blog_post_in_any_status", &blogs::get_blog_post_in_any_status(&page)),
        made("blogs::trash_blog_post", &blogs::trash_blog_post(&page)),
        made("blogs::get_blog_post_head", &blogs::get_blog_post_head(&page)),
        made("blogs::list_blog_posts", &blogs::list_blog_posts(&[], &next())),
        made("blogs::list_blog_posts", &blogs::list_blog_posts(std::slice::from_ref(&space), &first())),
        made("blogs::create_blog_post", &blogs::create_blog_post(&new(Some(&page)))),
    ]
}

fn of_the_tree() -> Vec<Made> {
    let (page, space) = (page(), space());
    let (id, target): (_, ContentId) = (&page, "456".parse().unwrap());
    let changed = ChangedPage { id, title: "VPN", storage: "<p>x</p>", version: VersionNumber(1), message: "by bot" };
    let emptied = ChangedPage { storage: " ", ..changed.clone() };
    let new = NewPage { space: &space, title: "VPN", parent: Some(id), storage: "<p>x</p>" };
    let renaming = Renaming { prefix: Some("Copy of "), replace: Some(("old", "")) };
    let mut all = vec![
        made("pages::get_draft", &pages::get_draft(id)),
        made("pages::create_live_doc", &pages::create_live_doc(&new)),
        made("pages::publish_draft", &pages::publish_draft(&changed)),
        made("pages::rename_page", &pages::rename_page(id, "VPN & \"Wi-Fi\"")),
        made("blogs::update_blog_post", &blogs::update_blog_post(&changed)),
        made("blogs::update_blog_post", &blogs::update_blog_post(&emptied)),
        made("blogs::blog_post_version", &blogs::blog_post_version(id, VersionNumber(3))),
        made("tree::copy_page", &tree::copy_page(id, "VPN", &Parent::Page(target.clone()))),
        made("tree::copy_page", &tree::copy_page(id, "VPN", &Parent::Node(NodeKind::Folder, target.clone()))),
        made("tree::copy_page_tree", &tree::copy_page_tree(id, &target, &Renaming::default())),
        made("tree::copy_page_tree", &tree::copy_page_tree(id, &target, &renaming)),
        made("tree::archive_page", &tree::archive_page(id)),
        made("tree::long_task", &tree::long_task(&"0a-1".parse().unwrap())),
        made("tree::children", &tree::children(&Parent::Page(target.clone()))),
        made("tree::ancestors", &tree::ancestors(&Parent::Page(page.clone()))),
    ];
    for position in [Position::Before, Position::After, Position::Append] {
        all.push(made("tree::move_page", &tree::move_page(id, position, &target)));
    }
    for kind in NodeKind::ALL {
        let url = Some("https://example.com/?a=b").filter(|_| kind == NodeKind::SmartLink);
        let parent = Some(id).filter(|_| kind != NodeKind::Database);
        all.extend([
            made("tree::children", &tree::children(&Parent::Node(kind, page.clone()))),
            made("tree::ancestors", &tree::ancestors(&Parent::Node(kind, page.clone()))),
            made("tree::create_node", &tree::create_node(&NewNode { kind, space: &space, title: "New", parent, url })),
            made("tree::trash_node", &tree::trash_node(kind, id)),
        ]);
    }
    all
}

fn of_comments_and_labels() -> Vec<Made> {
    let (page, comment): (_, CommentId) = (page(), "456".parse().unwrap());
    let names = ["vpn".parse().unwrap(), "größe/öffnung".parse().unwrap()];
    let mut all = Vec::new();
    for kind in [CommentKind::Footer, CommentKind::Inline] {
        all.extend([
            made("comments::comments_of_page", &comments::comments_of_page(kind, &page, &next())),
            made("comments::replies", &comments::replies(kind, &comment, &first())),
            made("comments::newest_comments", &comments::newest_comments(kind, &page)),
            made("comments::newest_replies", &comments::newest_replies(kind, &comment)),
            made("comments::delete_comment", &comments::delete_comment(kind, &comment)),
            made("comments::get_comment", &comments::get_comment(kind, &comment)),
            made("comments::create_reply", &comments::create_reply(kind, &comment, "<p>Yes</p>")),
        ]);
    }
    all.extend([
        made("comments::create_footer_comment", &comments::create_footer_comment(&page, "<p>Yes</p>")),
        made("labels::labels_of_page", &labels::labels_of_page(&page, &next())),
        made("labels::add_labels", &labels::add_labels(&Labelled::Page(page.clone()), &names)),
        made("labels::remove_label", &labels::remove_label(&Labelled::Page(page), &names[1])),
    ]);
    all
}

fn of_the_rest() -> Vec<Made> {
    let (page, file) = (page(), "att789".parse().unwrap());
    let content = Bytes::from_static(b"a,b");
    let upload = Upload { file_name: "a \"b\".csv", media_type: "text/csv", content, comment: "by bot" };
    let filter = SpaceFilter { kind: Some("global"), status: Some("archived"), ids: vec![space()] };
    vec![
        made("attachments::attachments_of_page", &attachments::attachments_of_page(&page, &next())),
        made("attachments::attachment_named", &attachments::attachment_named(&page, "a \"b\".csv")),
        made("attachments::trashed_attachment_named", &attachments::trashed_attachment_named(&page, "a.csv")),
        made("attachments::get_attachment_version", &attachments::get_attachment_version(&file, VersionNumber(1))),
        made("attachments::get_attachment", &attachments::get_attachment(&file)),
        made("attachments::download_attachment", &attachments::download_attachment(&page, &file)),
        made("attachments::create_attachment", &attachments::create_attachment(&page, &upload)),
        made("attachments::trash_attachment", &attachments::trash_attachment(&file)),
        made("search::search", &search::search("space = \"IT\" and text ~ \"vpn\"", &next())),
        made("search::search_users", &search::search_users("user.fullname ~ \"Mira\"", 25, 50)),
        made("spaces::list_spaces", &spaces::list_spaces(&SpaceFilter::default(), &first())),
        made("spaces::list_spaces", &spaces::list_spaces(&filter, &next())),
        made("spaces::spaces_by_id", &spaces::spaces_by_id(&["98305".parse().unwrap(), "98307".parse().unwrap()])),
        made("spaces::space_by_key", &spaces::space_by_key(&key())),
        made("spaces::get_space", &spaces::get_space(&space())),
        made("spaces::create_space", &spaces::create_space(&key(), "Mira", None)),
        made("spaces::create_space", &spaces::create_space(&key(), "Mira", Some("Her \"own\""))),
        made("spaces::update_space", &spaces::update_space(&key(), Some("Mira"), None)),
        made("spaces::update_space", &spaces::update_space(&key(), None, Some(""))),
        made("users::users_by_id", &users::users_by_id(&["712020:ab".parse().unwrap()])),
        made("users::current_user", &users::current_user()),
    ]
}

fn of_what_hangs_around() -> Vec<Made> {
    let (page, file, space) = (page(), "att789".parse().unwrap(), space());
    let person = "712020:ab".parse().unwrap();
    let filter = TaskFilter {
        status: Some("complete"),
        page: Some(page.clone()),
        spaces: vec![space.clone()],
        assigned_to: Some(person),
    };
    let mut all = vec![
        made("pages::top_pages", &pages::top_pages(&space)),
        made("pages::trashed_pages", &pages::trashed_pages(&space, &next())),
        made("pages::descendants_to", &pages::descendants_to(&page, 3, &next())),
        made("blogs::changed_blog_posts", &blogs::changed_blog_posts(std::slice::from_ref(&space), &first())),
        made("labels::labels_of_attachment", &labels::labels_of_attachment(&file, &next())),
        made("labels::labels_of_space", &labels::labels_of_space(&space, &next())),
        made("comments::comments_of_attachment", &comments::comments_of_attachment(&file, &next())),
        made("comments::inline_comments", &comments::inline_comments(&page, Some("open"), &next())),
        made("attachments::versions_of_attachment", &attachments::versions_of_attachment(&file, &next())),
        made("attachments::attachment_thumbnail", &attachments::attachment_thumbnail(&file)),
        made("around::properties_of_space", &around::properties_of_space(&space, Some("a b"), &next())),
        made("around::list_tasks", &around::list_tasks(&TaskFilter::default(), &first())),
        made("around::list_tasks", &around::list_tasks(&filter, &next())),
        made("around::restrictions", &around::restrictions(&page)),
        made("around::watchers", &around::watchers(&page, 25, 50)),
        made("around::views", &around::views(&page, None)),
        made("around::viewers", &around::viewers(&page, Some("2026-01-31"))),
        made("around::list_templates", &around::list_templates(None, 25, 0)),
        made("around::list_templates", &around::list_templates(Some(&key()), 25, 50)),
        made("around::get_template", &around::get_template(&"501".parse().unwrap())),
        made("around::permissions_of_space", &around::permissions_of_space(&space, &next())),
        made("around::groups_named", &around::groups_named("a/b")),
        made("around::members_of_group", &around::members_of_group("a/b", 25, 50)),
    ];
    for kind in [DocumentKind::Page, DocumentKind::BlogPost] {
        all.extend([
            made("around::properties_of_document", &around::properties_of_document(kind, &page, Some("k"), &first())),
            made("around::count_likes", &around::count_likes(kind, &page)),
            made("around::likes", &around::likes(kind, &page, &next())),
        ]);
    }
    for kind in NodeKind::ALL {
        all.push(made("tree::get_node", &tree::get_node(kind, &page)));
        all.push(made("tree::children_of_node", &tree::children_of_node(kind, &page, &next())));
    }
    all
}

fn all() -> Vec<Made> {
    [
        of_pages(),
        of_the_tree(),
        of_comments_and_labels(),
        of_the_rest(),
        of_what_hangs_around(),
        talk::of_talk(),
        talk::of_upkeep(),
        copies::of_copies(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[test]
#[expect(clippy::too_many_lines, reason = "the table has a line for each request")]
fn every_request_is_what_it_was() {
    let table: String =
        all().iter().flat_map(|made| [made.constructor, " → ", made.line.as_str(), "\n"].map(str::to_owned)).collect();
    expect![[r#"
        pages::get_page → read GET /wiki/api/v2/pages/123?body-format=storage
        pages::get_page → read GET /wiki/api/v2/pages/123?body-format=storage&version=3
        pages::get_page_head → read GET /wiki/api/v2/pages/123
        pages::get_page_head_in_any_status → read GET /wiki/api/v2/pages/123?status=current&status=trashed&status=archived
        pages::get_page_in_any_status → read GET /wiki/api/v2/pages/123?body-format=storage&status=current&status=trashed&status=archived
        pages::documents_titled → read GET /wiki/api/v2/pages?space-id=98317&title=VPN & Wi-Fi&status=current&status=trashed&status=archived&sort=-created-date&body-format=storage&limit=25
        pages::documents_titled → read GET /wiki/api/v2/blogposts?space-id=98317&title=VPN&status=current&status=trashed&sort=-created-date&body-format=storage&limit=25
        pages::newest_documents → read GET /wiki/api/v2/pages?space-id=98317&status=current&status=trashed&status=archived&sort=-created-date&body-format=storage&limit=25
        pages::newest_documents → read GET /wiki/api/v2/blogposts?space-id=98317&status=current&status=trashed&sort=-created-date&body-format=storage&limit=25
        pages::page_version → read GET /wiki/api/v2/pages/123/versions/3
        pages::restore_page → update PUT /wiki/api/v2/pages/123 (134 bytes) {"id":"123","status":"current","title":"VPN","body":{"representation":"storage","value":""},"version":{"number":4,"message":"by bot"}}
        pages::get_page_labels → read GET /wiki/api/v2/pages/123?include-labels=true
        pages::list_pages_in_space → read GET /wiki/api/v2/spaces/98317/pages?status=current&limit=25&cursor=eyJpZCI6MX0=
        pages::list_pages → read GET /wiki/api/v2/pages?status=current&sort=-modified-date
        pages::pages_by_id → read GET /wiki/api/v2/pages?id=123,124&status=current&limit=250
        pages::page_by_title → read GET /wiki/api/v2/pages?space-id=98317&title=VPN & "Wi-Fi"?&status=current&body-format=storage&limit=2
        pages::children → read GET /wiki/api/v2/pages/123/direct-children?limit=25&cursor=eyJpZCI6MX0=
        pages::descendants → read GET /wiki/api/v2/pages/123/descendants?depth=10&limit=250
        pages::versions → read GET /wiki/api/v2/pages/123/versions?sort=-modified-date
        pages::create_page → create POST /wiki/api/v2/pages (125 bytes) {"spaceId":"98317","status":"current","title":"VPN & \"Wi-Fi\"","body":{"representation":"storage","value":"<p>Größe</p>"}}
        pages::create_page → create POST /wiki/api/v2/pages (142 bytes) {"spaceId":"98317","status":"current","title":"VPN & \"Wi-Fi\"","body":{"representation":"storage","value":"<p>Größe</p>"},"parentId":"123"}
        pages::update_page → update PUT /wiki/api/v2/pages/123 (175 bytes) {"id":"123","status":"current","title":"VPN & \"Wi-Fi\"","body":{"representation":"storage","value":"<p>Größe</p>"},"version":{"number":4,"message":"by bot through Sluice"}}
        pages::update_page → delete PUT /wiki/api/v2/pages/123 (164 bytes) {"id":"123","status":"current","title":"VPN & \"Wi-Fi\"","body":{"representation":"storage","value":" \n"},"version":{"number":4,"message":"by bot through Sluice"}}
        pages::trash_page → delete DELETE /wiki/api/v2/pages/123
        blogs::get_blog_post → read GET /wiki/api/v2/blogposts/123?body-format=storage
        blogs::get_blog_post → read GET /wiki/api/v2/blogposts/123?body-format=storage&version=1
        blogs::get_blog_post_in_any_status → read GET /wiki/api/v2/blogposts/123?body-format=storage&status=current&status=trashed
        blogs::trash_blog_post → delete DELETE /wiki/api/v2/blogposts/123
        blogs::get_blog_post_head → read GET /wiki/api/v2/blogposts/123
        blogs::list_blog_posts → read GET /wiki/api/v2/blogposts?status=current&sort=-created-date&limit=25&cursor=eyJpZCI6MX0=
        blogs::list_blog_posts → read GET /wiki/api/v2/blogposts?space-id=98317&status=current&sort=-created-date
        blogs::create_blog_post → create POST /wiki/api/v2/blogposts (125 bytes) {"spaceId":"98317","status":"current","title":"VPN & \"Wi-Fi\"","body":{"representation":"storage","value":"<p>Größe</p>"}}
        pages::get_draft → read GET /wiki/api/v2/pages/123?body-format=storage&get-draft=true
        pages::create_live_doc → create POST /wiki/api/v2/pages (141 bytes) {"spaceId":"98317","status":"current","title":"VPN","body":{"representation":"storage","value":"<p>x</p>"},"parentId":"123","subtype":"live"}
        pages::publish_draft → update PUT /wiki/api/v2/pages/123 (142 bytes) {"id":"123","status":"current","title":"VPN","body":{"representation":"storage","value":"<p>x</p>"},"version":{"number":1,"message":"by bot"}}
        pages::rename_page → update PUT /wiki/api/v2/pages/123/title (46 bytes) {"status":"current","title":"VPN & \"Wi-Fi\""}
        blogs::update_blog_post → update PUT /wiki/api/v2/blogposts/123 (142 bytes) {"id":"123","status":"current","title":"VPN","body":{"representation":"storage","value":"<p>x</p>"},"version":{"number":1,"message":"by bot"}}
        blogs::update_blog_post → delete PUT /wiki/api/v2/blogposts/123 (135 bytes) {"id":"123","status":"current","title":"VPN","body":{"representation":"storage","value":" "},"version":{"number":1,"message":"by bot"}}
        blogs::blog_post_version → read GET /wiki/api/v2/blogposts/123/versions/3
        tree::copy_page → create POST /wiki/rest/api/content/123/copy (182 bytes) {"copyAttachments":true,"copyPermissions":true,"copyProperties":true,"copyLabels":true,"copyCustomContents":true,"pageTitle":"VPN","destination":{"type":"parent_page","value":"456"}}
        tree::copy_page → create POST /wiki/rest/api/content/123/copy (185 bytes) {"copyAttachments":true,"copyPermissions":true,"copyProperties":true,"copyLabels":true,"copyCustomContents":true,"pageTitle":"VPN","destination":{"type":"parent_content","value":"456"}}
        tree::copy_page_tree → create POST /wiki/rest/api/content/123/pagehierarchy/copy (180 bytes) {"copyAttachments":true,"copyPermissions":true,"copyProperties":true,"copyLabels":true,"copyCustomContents":true,"copyDescendants":true,"destinationPageId":"456","titleOptions":{}}
        tree::copy_page_tree → create POST /wiki/rest/api/content/123/pagehierarchy/copy (227 bytes) {"copyAttachments":true,"copyPermissions":true,"copyProperties":true,"copyLabels":true,"copyCustomContents":true,"copyDescendants":true,"destinationPageId":"456","titleOptions":{"prefix":"Copy of ","search":"old","replace":""}}
        tree::archive_page → delete POST /wiki/rest/api/content/archive (22 bytes) {"pages":[{"id":123}]}
        tree::long_task → read GET /wiki/rest/api/longtask/0a-1
        tree::children → read GET /wiki/api/v2/pages/456/direct-children?limit=250
        tree::ancestors → read GET /wiki/api/v2/pages/123/ancestors?limit=250
        tree::move_page → update PUT /wiki/rest/api/content/123/move/before/456
        tree::move_page → update PUT /wiki/rest/api/content/123/move/after/456
        tree::move_page → update PUT /wiki/rest/api/content/123/move/append/456
        tree::children → read GET /wiki/api/v2/folders/123/direct-children?limit=250
        tree::ancestors → read GET /wiki/api/v2/folders/123/ancestors?limit=250
        tree::create_node → create POST /wiki/api/v2/folders (50 bytes) {"spaceId":"98317","title":"New","parentId":"123"}
        tree::trash_node → delete DELETE /wiki/api/v2/folders/123
        tree::children → read GET /wiki/api/v2/whiteboards/123/direct-children?limit=250
        tree::ancestors → read GET /wiki/api/v2/whiteboards/123/ancestors?limit=250
        tree::create_node → create POST /wiki/api/v2/whiteboards (50 bytes) {"spaceId":"98317","title":"New","parentId":"123"}
        tree::trash_node → delete DELETE /wiki/api/v2/whiteboards/123
        tree::children → read GET /wiki/api/v2/databases/123/direct-children?limit=250
        tree::ancestors → read GET /wiki/api/v2/databases/123/ancestors?limit=250
        tree::create_node → create POST /wiki/api/v2/databases (33 bytes) {"spaceId":"98317","title":"New"}
        tree::trash_node → delete DELETE /wiki/api/v2/databases/123
        tree::children → read GET /wiki/api/v2/embeds/123/direct-children?limit=250
        tree::ancestors → read GET /wiki/api/v2/embeds/123/ancestors?limit=250
        tree::create_node → create POST /wiki/api/v2/embeds (88 bytes) {"spaceId":"98317","title":"New","parentId":"123","embedUrl":"https://example.com/?a=b"}
        tree::trash_node → delete DELETE /wiki/api/v2/embeds/123
        comments::comments_of_page → read GET /wiki/api/v2/pages/123/footer-comments?body-format=storage&limit=25&cursor=eyJpZCI6MX0=
        comments::replies → read GET /wiki/api/v2/footer-comments/456/children?body-format=storage
        comments::newest_comments → read GET /wiki/api/v2/pages/123/footer-comments?body-format=storage&limit=100&sort=-created-date
        comments::newest_replies → read GET /wiki/api/v2/footer-comments/456/children?body-format=storage&limit=100&sort=-created-date
        comments::delete_comment → delete DELETE /wiki/api/v2/footer-comments/456
        comments::get_comment → read GET /wiki/api/v2/footer-comments/456?body-format=storage
        comments::create_reply → create POST /wiki/api/v2/footer-comments (82 bytes) {"parentCommentId":"456","body":{"representation":"storage","value":"<p>Yes</p>"}}
        comments::comments_of_page → read GET /wiki/api/v2/pages/123/inline-comments?body-format=storage&limit=25&cursor=eyJpZCI6MX0=
        comments::replies → read GET /wiki/api/v2/inline-comments/456/children?body-format=storage
        comments::newest_comments → read GET /wiki/api/v2/pages/123/inline-comments?body-format=storage&limit=100&sort=-created-date
        comments::newest_replies → read GET /wiki/api/v2/inline-comments/456/children?body-format=storage&limit=100&sort=-created-date
        comments::delete_comment → delete DELETE /wiki/api/v2/inline-comments/456
        comments::get_comment → read GET /wiki/api/v2/inline-comments/456?body-format=storage
        comments::create_reply → create POST /wiki/api/v2/inline-comments (82 bytes) {"parentCommentId":"456","body":{"representation":"storage","value":"<p>Yes</p>"}}
        comments::create_footer_comment → create POST /wiki/api/v2/footer-comments (73 bytes) {"pageId":"123","body":{"representation":"storage","value":"<p>Yes</p>"}}
        labels::labels_of_page → read GET /wiki/api/v2/pages/123/labels?limit=25&cursor=eyJpZCI6MX0=
        labels::add_labels → create POST /wiki/rest/api/content/123/label (80 bytes) [{"prefix":"global","name":"vpn"},{"prefix":"global","name":"größe/öffnung"}]
        labels::remove_label → delete DELETE /wiki/rest/api/content/123/label?name=größe/öffnung
        attachments::attachments_of_page → read GET /wiki/api/v2/pages/123/attachments?status=current&limit=25&cursor=eyJpZCI6MX0=
        attachments::attachment_named → read GET /wiki/api/v2/pages/123/attachments?status=current&filename=a "b".csv&limit=2
        attachments::trashed_attachment_named → read GET /wiki/api/v2/pages/123/attachments?status=trashed&filename=a.csv&sort=-created-date&limit=10
        attachments::get_attachment_version → read GET /wiki/api/v2/attachments/att789?version=1
        attachments::get_attachment → read GET /wiki/api/v2/attachments/att789
        attachments::download_attachment → read GET /wiki/rest/api/content/123/child/attachment/att789/download
        attachments::create_attachment → create POST /wiki/rest/api/content/123/child/attachment (520 bytes) --sluice-3eabf179809d667097b0e4c689b96c0d4bcb4d441de31819156a0f99242decdc\r\nContent-Disposition: form-data; name="comment"\r\n\r\nby bot\r\n--sluice-3eabf179809d667097b0e4c689b96c0d4bcb4d441de31819156a0f99242decdc\r\nContent-Disposition: form-data; name="minorEdit"\r\n\r\ntrue\r\n--sluice-3eabf179809d667097b0e4c689b96c0d4bcb4d441de31819156a0f99242decdc\r\nContent-Disposition: form-data; name="file"; filename="a %22b%22.csv"\r\nContent-Type: text/csv\r\n\r\na,b\r\n--sluice-3eabf179809d667097b0e4c689b96c0d4bcb4d441de31819156a0f99242decdc--\r\n
        attachments::trash_attachment → delete DELETE /wiki/api/v2/attachments/att789
        search::search → read GET /wiki/rest/api/search?cql=space = "IT" and text ~ "vpn"&excerpt=highlight&expand=content.space,content.version&limit=25&cursor=eyJpZCI6MX0=
        search::search_users → read GET /wiki/rest/api/search/user?cql=user.fullname ~ "Mira"&limit=25&start=50
        spaces::list_spaces → read GET /wiki/api/v2/spaces?status=current&description-format=plain
        spaces::list_spaces → read GET /wiki/api/v2/spaces?status=archived&type=global&ids=98317&description-format=plain&limit=25&cursor=eyJpZCI6MX0=
        spaces::spaces_by_id → read GET /wiki/api/v2/spaces?ids=98305,98307&description-format=plain&limit=250
        spaces::space_by_key → read GET /wiki/api/v2/spaces?keys=~712020ab&description-format=plain&limit=2
        spaces::get_space → read GET /wiki/api/v2/spaces/98317?description-format=plain
        spaces::create_space → create POST /wiki/rest/api/space (33 bytes) {"key":"~712020ab","name":"Mira"}
        spaces::create_space → create POST /wiki/rest/api/space (106 bytes) {"key":"~712020ab","name":"Mira","description":{"plain":{"value":"Her \"own\"","representation":"plain"}}}
        spaces::update_space → update PUT /wiki/rest/api/space/~712020ab (15 bytes) {"name":"Mira"}
        spaces::update_space → update PUT /wiki/rest/api/space/~712020ab (63 bytes) {"description":{"plain":{"value":"","representation":"plain"}}}
        users::users_by_id → read POST /wiki/api/v2/users-bulk (28 bytes) {"accountIds":["712020:ab"]}
        users::current_user → read GET /wiki/rest/api/user/current
        pages::top_pages → read GET /wiki/api/v2/spaces/98317/pages?depth=root&status=current&limit=250
        pages::trashed_pages → read GET /wiki/api/v2/spaces/98317/pages?status=trashed&sort=-modified-date&limit=25&cursor=eyJpZCI6MX0=
        pages::descendants_to → read GET /wiki/api/v2/pages/123/descendants?depth=3&limit=25&cursor=eyJpZCI6MX0=
        blogs::changed_blog_posts → read GET /wiki/api/v2/blogposts?space-id=98317&status=current&sort=-modified-date
        labels::labels_of_attachment → read GET /wiki/api/v2/attachments/att789/labels?limit=25&cursor=eyJpZCI6MX0=
        labels::labels_of_space → read GET /wiki/api/v2/spaces/98317/labels?limit=25&cursor=eyJpZCI6MX0=
        comments::comments_of_attachment → read GET /wiki/api/v2/attachments/att789/footer-comments?body-format=storage&limit=25&cursor=eyJpZCI6MX0=
        comments::inline_comments → read GET /wiki/api/v2/pages/123/inline-comments?body-format=storage&limit=25&cursor=eyJpZCI6MX0=&resolution-status=open
        attachments::versions_of_attachment → read GET /wiki/api/v2/attachments/att789/versions?sort=-modified-date&limit=25&cursor=eyJpZCI6MX0=
        attachments::attachment_thumbnail → read GET /wiki/api/v2/attachments/att789/thumbnail/download
        around::properties_of_space → read GET /wiki/api/v2/spaces/98317/properties?key=a b&limit=25&cursor=eyJpZCI6MX0=
        around::list_tasks → read GET /wiki/api/v2/tasks?body-format=storage
        around::list_tasks → read GET /wiki/api/v2/tasks?body-format=storage&status=complete&page-id=123&space-id=98317&assigned-to=712020:ab&limit=25&cursor=eyJpZCI6MX0=
        around::restrictions → read GET /wiki/rest/api/content/123/restriction/byOperation?expand=restrictions.user,restrictions.group
        around::watchers → read GET /wiki/rest/api/content/123/notification/child-created?limit=25&start=50
        around::views → read GET /wiki/rest/api/analytics/content/123/views
        around::viewers → read GET /wiki/rest/api/analytics/content/123/viewers?fromDate=2026-01-31
        around::list_templates → read GET /wiki/rest/api/template/page?limit=25&start=0
        around::list_templates → read GET /wiki/rest/api/template/page?spaceKey=~712020ab&limit=25&start=50
        around::get_template → read GET /wiki/rest/api/template/501?expand=body.storage
        around::permissions_of_space → read GET /wiki/api/v2/spaces/98317/permissions?limit=25&cursor=eyJpZCI6MX0=
        around::groups_named → read GET /wiki/rest/api/group/picker?query=a/b&limit=250
        around::members_of_group → read GET /wiki/rest/api/group/a%2Fb/membersByGroupId?limit=25&start=50
        around::properties_of_document → read GET /wiki/api/v2/pages/123/properties?key=k
        around::count_likes → read GET /wiki/api/v2/pages/123/likes/count
        around::likes → read GET /wiki/api/v2/pages/123/likes/users?limit=25&cursor=eyJpZCI6MX0=
        around::properties_of_document → read GET /wiki/api/v2/blogposts/123/properties?key=k
        around::count_likes → read GET /wiki/api/v2/blogposts/123/likes/count
        around::likes → read GET /wiki/api/v2/blogposts/123/likes/users?limit=25&cursor=eyJpZCI6MX0=
        tree::get_node → read GET /wiki/api/v2/folders/123
        tree::children_of_node → read GET /wiki/api/v2/folders/123/direct-children?limit=25&cursor=eyJpZCI6MX0=
        tree::get_node → read GET /wiki/api/v2/whiteboards/123
        tree::children_of_node → read GET /wiki/api/v2/whiteboards/123/direct-children?limit=25&cursor=eyJpZCI6MX0=
        tree::get_node → read GET /wiki/api/v2/databases/123
        tree::children_of_node → read GET /wiki/api/v2/databases/123/direct-children?limit=25&cursor=eyJpZCI6MX0=
        tree::get_node → read GET /wiki/api/v2/embeds/123
        tree::children_of_node → read GET /wiki/api/v2/embeds/123/direct-children?limit=25&cursor=eyJpZCI6MX0=
        comments::create_inline_comment → create POST /wiki/api/v2/inline-comments (197 bytes) {"pageId":"123","body":{"representation":"storage","value":"<p>Which?</p>"},"inlineCommentProperties":{"textSelection":"the \"night\" desk","textSelectionMatchCount":3,"textSelectionMatchIndex":1}}
        comments::comment_version → read GET /wiki/api/v2/footer-comments/456/versions/1
        comments::update_comment → update PUT /wiki/api/v2/footer-comments/456 (100 bytes) {"version":{"number":2,"message":"by bot"},"body":{"representation":"storage","value":"<p>Yes</p>"}}
        comments::comment_version → read GET /wiki/api/v2/inline-comments/456/versions/1
        comments::update_comment → update PUT /wiki/api/v2/inline-comments/456 (100 bytes) {"version":{"number":2,"message":"by bot"},"body":{"representation":"storage","value":"<p>Yes</p>"}}
        comments::resolve_comment → update PUT /wiki/api/v2/inline-comments/456 (116 bytes) {"version":{"number":2,"message":"by bot"},"body":{"representation":"storage","value":"<p>Yes</p>"},"resolved":true}
        comments::resolve_comment → update PUT /wiki/api/v2/inline-comments/456 (117 bytes) {"version":{"number":2,"message":"by bot"},"body":{"representation":"storage","value":"<p>Yes</p>"},"resolved":false}
        labels::labels_of_attachment → read GET /wiki/api/v2/attachments/att789/labels?limit=25&cursor=eyJpZCI6MX0=
        attachments::update_attachment → update POST /wiki/rest/api/content/123/child/attachment/att789/data (512 bytes) --sluice-0fac5f9935c97637770a4d8254e4229d2e3d2475ff736292e1baccd2b3387cd6\r\nContent-Disposition: form-data; name="comment"\r\n\r\nby bot\r\n--sluice-0fac5f9935c97637770a4d8254e4229d2e3d2475ff736292e1baccd2b3387cd6\r\nContent-Disposition: form-data; name="minorEdit"\r\n\r\ntrue\r\n--sluice-0fac5f9935c97637770a4d8254e4229d2e3d2475ff736292e1baccd2b3387cd6\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\na,b\r\n--sluice-0fac5f9935c97637770a4d8254e4229d2e3d2475ff736292e1baccd2b3387cd6--\r\n
        attachments::rename_attachment → update PUT /wiki/rest/api/content/123/child/attachment/att789 (74 bytes) {"id":"att789","type":"attachment","title":"b.csv","version":{"number":3}}
        labels::add_labels → create POST /wiki/rest/api/content/att789/label (34 bytes) [{"prefix":"global","name":"vpn"}]
        labels::remove_label → delete DELETE /wiki/rest/api/content/att789/label?name=vpn
        upkeep::property → read GET /wiki/api/v2/pages/123/properties?key=k&limit=2
        upkeep::create_property → update POST /wiki/api/v2/pages/123/properties (29 bytes) {"key":"k","value":{"a":[1]}}
        upkeep::update_property → update PUT /wiki/api/v2/pages/123/properties/900 (71 bytes) {"key":"k","value":{"a":[1]},"version":{"number":2,"message":"by bot"}}
        upkeep::property → read GET /wiki/api/v2/spaces/98317/properties?key=k&limit=2
        upkeep::create_property → update POST /wiki/api/v2/spaces/98317/properties (29 bytes) {"key":"k","value":{"a":[1]}}
        upkeep::update_property → update PUT /wiki/api/v2/spaces/98317/properties/900 (71 bytes) {"key":"k","value":{"a":[1]},"version":{"number":2,"message":"by bot"}}
        upkeep::delete_property → delete DELETE /wiki/api/v2/pages/123/properties/900
        upkeep::get_task → read GET /wiki/api/v2/tasks/12300000007?body-format=storage
        upkeep::update_task → update PUT /wiki/api/v2/tasks/12300000007 (21 bytes) {"status":"complete"}
        upkeep::update_task → update PUT /wiki/api/v2/tasks/12300000007 (23 bytes) {"status":"incomplete"}
        upkeep::is_watched → read GET /wiki/rest/api/user/watch/content/123
        upkeep::watch → create POST /wiki/rest/api/user/watch/content/123
        upkeep::unwatch → delete DELETE /wiki/rest/api/user/watch/content/123
        documents::restrictions → read GET /wiki/rest/api/content/search?cql=id in (123,123)&expand=restrictions.read.restrictions.user,restrictions.read.restrictions.group&limit=25&cursor=eyJpZCI6MX0=
        documents::labels_and_restrictions → read GET /wiki/rest/api/content/search?cql=id in (123,123)&expand=metadata.labels,restrictions.read.restrictions.user,restrictions.read.restrictions.group&limit=25&cursor=eyJpZCI6MX0=
        documents::count_documents → read GET /wiki/rest/api/search?cql=space in ("~712020ab") and type in (page, blogpost)&limit=1&excerpt=none
        documents::attachments_of_site → read GET /wiki/api/v2/attachments?status=current&limit=25&cursor=eyJpZCI6MX0=
        documents::changed_attachments → read GET /wiki/api/v2/attachments?status=current&sort=-modified-date&limit=25&cursor=eyJpZCI6MX0=
        documents::documents_of_spaces → read GET /wiki/api/v2/pages?status=current&space-id=98317&sort=id&limit=25&cursor=eyJpZCI6MX0=
        documents::changed_documents → read GET /wiki/api/v2/pages?status=current&space-id=98317&sort=-modified-date&body-format=storage
        documents::documents_by_id → read GET /wiki/api/v2/pages?status=current&id=123,123&limit=250&body-format=storage
        documents::document_with_labels → read GET /wiki/api/v2/pages/123?include-labels=true
        documents::documents_of_spaces → read GET /wiki/api/v2/blogposts?status=current&space-id=98317&sort=id&limit=25&cursor=eyJpZCI6MX0=
        documents::changed_documents → read GET /wiki/api/v2/blogposts?status=current&space-id=98317&sort=-modified-date&body-format=storage
        documents::documents_by_id → read GET /wiki/api/v2/blogposts?status=current&id=123,123&limit=250&body-format=storage
        documents::document_with_labels → read GET /wiki/api/v2/blogposts/123?include-labels=true
    "#]].assert_eq(&table);
}

#[test]
fn no_constructor_is_missing_from_the_table() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/confluence/api");
    let mut written = BTreeSet::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let module = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        // A function's head may run over several lines.
        for head in text.split("\npub fn ").skip(1).filter_map(|rest| rest.split_once('{')).map(|(head, _)| head) {
            assert!(head.contains("-> Request<"), "{module} has a function that makes no request: {head}");
            written.insert(format!("{module}::{}", head.split('(').next().unwrap()));
        }
    }
    let shown: BTreeSet<String> = all().iter().map(|made| made.constructor.to_owned()).collect();
    assert_eq!(written, shown);
}

#[test]
fn every_template_belongs_to_one_of_the_two_apis() {
    for made in all() {
        let known = ["/wiki/api/v2/", "/wiki/rest/api/"].iter().any(|start| made.template.starts_with(start));
        assert!(known, "{}: {}", made.constructor, made.template);
    }
}

/// A template whose `{…}` have lost their names, which documents choose as they like.
fn nameless(template: &str) -> String {
    let segment = |segment: &str| if segment.starts_with('{') { "{}".to_owned() } else { segment.to_owned() };
    template.split('/').map(segment).collect::<Vec<_>>().join("/")
}

#[test]
fn every_request_is_a_published_operation_that_is_not_deprecated() {
    let Some(folder) = shared::folder("openapi") else { return };
    let table = std::fs::read_to_string(folder.join("operations.tsv")).unwrap();
    let mut lines = table.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let head = lines.next().unwrap();
    let column = |name: &str| head.iter().position(|column| *column == name).unwrap();
    let (method, path, deprecated) = (column("method"), column("path"), column("deprecated"));
    let published: BTreeSet<(String, String)> = lines
        .filter(|cells| cells[deprecated].is_empty())
        .map(|cells| (cells[method].to_owned(), nameless(cells[path])))
        .collect();
    let operation = |made: &Made| (made.method.to_owned(), nameless(made.template));
    let unknown: Vec<_> = all().iter().map(operation).filter(|operation| !published.contains(operation)).collect();
    assert_eq!(unknown, []);
}
