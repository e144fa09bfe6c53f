//! Changes to comments and files, and to what hangs around content, as values.

use bytes::Bytes;
use sluice::confluence::api::attachments::{self, Upload};
use sluice::confluence::api::comments::{self, ChangedComment, CommentKind, Quote};
use sluice::confluence::api::labels::{self, Labelled};
use sluice::confluence::api::upkeep::{self, Owner};
use sluice::domain::ids::{AttachmentId, CommentId, VersionNumber};

use super::{Made, made, page, space};

pub(super) fn of_talk() -> Vec<Made> {
    let (page, id): (_, CommentId) = (page(), "456".parse().unwrap());
    let quote = Quote { text: "the \"night\" desk", count: 3, index: 1 };
    let mut all =
        vec![made("comments::create_inline_comment", &comments::create_inline_comment(&page, &quote, "<p>Which?</p>"))];
    for kind in [CommentKind::Footer, CommentKind::Inline] {
        let changed =
            ChangedComment { kind, id: &id, storage: "<p>Yes</p>", version: VersionNumber(2), message: "by bot" };
        all.push(made("comments::comment_version", &comments::comment_version(kind, &id, VersionNumber(1))));
        all.push(made("comments::update_comment", &comments::update_comment(&changed)));
        if kind == CommentKind::Inline {
            all.push(made("comments::resolve_comment", &comments::resolve_comment(&changed, true)));
            all.push(made("comments::resolve_comment", &comments::resolve_comment(&changed, false)));
        }
    }
    let (file, content): (AttachmentId, _) = ("att789".parse().unwrap(), Bytes::from_static(b"a,b"));
    let upload = Upload { file_name: "a.csv", media_type: "text/csv", content, comment: "by bot" };
    let renamed = attachments::rename_attachment(&page, &file, VersionNumber(3), "b.csv");
    let of_file = labels::labels_of_attachment(&file, &super::next());
    all.push(made("labels::labels_of_attachment", &of_file));
    all.push(made("attachments::update_attachment", &attachments::update_attachment(&page, &file, &upload)));
    all.push(made("attachments::rename_attachment", &renamed));
    let (file, label) = (Labelled::File(file), "vpn".parse().unwrap());
    all.push(made("labels::add_labels", &labels::add_labels(&file, std::slice::from_ref(&label))));
    all.push(made("labels::remove_label", &labels::remove_label(&file, &label)));
    all
}

pub(super) fn of_upkeep() -> Vec<Made> {
    let (page, task, value) = (page(), "12300000007".parse().unwrap(), serde_json::json!({ "a": [1] }));
    let mut all = Vec::new();
    for owner in [Owner::Page(page.clone()), Owner::Space(space())] {
        let changed = upkeep::update_property(&owner, ("900", "k"), &value, VersionNumber(2), "by bot");
        all.push(made("upkeep::property", &upkeep::property(&owner, "k")));
        all.push(made("upkeep::create_property", &upkeep::create_property(&owner, "k", &value)));
        all.push(made("upkeep::update_property", &changed));
    }
    all.extend([
        made("upkeep::delete_property", &upkeep::delete_property(&page, "900")),
        made("upkeep::get_task", &upkeep::get_task(&task)),
        made("upkeep::update_task", &upkeep::update_task(&task, true)),
        made("upkeep::update_task", &upkeep::update_task(&task, false)),
        made("upkeep::is_watched", &upkeep::is_watched(&page)),
        made("upkeep::watch", &upkeep::watch(&page)),
        made("upkeep::unwatch", &upkeep::unwatch(&page)),
    ]);
    all
}
