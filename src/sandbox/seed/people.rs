//! The people of the seeded sites: four who sign in, and the authors of the documentation.

use std::collections::{BTreeMap, BTreeSet};

use crate::sandbox::model::{User, UserStatus};

/// Site administrator.
pub const ADMIN: &str = "712020:0a5c7f11-6d1e-4c39-9a52-1f0b7d2e4a01";
/// Writes wherever the service desk works.
pub const EDITOR: &str = "712020:1b6d8e22-7e2f-4d4a-8b63-2e1c8f3f5b02";
/// Sees some spaces and edits none.
pub const VIEWER: &str = "712020:2c7e9f33-8f30-4e5b-9c74-3d2d90406c03";
/// Sees the announcements only.
pub const OUTSIDER: &str = "712020:3d8fa044-9041-4f6c-8d85-4c3ea1517d04";
pub(super) const MIRA: &str = "712020:4e90b155-a152-407d-9e96-5b4fb2628e05";
pub(super) const ANN: &str = "712020:5fa1c266-b263-418e-8fa7-6a50c3739f06";
pub(super) const RUI: &str = "712020:60b2d377-c374-429f-90b8-7961d484a007";
pub(super) const NOOR: &str = "712020:71c3e488-d485-43a0-81c9-8872e595b108";
pub(super) const LUCIA: &str = "557058:82d4f599-e596-44b1-92da-9783f6a6c209";

/// Who writes pages, comments and files; some have left since.
pub(super) const AUTHORS: [&str; 14] = [
    ADMIN,
    EDITOR,
    MIRA,
    ANN,
    RUI,
    NOOR,
    LUCIA,
    "5b10ac8d82e05b22cc7d4ef5",
    "712020:93e506aa-f6a7-45c2-a3eb-a69407b7d30a",
    "712020:a4f617bb-07b8-46d3-84fc-b5a518c8e40b",
    "712020:b50728cc-18c9-47e4-950d-c4b629d9f50c",
    "70121:c61839dd-29da-48f5-a61e-d3c73aea060d",
    "712020:d7294aee-3aeb-4906-b72f-e2d84bfb170e",
    "712020:e83a5bff-4bfc-4a17-8830-f1e95c0c280f",
];

/// Everyone with an account, by account id.
pub(super) fn everyone() -> BTreeMap<String, User> {
    let admin = User { admin: true, ..person(ADMIN, "admin", "Avery Admin", "Europe/Berlin", "sandbox-token") };
    let inactive = |user: User| User { status: UserStatus::Inactive, ..user };
    let mut users = vec![
        admin,
        person(EDITOR, "editor", "Elliot Editor", "Europe/London", "editor-token"),
        person(VIEWER, "viewer", "Vera Viewer", "America/New_York", "viewer-token"),
        person(OUTSIDER, "outsider", "Oscar Outsider", "Australia/Sydney", "outsider-token"),
        person(MIRA, "mira.okafor", "Mira Okafor", "Europe/Berlin", ""),
        person(ANN, "ann.castellano", "Ann Castellano", "America/Chicago", ""),
        person(RUI, "rui.andrade", "Rui Andrade", "Europe/Lisbon", ""),
        User { private: true, ..person(NOOR, "noor.haddad", "Noor Haddad", "Asia/Dubai", "") },
        inactive(person(LUCIA, "lucia.fernandez", "Lucía Fernández", "Europe/Madrid", "")),
    ];
    let others = [
        ("priya.raman", "Priya Raman", "Asia/Kolkata"),
        ("annika.berg", "Annika Berg", "Europe/Stockholm"),
        ("tom.whitfield", "Tom Whitfield", "Europe/London"),
        ("kenji.mori", "Kenji Mori", "Asia/Tokyo"),
        ("dana.kowalski", "Dana Kowalski", "Europe/Warsaw"),
        ("olu.adeyemi", "Olu Adeyemi", "Africa/Lagos"),
        ("former.user", "Former user", "UTC"),
    ];
    for (account_id, (mailbox, name, zone)) in AUTHORS.iter().skip(7).zip(others) {
        let user = person(account_id, mailbox, name, zone, "");
        users.push(match mailbox {
            "dana.kowalski" => inactive(user),
            "olu.adeyemi" => User { private: true, ..user },
            "former.user" => User { status: UserStatus::Closed, email: String::new(), ..user },
            _ => user,
        });
    }
    users.into_iter().map(|user| (user.account_id.clone(), user)).collect()
}

/// Account ids of the authors, and of `others` beside them.
pub(super) fn staff(others: &[&str]) -> BTreeSet<String> {
    AUTHORS.iter().chain(others).map(|account_id| (*account_id).to_owned()).collect()
}

fn person(account_id: &str, mailbox: &str, name: &str, zone: &str, token: &str) -> User {
    User {
        account_id: account_id.to_owned(),
        email: format!("{mailbox}@example.com"),
        display_name: name.to_owned(),
        private: false,
        status: UserStatus::Active,
        api_token: token.to_owned(),
        admin: false,
        time_zone: zone.to_owned(),
    }
}
