//! Names that a body shows and does not say itself: people by account, pages by id or address.

use std::collections::{BTreeSet, HashMap};

use crate::confluence::people;
use crate::domain::ids::{AccountId, ContentId};
use crate::markup;
use crate::tools::Context;

/// What was looked up for one body.
#[derive(Default)]
pub(super) struct Names {
    people: people::Names,
    /// Titles by what the links have instead.
    titles: HashMap<String, String>,
}

impl Names {
    /// Looks up what a body mentions: people in one request, pages in another, neither where all are remembered.
    /// A page that the caller may not see keeps its title to itself.
    pub(super) async fn of(storage: &str, context: &Context) -> Self {
        let mentioned = markup::mentioned(storage);
        let accounts = mentioned.accounts.iter().filter_map(|account| account.parse::<AccountId>().ok());
        Self { people: context.people.names(accounts).await, titles: titles(mentioned.pages, context).await }
    }

    /// What links alone show, for those who write a body.
    pub(super) async fn of_links(storage: &str, context: &Context) -> Self {
        let titles = titles(markup::mentioned(storage).pages, context).await;
        Self { people: people::Names::new(), titles }
    }
}

impl markup::Names for Names {
    fn person(&self, account_id: &str) -> Option<String> {
        markup::Names::person(&self.people, account_id)
    }

    fn page(&self, reference: &str) -> Option<String> {
        self.titles.get(reference).cloned()
    }
}

impl markup::Names for people::Names {
    fn person(&self, account_id: &str) -> Option<String> {
        self.get(&account_id.parse::<AccountId>().ok()?).cloned()
    }
}

async fn titles(references: BTreeSet<String>, context: &Context) -> HashMap<String, String> {
    let ids = references.into_iter().filter_map(|reference| Some((page_id(&reference, &context.site)?, reference)));
    let ids: Vec<(ContentId, String)> = ids.collect();
    if ids.is_empty() {
        return HashMap::new();
    }
    let found = context.places.titles(&ids.iter().map(|(id, _)| id.clone()).collect()).await;
    let mut seen = HashMap::new();
    for (id, page) in found {
        if context.sees(&page.place).await.is_ok() {
            seen.insert(id, page.title);
        }
    }
    let title = |(id, reference): (ContentId, String)| Some((reference, seen.get(&id)?.clone()));
    ids.into_iter().filter_map(title).collect()
}

/// The page that a content id or an address on the site names: `…/wiki/spaces/KEY/pages/ID/Title`, `…?pageId=ID`.
fn page_id(reference: &str, site: &str) -> Option<ContentId> {
    let path = if reference.starts_with(|first: char| first.is_ascii_digit()) {
        return reference.parse().ok();
    } else if reference.starts_with("/wiki/") {
        reference
    } else {
        reference.strip_prefix(site).filter(|path| path.starts_with("/wiki/"))?
    };
    let (_, id) = path
        .split_once("/pages/")
        .filter(|(_, id)| id.starts_with(|first: char| first.is_ascii_digit()))
        .or_else(|| path.split_once("?pageId="))?;
    // What names a comment or a heading of a page is not the page itself.
    let end = id.find(|character: char| !character.is_ascii_digit()).unwrap_or(id.len());
    let (id, rest) = id.split_at(end);
    (!rest.contains(['#', '?', '&'])).then(|| id.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_told_by_its_id_or_by_its_address_on_the_site_alone() {
        let id = |reference| page_id(reference, "https://acme.atlassian.net").map(|id| id.to_string());
        let page = Some("4711".to_owned());
        assert_eq!(id("4711"), page);
        assert_eq!(id("https://acme.atlassian.net/wiki/spaces/IT/pages/4711/On+call"), page);
        assert_eq!(id("/wiki/spaces/IT/pages/4711"), page);
        assert_eq!(id("https://acme.atlassian.net/wiki/pages/viewpage.action?pageId=4711"), page);
        for other in [
            "https://evil.example/wiki/spaces/IT/pages/4711",
            "https://acme.atlassian.net.evil.example/wiki/spaces/IT/pages/4711",
            "https://acme.atlassian.net/wiki/spaces/IT/pages/4711/On+call#Who",
            "https://acme.atlassian.net/wiki/spaces/IT/pages/4711/On+call?focusedCommentId=9",
            "https://acme.atlassian.net/wiki/spaces/IT/pages/edit",
            "/wiki/spaces/IT",
        ] {
            assert_eq!(id(other), None, "{other}");
        }
    }
}
