//! Where links lead, written inside the round brackets of a Markdown link and read back.
//!
//! `page:KEY/Title#anchor`, `blog:KEY/2026-01-31/Title`, `content:ID`, `space:KEY`, `attachment:file.pdf`, `#anchor`;
//! anything else is an address. A page without a space key lies in the same space: `page:/Title`.

use std::borrow::Cow;

use crate::domain::text::clean_text;
use crate::markup::document::Target;

/// Writes a target; in names, `%` and `#` are percent-encoded where they would be mistaken.
pub(super) fn destination(target: &Target) -> String {
    match target {
        Target::Address(address) => address.clone(),
        Target::Page { space, title, anchor } => {
            let anchor = anchor.as_ref().map(|anchor| format!("#{}", encode(anchor))).unwrap_or_default();
            format!("page:{}/{}{anchor}", encode(space.as_deref().unwrap_or_default()), encode(title))
        }
        Target::BlogPost { space, day, title } => {
            let space = encode(space.as_deref().unwrap_or_default()).into_owned();
            format!("blog:{space}/{}/{}", day.replace('/', "-"), encode(title))
        }
        Target::Content(id) => format!("content:{id}"),
        Target::Space(key) => format!("space:{key}"),
        Target::Attachment(file) => format!("attachment:{}", encode(file)),
        Target::Anchor(anchor) => format!("#{anchor}"),
    }
}

/// Reads a target; `None` for addresses that could run a script.
pub(super) fn target(destination: &str) -> Option<Target> {
    if let Some(anchor) = destination.strip_prefix('#') {
        return Some(Target::Anchor(anchor.to_owned()));
    }
    let owned = |text: &str| Some(decode(text).trim().to_owned()).filter(|text| !text.is_empty());
    let named = destination.split_once(':').and_then(|(scheme, rest)| match scheme {
        "page" => {
            let (path, anchor) = rest.split_once('#').map_or((rest, None), |(path, anchor)| (path, owned(anchor)));
            let (space, title) = path.split_once('/').unwrap_or(("", path));
            Some(Target::Page { space: owned(space), title: owned(title)?, anchor })
        }
        "blog" => {
            let (space, rest) = rest.split_once('/')?;
            let (day, title) = rest.split_once('/')?;
            Some(Target::BlogPost { space: owned(space), day: decode(day), title: owned(title)? })
        }
        "content" => owned(rest).map(Target::Content),
        "space" => owned(rest).map(Target::Space),
        "attachment" => owned(rest).map(Target::Attachment),
        _ => None,
    });
    match named {
        Some(target) => Some(target),
        None if runs_script(destination) => None,
        None => Some(Target::Address(destination.to_owned())),
    }
}

/// Whether a browser would run something instead of going somewhere.
pub(crate) fn runs_script(address: &str) -> bool {
    let scheme: String = address.chars().filter(|c| !c.is_whitespace() && !c.is_control()).take(16).collect();
    let scheme = scheme.to_ascii_lowercase();
    ["javascript:", "vbscript:", "data:"].iter().any(|bad| scheme.starts_with(bad))
}

/// Keeps a name from being taken for an anchor or for something encoded.
pub(super) fn encode(name: &str) -> Cow<'_, str> {
    if name.contains(['%', '#']) {
        Cow::Owned(name.replace('%', "%25").replace('#', "%23"))
    } else {
        Cow::Borrowed(name)
    }
}

/// Resolves percent-encoding where it is valid; invisible characters are left out.
pub(super) fn decode(name: &str) -> String {
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let pair = (*first == b'%').then(|| tail.get(..2)).flatten();
        let decoded =
            pair.and_then(|pair| std::str::from_utf8(pair).ok()).and_then(|pair| u8::from_str_radix(pair, 16).ok());
        bytes.push(decoded.unwrap_or(*first));
        rest = if decoded.is_some() { tail.get(2..).unwrap_or_default() } else { tail };
    }
    let decoded = String::from_utf8(bytes).unwrap_or_else(|_| name.to_owned());
    clean_text(&decoded).text.replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_target_is_read_back() {
        let targets = [
            Target::Page { space: Some("IT".into()), title: "A/B 100% #1".into(), anchor: Some("x#y".into()) },
            Target::Page { space: None, title: "a/b".into(), anchor: None },
            Target::BlogPost { space: None, day: "2026-01-31".into(), title: "News".into() },
            Target::Content("123".into()),
            Target::Space("~user".into()),
            Target::Attachment("50%25 (final).pdf".into()),
            Target::Anchor("Some heading".into()),
            Target::Address("https://example.com/a%20b?x=1#y".into()),
        ];
        for expected in targets {
            assert_eq!(target(&destination(&expected)), Some(expected));
        }
    }

    #[test]
    fn addresses_that_run_scripts_are_no_targets() {
        assert_eq!(target("java\tscript:alert(1)"), None);
        assert_eq!(target("DATA:text/html,x"), None);
    }
}
