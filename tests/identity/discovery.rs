//! An issuer that says itself where its keys are, on this machine and over TLS.

use std::collections::HashMap;
use std::sync::Arc;

use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::PrivatePkcs8KeyDer;
use serde_json::json;
use sluice::clock::Clock;
use sluice::identity::{Identity, NotProven, Proven, Reach};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::issuer::{all_keys, token};
use super::{AUDIENCE, StillClock, agents, with};

/// What the issuer has at each path.
type Documents = HashMap<&'static str, String>;

async fn serve(listener: TcpListener, acceptor: tokio_rustls::TlsAcceptor, documents: Documents) {
    while let Ok((stream, _)) = listener.accept().await {
        let Ok(mut stream) = acceptor.accept(stream).await else { continue };
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            request.push(stream.read_u8().await.unwrap());
        }
        let request = String::from_utf8(request).unwrap();
        let (status, body) = match documents.get(request.split(' ').nth(1).unwrap()) {
            Some(body) => ("200 OK", body.as_str()),
            None => ("404 Not Found", ""),
        };
        let length = body.len();
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
        stream.write_all(answer.as_bytes()).await.unwrap();
        let _ = stream.shutdown().await;
    }
}

/// What comes of a token of an issuer with such documents, which are given the issuer's address.
async fn proof(documents: impl FnOnce(&str) -> Documents) -> Result<Proven, NotProven> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("https://localhost:{}/tenant", listener.local_addr().unwrap().port());
    let private = PrivatePkcs8KeyDer::from(key.serialize_der()).into();
    let settings = rustls::ServerConfig::builder().with_no_client_auth();
    let settings = settings.with_single_cert(vec![certificate.der().clone()], private).unwrap();
    let mut serving = JoinSet::new();
    serving.spawn(serve(listener, Arc::new(settings).into(), documents(&issuer)));
    let reach = Reach { authority: Some(certificate.pem().into_bytes()), ..Reach::default() };
    let identity = Identity::new(Arc::new(StillClock::default()) as Arc<dyn Clock>, &reach).unwrap();
    let agents = agents(&format!(
        "[issuers.login]\nissuer = \"{issuer}\"\naudience = \"{AUDIENCE}\"\n\
         [agents.bot]\nowner = \"jo\"\nprofile = \"read-only\"\nissuer = \"{issuer}\"\nsubject = \"bot-1\"\n"
    ));
    identity.prove(&agents, &token(&with("iss", json!(issuer))).into()).await
}

fn document(issuer: &str, address: &str) -> String {
    json!({ "issuer": issuer, "jwks_uri": address }).to_string()
}

#[tokio::test]
async fn keys_are_found_through_either_document_of_an_issuer() {
    for path in ["/.well-known/oauth-authorization-server/tenant", "/tenant/.well-known/openid-configuration"] {
        let documents = |issuer: &str| {
            let found = document(issuer, &format!("{issuer}/keys"));
            Documents::from([(path, found), ("/tenant/keys", all_keys().to_string())])
        };
        assert!(proof(documents).await.is_ok(), "{path}");
    }
}

#[tokio::test]
async fn a_document_of_another_issuer_and_keys_without_encryption_do_not_count() {
    let path = "/tenant/.well-known/openid-configuration";
    let keys = || ("/tenant/keys", all_keys().to_string());
    let another = |issuer: &str| {
        let other = issuer.trim_end_matches("/tenant");
        Documents::from([(path, document(other, &format!("{issuer}/keys"))), keys()])
    };
    assert_eq!(proof(another).await, Err(NotProven::Unavailable));
    let plain = |issuer: &str| {
        Documents::from([(path, document(issuer, &format!("{issuer}/keys").replace("https", "http"))), keys()])
    };
    assert_eq!(proof(plain).await, Err(NotProven::Unavailable));
    assert_eq!(proof(|_| Documents::new()).await, Err(NotProven::Unavailable));
}
