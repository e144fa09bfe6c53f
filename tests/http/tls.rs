//! Encrypted connections, with a certificate that changes while the server runs.

use rcgen::{CertificateParams, KeyPair};

use super::house::{House, until};

fn certificate(folder: &std::path::Path) -> String {
    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    std::fs::write(folder.join("key.pem"), key.serialize_pem()).unwrap();
    std::fs::write(folder.join("certificate.pem"), own.pem()).unwrap();
    own.pem()
}

fn trusting(pem: &str) -> reqwest::Client {
    let authority = reqwest::Certificate::from_pem(pem.as_bytes()).unwrap();
    reqwest::Client::builder().no_proxy().tls_certs_only([authority]).build().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_is_read_again_when_it_changes_and_a_wrong_one_changes_nothing() {
    let folder = crate::program::data_dir();
    std::fs::create_dir_all(&folder).unwrap();
    let first = certificate(&folder);
    let (cert, key) = (folder.join("certificate.pem"), folder.join("key.pem"));
    let flags = ["--tls-cert", cert.to_str().unwrap(), "--tls-key", key.to_str().unwrap()];
    let house = House::with(&[("one", "read-only")], &flags).await;
    assert!(house.origin.starts_with("https://127.0.0.1:"));
    let origin = house.origin.replace("127.0.0.1", "localhost");
    let health = |client: reqwest::Client| {
        let address = format!("{origin}/healthz");
        async move { client.get(address).send().await.is_ok_and(|answer| answer.status() == 200) }
    };
    assert!(health(trusting(&first)).await);
    assert!(house.client.get(house.origin.replace("https", "http")).send().await.is_err());
    std::fs::write(&cert, "nonsense").unwrap();
    until(|| async { house.log().contains("the new certificate cannot be used yet") }).await;
    assert!(health(trusting(&first)).await);
    let second = certificate(&folder);
    until(|| health(trusting(&second))).await;
    assert!(!health(trusting(&first)).await);
}
