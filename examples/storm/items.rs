//! What agents propose: a write for each number, the same whenever it is asked, and the site that it is meant for.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use sluice::sandbox::model::{
    Content, ContentKind, ContentStatus, Id, Site, Space, SpaceKind, SpaceStatus, User, UserStatus, Version,
};

/// E-mail address and token that workers sign in with.
pub(crate) const ACCOUNT: (&str, &str) = ("storm@example.com", "storm-token");
const AUTHOR: &str = "712020:storm";
const SPACE: Id = 10;
const HOME: Id = 11;
const FIRST_PAGE: Id = 1000;

/// What kind of write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Update,
    Create,
    Label,
    Delete,
    Upload,
    Comment,
}

impl Kind {
    /// The tool that makes it.
    pub(crate) const fn tool(self) -> &'static str {
        match self {
            Self::Update => "update_page",
            Self::Create => "create_page",
            Self::Label => "add_labels",
            Self::Delete => "delete_page",
            Self::Upload => "upload_attachment",
            Self::Comment => "add_comment",
        }
    }
}

/// One write that an agent proposes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Item(pub(crate) u32);

impl Item {
    pub(crate) const fn kind(self) -> Kind {
        match self.0 % 16 {
            0..=4 => Kind::Update,
            5..=7 => Kind::Create,
            8..=10 => Kind::Label,
            11..=12 => Kind::Delete,
            13 => Kind::Upload,
            _ => Kind::Comment,
        }
    }

    /// Whether it goes without a person.
    pub(crate) const fn is_free(self) -> bool {
        self.0 % 9 == 8
    }

    /// Whether people say no to it.
    pub(crate) const fn is_denied(self) -> bool {
        self.0 % 13 == 7
    }

    /// Whether the agent withdraws it as soon as it is decided.
    pub(crate) const fn is_withdrawn(self) -> bool {
        self.0 % 29 == 3
    }

    /// The page it is about. Now and then two are about the same, so that one has to give way.
    pub(crate) fn page(self) -> Id {
        let shares = self.kind() == Kind::Update && self.0 % 16 == 4;
        FIRST_PAGE + Id::from(if shares { self.0 - 1 } else { self.0 })
    }

    /// Where only one can be made: title, label, file name or words of its own.
    pub(crate) fn name(self) -> String {
        format!("storm-{}", self.0)
    }

    pub(crate) fn arguments(self) -> Map<String, Value> {
        let (page, name) = (self.page().to_string(), self.name());
        // Some are too long to lie in the record itself.
        let body = if self.0 % 50 < 2 { "words and more words. ".repeat(2000) } else { "words. ".to_owned() };
        let arguments = match self.kind() {
            Kind::Update => json!({ "page_id": page, "version": 1, "body": format!("{body}{name}") }),
            Kind::Create => json!({ "space": "STORM", "title": name, "body": body }),
            Kind::Label => json!({ "page_id": page, "labels": [name] }),
            Kind::Delete => json!({ "page_id": page, "version": 1 }),
            Kind::Upload => json!({ "page_id": page, "file_name": format!("{name}.txt"), "text": body }),
            Kind::Comment => json!({ "page_id": page, "body": name }),
        };
        match arguments {
            Value::Object(arguments) => arguments,
            _ => Map::new(),
        }
    }
}

fn page(id: Id, parent: Option<Id>, title: String, now: Timestamp) -> Content {
    let (body, author) = ("<p>Before the storm.</p>".to_owned(), AUTHOR.to_owned());
    let message = String::new();
    Content {
        id,
        kind: ContentKind::Page,
        space: SPACE,
        parent,
        position: 0,
        status: ContentStatus::Current,
        author: author.clone(),
        owner: author.clone(),
        created: now,
        versions: vec![Version { number: 1, title, body, author, created: now, message, minor_edit: false }],
        labels: Vec::new(),
        readers: None,
        writers: None,
    }
}

/// A site with a page for each of so many items.
pub(crate) fn site(total: u32, now: Timestamp) -> Site {
    let mut contents = BTreeMap::from([(HOME, page(HOME, None, "Home".to_owned(), now))]);
    contents.extend((0..total).map(|number| {
        let id = FIRST_PAGE + Id::from(number);
        (id, page(id, Some(HOME), format!("Page {number}"), now))
    }));
    let space = Space {
        id: SPACE,
        key: "STORM".to_owned(),
        name: "Storm".to_owned(),
        kind: SpaceKind::Global,
        status: SpaceStatus::Current,
        description: String::new(),
        author: AUTHOR.to_owned(),
        created: now,
        homepage: Some(HOME),
        viewers: None,
        editors: None,
        labels: Vec::new(),
    };
    let user = User {
        account_id: AUTHOR.to_owned(),
        email: ACCOUNT.0.to_owned(),
        display_name: "Storm".to_owned(),
        private: false,
        status: UserStatus::Active,
        api_token: ACCOUNT.1.to_owned(),
        admin: true,
        time_zone: "UTC".to_owned(),
    };
    Site {
        spaces: BTreeMap::from([(SPACE, space)]),
        contents,
        users: BTreeMap::from([(AUTHOR.to_owned(), user)]),
        next_id: FIRST_PAGE + Id::from(total) + 1000,
        ..Site::default()
    }
}
