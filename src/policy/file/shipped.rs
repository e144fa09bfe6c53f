//! The profiles that come with Sluice, for an installed binary that has no `permissions` folder beside it.

const SHIPPED: [(&str, &str); 3] = [
    ("read-only", include_str!("../../../permissions/read-only.toml")),
    ("documentation-manager", include_str!("../../../permissions/documentation-manager.toml")),
    ("full-access", include_str!("../../../permissions/full-access.toml")),
];

/// The text of a shipped profile by its file name without `.toml`.
pub fn shipped(name: &str) -> Option<&'static str> {
    SHIPPED.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// The names of the shipped profiles, most careful first.
pub fn names() -> impl Iterator<Item = &'static str> {
    SHIPPED.iter().map(|(name, _)| *name)
}
