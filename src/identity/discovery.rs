//! Where an issuer says that its keys are: in its metadata (RFC 8414), or in its `openid-configuration`.

use serde::Deserialize;
use url::Url;

#[derive(Deserialize)]
struct Document {
    issuer: String,
    jwks_uri: String,
}

/// The addresses of an issuer's documents, in the order they are tried: the one of RFC 8414 stands before the
/// issuer's path, `openid-configuration` behind it.
pub(super) fn addresses(issuer: &str) -> Vec<Url> {
    let Ok(issuer) = Url::parse(issuer) else { return Vec::new() };
    let path = issuer.path().trim_end_matches('/').to_owned();
    let paths =
        [format!("/.well-known/oauth-authorization-server{path}"), format!("{path}/.well-known/openid-configuration")];
    let at = |path: String| {
        let mut address = issuer.clone();
        address.set_path(&path);
        address
    };
    paths.map(at).into()
}

/// Where the keys are, as a document has it, which has to be of this very issuer (RFC 8414 section 3.3).
pub(super) fn keys_address(document: &[u8], issuer: &str) -> Result<Url, &'static str> {
    if !document.trim_ascii_start().starts_with(b"{") {
        return Err("its discovery document is no JSON object");
    }
    let document: Document =
        serde_json::from_slice(document).map_err(|_| "its discovery document lacks `issuer` or `jwks_uri`")?;
    if document.issuer != issuer {
        return Err("its discovery document is of another issuer");
    }
    let address = Url::parse(&document.jwks_uri).ok().filter(|url| url.scheme() == "https" && url.has_host());
    address.ok_or("the `jwks_uri` of its discovery document is no https address")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_looked_for_where_both_specifications_put_them() {
        let told = |issuer| addresses(issuer).iter().map(Url::to_string).collect::<Vec<_>>();
        let bare = [
            "https://a.example/.well-known/oauth-authorization-server",
            "https://a.example/.well-known/openid-configuration",
        ];
        assert_eq!(told("https://a.example"), bare);
        assert_eq!(told("https://a.example/"), bare);
        for issuer in ["https://a.example:8443/t/1", "https://a.example:8443/t/1/"] {
            assert_eq!(
                told(issuer),
                [
                    "https://a.example:8443/.well-known/oauth-authorization-server/t/1",
                    "https://a.example:8443/t/1/.well-known/openid-configuration",
                ]
            );
        }
    }

    #[test]
    fn a_document_counts_for_the_very_issuer_it_names_and_keys_travel_encrypted() {
        let read = |text: &str| keys_address(text.as_bytes(), "https://a.example");
        let keys = "\"jwks_uri\":\"https://a.example/keys\"";
        assert!(read(&format!("{{\"issuer\":\"https://a.example\",{keys}}}")).is_ok());
        for text in [
            format!("{{\"issuer\":\"https://a.example/\",{keys}}}"),
            format!("{{{keys}}}"),
            "{\"issuer\":\"https://a.example\",\"jwks_uri\":\"http://a.example/keys\"}".to_owned(),
            "{\"issuer\":\"https://a.example\",\"jwks_uri\":\"file:///keys\"}".to_owned(),
            "[\"https://a.example\",\"https://a.example/keys\"]".to_owned(),
            String::new(),
        ] {
            assert!(read(&text).is_err(), "{text}");
        }
    }
}
