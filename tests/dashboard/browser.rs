//! A browser as far as the dashboard can tell: it keeps the cookie, follows nothing, and sends the forms of pages.

use super::{Answer, House};

pub(super) struct Browser<'a> {
    house: &'a House,
    pub(super) cookie: Option<String>,
}

/// The value of a hidden field of a page.
pub(super) fn field(page: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let (_, rest) = page.split_once(&start).unwrap_or_else(|| panic!("{name} in {page}"));
    rest.split('"').next().unwrap().to_owned()
}

impl<'a> Browser<'a> {
    pub(super) fn new(house: &'a House) -> Self {
        Self { house, cookie: None }
    }

    fn headers(&self) -> String {
        self.cookie.as_ref().map(|cookie| format!("cookie: other=1; {cookie}\r\n")).unwrap_or_default()
    }

    fn keep(&mut self, answer: Answer) -> Answer {
        if let Some(cookie) = answer.header("set-cookie") {
            assert!(cookie.contains("HttpOnly; SameSite=Strict") && cookie.contains("Path=/;"), "{cookie}");
            let cookie = cookie.split(';').next().unwrap().to_owned();
            self.cookie = Some(cookie).filter(|cookie| !cookie.ends_with('='));
        }
        answer
    }

    pub(super) async fn get(&mut self, path: &str) -> Answer {
        let headers = format!("{}connection: close\r\n", self.headers());
        let answer = self.house.ask("GET", path, &headers, "").await;
        self.keep(answer)
    }

    pub(super) async fn post(&mut self, path: &str, body: &str) -> Answer {
        let own = format!("http://{}", self.house.address);
        self.post_from(Some(&own), path, body).await
    }

    pub(super) async fn post_from(&mut self, origin: Option<&str>, path: &str, body: &str) -> Answer {
        let origin = origin.map(|origin| format!("origin: {origin}\r\n")).unwrap_or_default();
        let kind = "content-type: application/x-www-form-urlencoded\r\nconnection: close\r\n";
        let headers = format!("{}{origin}{kind}", self.headers());
        let answer = self.house.ask("POST", path, &headers, body).await;
        self.keep(answer)
    }

    /// Sends the form of a page, with these fields filled in.
    pub(super) async fn submit(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        for name in ["csrf", "seal"] {
            if page.contains(&format!("name=\"{name}\"")) {
                body.append_pair(name, &field(page, name));
            }
        }
        body.extend_pairs(fields);
        let body = body.finish();
        self.post(path, &body).await
    }

    pub(super) async fn try_to_sign_in(&mut self, name: &str, secret: &str) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("name", name)
            .append_pair("secret", secret)
            .finish();
        self.post("/sign-in", &body).await
    }

    pub(super) async fn sign_in(&mut self, name: &str, secret: &str) {
        let answer = self.try_to_sign_in(name, secret).await;
        assert_eq!((answer.status, answer.header("location")), (303, Some("/")), "{answer:?}");
    }
}
