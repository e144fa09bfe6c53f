//! An issuer of tokens on this machine: keys of three kinds, and answers of every kind.

use std::sync::{Arc, LazyLock, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::stream;
use jsonwebtoken::{Algorithm, EncodingKey};
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ED25519, PublicKeyData as _};
use rsa::RsaPrivateKey;
use rsa::pkcs1::{EncodeRsaPrivateKey as _, EncodeRsaPublicKey as _};
use rsa::traits::PublicKeyParts as _;
use serde_json::{Value, json};
use tokio::task::JoinSet;

/// What the issuer answers when its keys are asked for.
#[derive(Clone)]
pub(crate) enum Answer {
    Keys(Value),
    Cached(Value, &'static str),
    Text(String),
    Status(u16),
    Redirect,
    Endless,
    Never,
}

/// The issuer, and how often its keys were asked for.
pub(crate) struct Issuer {
    pub(crate) address: String,
    state: Arc<Mutex<(Answer, usize)>>,
    /// Dropped, it serves no more.
    _serving: JoinSet<()>,
}

impl Issuer {
    pub(crate) async fn start() -> Self {
        let state = Arc::new(Mutex::new((Answer::Keys(all_keys()), 0)));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/keys", listener.local_addr().unwrap());
        let routes = Router::new().fallback(answer).with_state(Arc::clone(&state));
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { address, state, _serving: serving }
    }

    pub(crate) fn answer(&self, answer: Answer) {
        self.state.lock().unwrap().0 = answer;
    }

    pub(crate) fn asked(&self) -> usize {
        self.state.lock().unwrap().1
    }
}

async fn answer(State(state): State<Arc<Mutex<(Answer, usize)>>>) -> Response {
    let answer = {
        let mut state = state.lock().unwrap();
        state.1 += 1;
        state.0.clone()
    };
    let answered = |status: u16| Response::builder().status(status);
    match answer {
        Answer::Keys(keys) => answered(200).body(Body::from(keys.to_string())),
        Answer::Cached(keys, control) => answered(200).header("cache-control", control).body(keys.to_string().into()),
        Answer::Text(text) => answered(200).body(Body::from(text)),
        Answer::Status(status) => answered(status).body(Body::from(all_keys().to_string())),
        Answer::Redirect => answered(302).header("location", "/other").body(Body::empty()),
        Answer::Endless => {
            let pieces = stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from_static(&[b' '; 4096])));
            answered(200).body(Body::from_stream(pieces))
        }
        Answer::Never => std::future::pending().await,
    }
    .unwrap()
}

/// A private key, and the public one as a set has it.
pub(crate) struct Pair {
    pub(crate) private: EncodingKey,
    pub(crate) public: Value,
}

pub(crate) static RSA: LazyLock<RsaPrivateKey> =
    LazyLock::new(|| RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).unwrap());

pub(crate) fn rsa_pair() -> Pair {
    let part = |part: &rsa::BigUint| URL_SAFE_NO_PAD.encode(part.to_bytes_be());
    let public = json!({ "kty": "RSA", "kid": "rsa", "use": "sig", "n": part(RSA.n()), "e": part(RSA.e()) });
    Pair { private: EncodingKey::from_rsa_der(RSA.to_pkcs1_der().unwrap().as_bytes()), public }
}

/// The texts of the public RSA key that a confused checker could take for a secret.
pub(crate) fn rsa_as_secrets() -> Vec<Vec<u8>> {
    let der = RSA.to_public_key().to_pkcs1_der().unwrap();
    let base64 = base64::engine::general_purpose::STANDARD.encode(der.as_bytes());
    let pem = format!("-----BEGIN RSA PUBLIC KEY-----\n{base64}\n-----END RSA PUBLIC KEY-----\n");
    vec![der.as_bytes().to_vec(), pem.into_bytes(), rsa_pair().public.to_string().into_bytes(), Vec::new()]
}

pub(crate) static CURVE: LazyLock<Pair> = LazyLock::new(|| {
    let pair = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
    let point = pair.der_bytes();
    let part = |range| URL_SAFE_NO_PAD.encode::<&[u8]>(&point[range]);
    let public =
        json!({ "kty": "EC", "crv": "P-256", "kid": "ec", "alg": "ES256", "x": part(1..33), "y": part(33..65) });
    Pair { private: EncodingKey::from_ec_der(&pair.serialize_der()), public }
});

pub(crate) static EDWARDS: LazyLock<Pair> = LazyLock::new(|| {
    // PKCS #8 in its first version, which every reader of Ed25519 keys understands (RFC 8410 section 7).
    let mut der = vec![0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).unwrap();
    der.extend_from_slice(&seed);
    let pair = KeyPair::from_pkcs8_der_and_sign_algo(&der.as_slice().into(), &PKCS_ED25519).unwrap();
    let public = json!({ "kty": "OKP", "crv": "Ed25519", "kid": "ed", "x": URL_SAFE_NO_PAD.encode(pair.der_bytes()) });
    Pair { private: EncodingKey::from_ed_der(&der), public }
});

pub(crate) fn all_keys() -> Value {
    let symmetric = json!({ "kty": "oct", "kid": "oct", "k": "AAAA" });
    json!({ "keys": [rsa_pair().public, CURVE.public, EDWARDS.public, symmetric] })
}

/// A token with this header and these claims, signed like that.
pub(crate) fn signed(header: &Value, claims: &Value, key: &EncodingKey, algorithm: Algorithm) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(header), part(claims));
    let signature = jsonwebtoken::crypto::sign(text.as_bytes(), key, algorithm).unwrap();
    format!("{text}.{signature}")
}

/// A token of the curve's key.
pub(crate) fn token(claims: &Value) -> String {
    token_of("ec", claims)
}

/// The same under another key id.
pub(crate) fn token_of(key_id: &str, claims: &Value) -> String {
    signed(&json!({ "alg": "ES256", "kid": key_id, "typ": "at+jwt" }), claims, &CURVE.private, Algorithm::ES256)
}
