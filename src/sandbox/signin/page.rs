//! The pages a browser sees while a person signs in.

use std::fmt::Write as _;

use super::authorize::{CHALLENGE, REQUIRED, Wish};
use crate::sandbox::model::User;
use crate::sandbox::server::answer::Answer;

/// The page that asks for consent. Its buttons have the ids `accept` and `cancel`.
pub(super) fn consent(wish: &Wish, accounts: &[&User], sites: &[(&str, String)]) -> Answer {
    let mut body = format!("<h1>{} asks for access to your Atlassian account</h1>", text(&wish.app));
    body.push_str("<form method=\"post\" action=\"/authorize\">");
    for name in REQUIRED.into_iter().chain(CHALLENGE) {
        let value = wish.field(name);
        if !value.is_empty() {
            let _ = write!(body, "<input type=\"hidden\" name=\"{name}\" value=\"{}\">", text(value));
        }
    }
    body.push_str("<p><label>Account <select id=\"account\" name=\"account\">");
    for user in accounts {
        let (account, name, email) = (text(&user.account_id), text(&user.display_name), text(&user.email));
        let _ = write!(body, "<option value=\"{account}\">{name} ({email})</option>");
    }
    body.push_str("</select></label></p><h2>Sites</h2><ul id=\"sites\">");
    for (name, base) in sites {
        let _ = write!(body, "<li>{} ({})</li>", text(name), text(base));
    }
    body.push_str("</ul><h2>Scopes</h2><ul id=\"scopes\">");
    for scope in wish.scopes() {
        let _ = write!(body, "<li>{}</li>", text(scope));
    }
    body.push_str(
        "</ul><p><button id=\"accept\" name=\"decision\" value=\"accept\">Accept</button> \
         <button id=\"cancel\" name=\"decision\" value=\"cancel\">Cancel</button></p></form>",
    );
    page(200, &body)
}

/// What a browser sees when an app asks wrongly; it never goes back to the app.
pub(super) fn error(message: &str) -> Answer {
    page(400, &format!("<h1>Something went wrong</h1><p id=\"error\">{}</p>", text(message)))
}

fn page(status: u16, body: &str) -> Answer {
    let page = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Simulated Atlassian account</title></head>\
         <body>{body}</body></html>"
    );
    Answer::html(status, &page)
        .with("content-security-policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'")
        .with("referrer-policy", "no-referrer")
        .with("cache-control", "no-store")
}

/// Text that is nothing but text, between tags and inside quoted attributes.
fn text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(character),
        }
    }
    escaped
}
