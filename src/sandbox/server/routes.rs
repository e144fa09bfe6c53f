//! The table of served operations: method, path, scopes, and what answers.

use super::answer::Answered;
use super::call::Call;
use super::world::World;

/// What answers an operation.
pub(crate) type Run = fn(&Call, &mut World) -> Answered;

/// One served operation.
pub(crate) struct Operation {
    pub(crate) method: &'static str,
    pub(crate) template: &'static str,
    /// Scopes needed together, separated by spaces; alternatives separated by `|`.
    pub(crate) scopes: &'static str,
    pub(crate) served: Served,
    pub(crate) run: Run,
}

/// Where an operation is still served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Served {
    /// On the site and through the gateway.
    Everywhere,
    /// On the site with Basic credentials; the gateway answers 410.
    SiteOnly,
}

impl Operation {
    pub(crate) const fn new(method: &'static str, template: &'static str, scopes: &'static str, run: Run) -> Self {
        Self { method, template, scopes, served: Served::Everywhere, run }
    }

    pub(crate) const fn removed(method: &'static str, template: &'static str, run: Run) -> Self {
        Self { method, template, scopes: "", served: Served::SiteOnly, run }
    }
}

/// Values of a path's variables by name, decoded.
pub(crate) type Variables = Vec<(&'static str, String)>;

/// The outcome of looking a request up in the table.
pub(crate) enum Match {
    Found(&'static Operation, Variables),
    OtherMethod,
    Unknown,
}

const TABLES: [&[Operation]; 15] = [
    crate::sandbox::v2::PAGES,
    crate::sandbox::v2::TREE,
    crate::sandbox::v2::COMMENTS,
    crate::sandbox::v2::SPACES,
    crate::sandbox::v2::ATTACHMENTS,
    crate::sandbox::v2::LABELS,
    crate::sandbox::v1::SEARCH,
    crate::sandbox::v1::CONTENT,
    crate::sandbox::v1::ATTACHMENTS,
    crate::sandbox::v1::SPACES,
    crate::sandbox::v1::REMOVED,
    crate::sandbox::around::PROPERTIES,
    crate::sandbox::around::UPKEEP,
    crate::sandbox::around::ATTENTION,
    crate::sandbox::around::TEMPLATES_AND_GROUPS,
];

/// All served operations.
pub(crate) fn operations() -> impl Iterator<Item = &'static Operation> {
    TABLES.into_iter().flatten()
}

/// Finds the operation for a method and path; fixed words win over variables.
pub(crate) fn find(method: &str, path: &str) -> Match {
    let mut best: Option<(&'static Operation, Variables)> = None;
    let mut other_method = false;
    for operation in operations() {
        let Some(variables) = variables(operation.template, path) else { continue };
        if operation.method != method {
            other_method = true;
            continue;
        }
        if best.as_ref().is_none_or(|(_, before)| variables.len() < before.len()) {
            best = Some((operation, variables));
        }
    }
    match best {
        Some((operation, variables)) => Match::Found(operation, variables),
        None if other_method => Match::OtherMethod,
        None => Match::Unknown,
    }
}

fn variables(template: &'static str, path: &str) -> Option<Variables> {
    let mut found = Vec::new();
    let mut given = path.split('/');
    for wanted in template.split('/') {
        let segment = given.next()?;
        if let Some(name) = wanted.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            let value = decode(segment)?;
            if value.is_empty() {
                return None;
            }
            found.push((name, value));
        } else if wanted != segment {
            return None;
        }
    }
    given.next().is_none().then_some(found)
}

/// Decodes `%41` once; `None` if it is not UTF-8.
pub(crate) fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let pair = after.get(..2).filter(|_| first == b'%').and_then(|pair| std::str::from_utf8(pair).ok());
        if let Some(byte) = pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            bytes.push(byte);
            rest = after.get(2..).unwrap_or_default();
        } else {
            bytes.push(first);
            rest = after;
        }
    }
    String::from_utf8(bytes).ok()
}
