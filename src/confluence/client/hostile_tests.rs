//! The client against a server that answers as badly as servers do.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::confluence::address::Address;
use crate::confluence::failure::{Defect, Failure, Obstacle, TryAgain};

use super::peer::{Act, CANARY, Peer, answer, clock, head, impatient, ok, page, read, write};
use super::{Client, Settings};

#[tokio::test]
async fn a_write_that_was_cut_off_is_not_repeated() {
    let troubles = [
        Act::Say(Vec::new()),
        Act::Say(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{".to_vec()),
        Act::Trail(Vec::new()),
        Act::Trail(head(200, &[])),
    ];
    for trouble in troubles {
        let peer = Peer::start([trouble, ok()]).await;
        let client = Client::new(Settings { timeouts: impatient(), ..peer.settings(&clock()) }).unwrap();
        let failure = write(&client).await.unwrap_err();
        assert_eq!((failure.code(), failure.try_again(), peer.seen().len()), ("unknown", TryAgain::No, 1));
    }
}

#[tokio::test]
async fn a_redirect_is_never_followed() {
    let thief = Peer::start([ok()]).await;
    let target = format!("http://127.0.0.1:{}/wiki/api/v2/pages/1", thief.port);
    for status in [301, 302, 303, 307, 308] {
        let peer = Peer::start([answer(status, &[("location", &target)], "")]).await;
        let failure = read(&peer.client()).await.unwrap_err();
        assert_eq!(failure, Failure::Unreadable { defect: Defect::Redirect, trace: Some("t1".into()) });
        assert_eq!(write(&peer.client()).await.unwrap_err().code(), "unknown");
    }
    assert!(thief.seen().is_empty());
}

/// 64 MiB of zeros in 400 KiB: one literal zero, then "the same 258 times again" in 13 bits each (RFC 1951, 1952).
fn gzip_bomb() -> Vec<u8> {
    let again = "1100010100000".chars().cycle().take(13 * 260_000);
    let bits: Vec<char> = "01000110000".chars().chain(again).collect();
    let deflated = bits.chunks(8).map(|byte| byte.iter().rev().fold(0, |byte, bit| byte << 1 | u8::from(*bit == '1')));
    [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255].into_iter().chain(deflated).collect()
}

#[tokio::test]
async fn answers_larger_than_the_cap_are_dropped() {
    let gzipped = answer(200, &[("content-encoding", "gzip")], gzip_bomb());
    let endless = Act::Flood { head: head(200, &[]), piece: vec![b'['; 64 * 1024] };
    let long = answer(200, &[], vec![b' '; 1024 * 1024 + 1]);
    for act in [gzipped, endless, long] {
        let peer = Peer::start([act]).await;
        let settings = Settings { answer_cap: 1024 * 1024, ..peer.settings(&clock()) };
        let client = Client::new(settings).unwrap();
        assert_eq!(read(&client).await.unwrap_err(), Failure::TooBig { cap: 1024 * 1024 });
        assert_eq!(write(&client).await.unwrap_err().code(), "unknown");
        assert_eq!(peer.seen().len(), 2);
    }
}

#[tokio::test]
async fn an_error_page_without_end_is_read_to_its_cap() {
    let peer = Peer::start([Act::Flood { head: head(404, &[]), piece: vec![b'x'; 64 * 1024] }]).await;
    assert_eq!(read(&peer.client()).await.unwrap_err().code(), "not_found");
}

#[tokio::test]
async fn unusable_answers_are_told_apart() {
    let cases: [(Vec<u8>, Defect); 4] = [
        (b"<html>Log in".to_vec(), Defect::WebPage),
        (b"{\"a\": \"\xff\"}".to_vec(), Defect::NotJson),
        ("[".repeat(100_000).into_bytes(), Defect::TooDeep),
        (b"{\"a\": \"b".to_vec(), Defect::CutShort),
    ];
    for (body, expected) in cases {
        let peer = Peer::start([answer(200, &[], body)]).await;
        let read = read(&peer.client()).await.unwrap().json::<Value>().unwrap_err();
        assert_eq!(read, Failure::Unreadable { defect: expected, trace: Some("t1".into()) });
    }
    let peer = Peer::start([answer(200, &[], "[1]")]).await;
    let read = read(&peer.client()).await.unwrap().json::<BTreeMap<String, String>>().unwrap_err();
    assert_eq!(read, Failure::Unreadable { defect: Defect::OtherFields, trace: Some("t1".into()) });
}

#[tokio::test]
async fn silence_ends_in_a_timeout() {
    for (act, requests) in [(Act::Trail(Vec::new()), 5), (Act::Trail(head(200, &[])), 1)] {
        let peer = Peer::start([act]).await;
        let client = Client::new(Settings { timeouts: impatient(), ..peer.settings(&clock()) }).unwrap();
        assert_eq!(read(&client).await.unwrap_err(), Failure::Timeout);
        assert_eq!(peer.seen().len(), requests);
    }
}

#[tokio::test]
async fn a_host_that_is_not_there_gets_nothing_and_says_so() {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let mut peer = Peer::start([ok()]).await;
    peer.port = free;
    let expected = Failure::NotStarted { host: "127.0.0.1".into(), obstacle: Obstacle::Connection };
    assert_eq!(read(&peer.client()).await.unwrap_err(), expected);
    assert_eq!(write(&peer.client()).await.unwrap_err(), expected);
}

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn nothing_prints_or_logs_the_credentials() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || writer.clone());
    let _guard = tracing::subscriber::set_default(subscriber.finish());
    let mut printed = String::new();
    for act in [answer(401, &[], "{\"message\":\"no\"}"), Act::Say(Vec::new()), ok(), answer(200, &[], "<html>")] {
        let peer = Peer::start([act]).await;
        let client = peer.client();
        let (reading, writing) = (read(&client).await, write(&client).await);
        let json = reading.as_ref().map(crate::confluence::reply::Reply::json::<BTreeMap<String, u8>>);
        write!(printed, "{client:?} {reading:?} {writing:?} {json:?} {:?}", page()).unwrap();
    }
    printed += &String::from_utf8_lossy(&log.0.lock().unwrap());
    assert!(printed.contains("refused") && printed.contains("answer cannot be read"), "{printed}");
    assert!(!printed.contains(CANARY) && !printed.contains("YWRtaW5"), "{printed}");
}

