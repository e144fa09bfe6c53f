//! What a token allows beside the profile: the scopes of this server.

use serde_json::Value;

use crate::domain::access::AccessClass;

const READ: &str = "confluence:read";
const WRITE: &str = "confluence:write";
const DELETE: &str = "confluence:delete";

/// The scopes of one token. Each says itself: `confluence:write` does not include `confluence:read`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scopes {
    read: bool,
    write: bool,
    delete: bool,
}

impl Scopes {
    /// The name of every scope there is, for metadata.
    pub const ALL: [&'static str; 3] = [READ, WRITE, DELETE];

    /// Those of these names; names of other servers' scopes say nothing here.
    pub fn named<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut scopes = Self::default();
        for name in names {
            match name {
                READ => scopes.read = true,
                WRITE => scopes.write = true,
                DELETE => scopes.delete = true,
                _ => {}
            }
        }
        scopes
    }

    /// Those of a token's claims: `scope`, separated by spaces (RFC 8693 section 4.2), or else `scp`, such a text or a
    /// list of names.
    pub(super) fn of_claims(scope: Option<&Value>, scp: Option<&Value>) -> Self {
        match scope.or(scp) {
            Some(Value::String(text)) => Self::named(text.split(' ')),
            // Only `scp` is ever a list.
            Some(Value::Array(names)) if scope.is_none() => Self::named(names.iter().filter_map(Value::as_str)),
            _ => Self::default(),
        }
    }

    /// Every scope that an operation of this class needs.
    pub const fn needed_for(class: AccessClass) -> &'static [&'static str] {
        match class {
            AccessClass::Read => &[READ],
            AccessClass::Create | AccessClass::Update => &[READ, WRITE],
            AccessClass::Delete => &[READ, WRITE, DELETE],
        }
    }

    /// Whether they are enough for an operation of this class.
    pub fn allow(self, class: AccessClass) -> bool {
        let has = |name: &&str| match *name {
            READ => self.read,
            WRITE => self.write,
            DELETE => self.delete,
            _ => false,
        };
        Self::needed_for(class).iter().all(has)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn allowed(scope: Option<&Value>, scp: Option<&Value>) -> Vec<AccessClass> {
        let scopes = Scopes::of_claims(scope, scp);
        AccessClass::ALL.into_iter().filter(|class| scopes.allow(*class)).collect()
    }

    #[test]
    fn each_class_needs_its_scopes_and_each_scope_says_itself() {
        use AccessClass::{Create, Delete, Read, Update};
        assert_eq!(allowed(Some(&json!("confluence:read openid")), None), [Read]);
        assert_eq!(allowed(Some(&json!("confluence:write")), None), []);
        assert_eq!(allowed(Some(&json!("confluence:write confluence:read")), None), [Read, Create, Update]);
        assert_eq!(allowed(Some(&json!("confluence:delete confluence:read")), None), [Read]);
        assert_eq!(allowed(None, Some(&json!(Scopes::ALL))), [Read, Create, Update, Delete]);
        assert_eq!(allowed(None, Some(&json!("confluence:read"))), [Read]);
    }

    #[test]
    fn what_is_no_scope_of_ours_allows_nothing() {
        for scope in
            [json!(null), json!(7), json!(["confluence:read"]), json!("confluence:readx CONFLUENCE:READ"), json!("")]
        {
            assert_eq!(allowed(Some(&scope), Some(&json!("confluence:read"))), []);
        }
        assert_eq!(allowed(None, None), []);
    }

    #[test]
    fn what_a_class_needs_are_scopes_that_exist() {
        for class in AccessClass::ALL {
            assert!(Scopes::needed_for(class).iter().all(|name| Scopes::ALL.contains(name)));
            assert!(Scopes::named(Scopes::needed_for(class).iter().copied()).allow(class));
        }
    }
}
