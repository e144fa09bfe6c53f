//! Seals secrets under a data key: nobody without it can read, change or exchange them unseen.

use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use secrecy::zeroize::Zeroizing;

use super::{DataKey, KeepingError};

/// Bytes of a nonce.
const NONCE: usize = 24;

/// Nonce, sealed secret, tag, of XChaCha20-Poly1305. What is sealed opens only with the same `bound`.
pub fn close(key: &DataKey, bound: &[u8], secret: &[u8]) -> Result<Vec<u8>, KeepingError> {
    let mut nonce = [0; NONCE];
    getrandom::fill(&mut nonce).map_err(|error| KeepingError::Random(error.to_string()))?;
    let cipher = XChaCha20Poly1305::new(key.expose().into());
    let sealed = cipher.encrypt(&XNonce::from(nonce), Payload { msg: secret, aad: bound }).map_err(|_| broken())?;
    Ok([nonce.as_slice(), &sealed].concat())
}

/// The secret.
pub fn open(key: &DataKey, bound: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeepingError> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or_else(broken)?;
    let cipher = XChaCha20Poly1305::new(key.expose().into());
    let secret = cipher.decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: bound }).map_err(|_| broken())?;
    Ok(Zeroizing::new(secret))
}

fn broken() -> KeepingError {
    KeepingError::Broken { key: "its data key".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_opens_with_its_key_and_what_it_is_bound_to_and_nothing_else() {
        let (key, other) = (DataKey::generate().unwrap(), DataKey::generate().unwrap());
        let sealed = close(&key, b"acme 1", b"hunter2").unwrap();
        assert_eq!(&*open(&key, b"acme 1", &sealed).unwrap(), b"hunter2");
        assert!(open(&other, b"acme 1", &sealed).is_err());
        assert!(open(&key, b"acme 2", &sealed).is_err());
        assert_ne!(close(&key, b"acme 1", b"hunter2").unwrap(), sealed);
    }

    #[test]
    fn any_flipped_bit_and_any_missing_byte_is_noticed() {
        let key = DataKey::generate().unwrap();
        let sealed = close(&key, b"", b"hunter2").unwrap();
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(open(&key, b"", &changed).is_err(), "bit {bit}");
        }
        for length in 0..sealed.len() {
            assert!(open(&key, b"", &sealed[..length]).is_err(), "{length} bytes");
        }
    }
}
