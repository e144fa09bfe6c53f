//! Requests that wait for their answers, kept as they came, so that another owner can be asked the same.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;

use super::message::Id;

/// How much is kept at most, in bytes.
const MOST: usize = 64 << 20;
/// What a request takes besides its line, about.
const BESIDE: usize = 256;
/// How often a request is sent at most. One that ends owner after owner must not end them all.
const SENDINGS: u8 = 3;

/// Requests in the order they came.
#[derive(Default)]
pub(super) struct Pending {
    requests: BTreeMap<u64, Request>,
    places: HashMap<Id, u64>,
    next: u64,
    size: usize,
}

struct Request {
    id: Id,
    line: Bytes,
    sent: u8,
}

/// What became of a request that was to be kept.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// It waits.
    Yes,
    /// Another one of that id waits already.
    Twice,
    /// There is no room.
    Full,
}

impl Pending {
    /// Keeps a request.
    pub(super) fn keep(&mut self, id: Id, line: Bytes) -> Kept {
        if self.places.contains_key(&id) {
            return Kept::Twice;
        }
        if self.size + line.len() + BESIDE > MOST {
            return Kept::Full;
        }
        self.size += line.len() + BESIDE;
        self.places.insert(id.clone(), self.next);
        self.requests.insert(self.next, Request { id, line, sent: 0 });
        self.next += 1;
        Kept::Yes
    }

    /// Forgets a request that has been answered or cancelled; whether it was one of ours.
    pub(super) fn settle(&mut self, id: &Id) -> bool {
        let request = self.places.remove(id).and_then(|place| self.requests.remove(&place));
        self.size -= request.as_ref().map_or(0, |request| request.line.len() + BESIDE);
        request.is_some()
    }

    /// Notes that a request goes out.
    pub(super) fn sending(&mut self, id: &Id) {
        if let Some(request) = self.places.get(id).and_then(|place| self.requests.get_mut(place)) {
            request.sent = request.sent.saturating_add(1);
        }
    }

    /// Every request that waits, to be sent again, oldest first.
    pub(super) fn again(&mut self) -> Vec<Bytes> {
        self.requests
            .values_mut()
            .map(|request| {
                request.sent = request.sent.saturating_add(1);
                request.line.clone()
            })
            .collect()
    }

    /// Takes out the requests that have been sent too often.
    pub(super) fn exhausted(&mut self) -> Vec<Id> {
        let exhausted = self.requests.values().filter(|request| request.sent >= SENDINGS);
        let ids: Vec<Id> = exhausted.map(|request| request.id.clone()).collect();
        for id in &ids {
            self.settle(id);
        }
        ids
    }

    /// Takes out everything.
    pub(super) fn drain(&mut self) -> Vec<Id> {
        self.places.clear();
        self.size = 0;
        std::mem::take(&mut self.requests).into_values().map(|request| request.id).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_sent_again_in_their_order_until_they_are_settled() {
        let mut pending = Pending::default();
        for number in [3, 1, 2] {
            assert_eq!(pending.keep(Id::Number(number), Bytes::from(number.to_string())), Kept::Yes);
        }
        assert_eq!(pending.keep(Id::Number(1), Bytes::from_static(b"x")), Kept::Twice);
        assert_eq!(pending.again(), ["3", "1", "2"]);
        assert!(pending.settle(&Id::Number(1)) && !pending.settle(&Id::Number(1)));
        assert_eq!(pending.again(), ["3", "2"]);
        assert_eq!(pending.exhausted(), []);
        assert_eq!(pending.again(), ["3", "2"]);
        assert_eq!(pending.exhausted(), [Id::Number(3), Id::Number(2)]);
        assert_eq!(pending.again(), [""; 0]);
    }

    #[test]
    fn there_is_an_end_to_what_is_kept() {
        let mut pending = Pending::default();
        let line = Bytes::from(vec![b'x'; 16 << 20]);
        let kept = (0..5).map(|number| pending.keep(Id::Number(number), line.clone()));
        assert_eq!(kept.filter(|kept| *kept == Kept::Yes).count(), 3);
        assert!(pending.settle(&Id::Number(0)));
        assert_eq!(pending.keep(Id::Number(9), line), Kept::Yes);
        let small = (10..).map(|number| pending.keep(Id::Number(number), Bytes::new()));
        assert!(small.take_while(|kept| *kept == Kept::Yes).count() < MOST / BESIDE);
    }
}