/// A server with a certificate that its own authority signed for `name`, and that authority as PEM.
async fn encrypted(name: &str, valid_until: i32) -> (Peer, Vec<u8>) {
    let authority_key = rcgen::KeyPair::generate().unwrap();
    let mut authority = rcgen::CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let pem = authority.self_signed(&authority_key).unwrap().pem().into_bytes();
    let issuer = rcgen::Issuer::new(authority, authority_key);
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new([name.to_owned()]).unwrap();
    params.not_after = rcgen::date_time_ymd(valid_until, 1, 1);
    params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth];
    let certificate = params.signed_by(&key, &issuer).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key.serialize_der().try_into().unwrap())
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let accept = move |stream| {
        let accepted = acceptor.accept(stream);
        Box::pin(async move { accepted.await.ok() }) as futures_util::future::BoxFuture<'static, _>
    };
    (Peer::start_with(vec![ok()], accept).await, pem)
}

#[tokio::test]
async fn only_trusted_unexpired_certificates_for_the_very_host_are_spoken_to() {
    let cases = [("localhost", 2100, true, true), ("localhost", 2100, false, false)];
    let more = [("elsewhere.example", 2100, true, false), ("localhost", 2020, true, false)];
    for (name, valid_until, trusted, expected) in cases.into_iter().chain(more) {
        let (peer, authority) = encrypted(name, valid_until).await;
        let address = Address::site(&format!("https://localhost:{}", peer.port)).unwrap();
        let settings = Settings { address, authorities: trusted.then_some(authority), ..peer.settings(&clock()) };
        let result = read(&Client::new(settings).unwrap()).await;
        assert_eq!(result.is_ok(), expected, "{name} {valid_until} {trusted}: {result:?}");
        assert_eq!(peer.seen().len(), usize::from(expected));
        if let Err(failure) = result {
            let expected = Failure::NotStarted { host: "localhost".into(), obstacle: Obstacle::Tls };
            assert_eq!(failure, expected);
            assert!(failure.hint().contains("--ca-file"));
        }
    }
}

#[tokio::test]
async fn an_authority_that_is_none_is_refused_naming_the_setting() {
    let peer = Peer::start([ok()]).await;
    for pem in ["", "nonsense", "-----BEGIN CERTIFICATE-----\n"] {
        let settings = Settings { authorities: Some(pem.into()), ..peer.settings(&clock()) };
        let error = Client::new(settings).unwrap_err().to_string();
        assert!(error.contains("`--ca-file`"), "{error}");
    }
}
