//! Seals records: nobody without the key can read, change or exchange them unseen.

use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use secrecy::{ExposeSecret as _, SecretBox};

use crate::store::Version;

/// Bytes of a nonce, which is also the record's version.
pub(in crate::store) const NONCE: usize = 24;
/// Bytes that a sealed value is longer than the value: nonce and tag.
pub(in crate::store) const SURPLUS: usize = NONCE + 16;

/// What a sealed value belongs to; under any other place it does not open.
#[derive(Clone, Copy)]
pub(in crate::store) struct Place<'a> {
    /// The table.
    pub(in crate::store) table: &'a [u8],
    /// The name there.
    pub(in crate::store) name: &'a [u8],
}

/// Seals and opens under one key.
pub(in crate::store) struct Seal {
    cipher: XChaCha20Poly1305,
    format: &'static [u8],
}

/// A value that was sealed under another key or for another place, or was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) struct Broken;

impl Seal {
    /// `format` names what the sealed values are kept in, and its version.
    pub(in crate::store) fn new(key: &SecretBox<[u8; 32]>, format: &'static [u8]) -> Self {
        Self { cipher: XChaCha20Poly1305::new(key.expose_secret().into()), format }
    }

    /// Nonce, sealed value, tag. Fails where the system has no random bytes.
    pub(in crate::store) fn close(&self, place: Place<'_>, value: &[u8]) -> Result<Vec<u8>, Broken> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(|_| Broken)?;
        let payload = Payload { msg: value, aad: &self.bound(place) };
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| Broken)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// The value and its version.
    pub(in crate::store) fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<(Version, Vec<u8>), Broken> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(Broken)?;
        let payload = Payload { msg: sealed, aad: &self.bound(place) };
        let value = self.cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| Broken)?;
        Ok((Version(*nonce), value))
    }

    /// Neither format nor table holds a zero, so that no two places are spelt alike.
    fn bound(&self, place: Place<'_>) -> Vec<u8> {
        [self.format, &[0], place.table, &[0], place.name].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seal(key: u8, format: &'static [u8]) -> Seal {
        Seal::new(&SecretBox::new(Box::new([key; 32])), format)
    }

    const HERE: Place<'static> = Place { table: b"pages", name: b"7" };

    #[test]
    fn what_was_sealed_opens_where_it_belongs_and_nowhere_else() {
        let sealed = seal(1, b"a").close(HERE, b"words").unwrap();
        assert_eq!(seal(1, b"a").open(HERE, &sealed).unwrap().1, b"words");
        assert_eq!(seal(2, b"a").open(HERE, &sealed), Err(Broken));
        assert_eq!(seal(1, b"b").open(HERE, &sealed), Err(Broken));
        assert_eq!(seal(1, b"a").open(Place { name: b"8", ..HERE }, &sealed), Err(Broken));
        assert_eq!(seal(1, b"a").open(Place { table: b"spaces", ..HERE }, &sealed), Err(Broken));
    }

    #[test]
    fn any_flipped_bit_and_any_missing_byte_is_noticed() {
        let seal = seal(1, b"a");
        let sealed = seal.close(HERE, b"words").unwrap();
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(seal.open(HERE, &changed), Err(Broken), "bit {bit}");
        }
        for length in 0..sealed.len() {
            assert_eq!(seal.open(HERE, &sealed[..length]), Err(Broken), "{length} bytes");
        }
    }

    #[test]
    fn the_same_value_is_sealed_differently_each_time() {
        let seal = seal(1, b"a");
        let versions = [(); 2].map(|()| seal.open(HERE, &seal.close(HERE, b"words").unwrap()).unwrap().0);
        assert_ne!(versions[0], versions[1]);
    }
}
