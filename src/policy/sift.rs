//! Answers as they came, closed until the gate has dropped what the agent may not see.

use crate::domain::place::Place;

/// An answer that only the gate opens.
///
/// ```compile_fail,E0616
/// use sluice::policy::Unsifted;
/// fn peek(answer: Unsifted<String>) -> usize { answer.items.len() }
/// ```
///
/// ```
/// use sluice::policy::Unsifted;
/// fn pass_on(answer: Unsifted<String>) -> Unsifted<String> { answer }
/// ```
#[must_use = "an answer reaches the agent only through the gate"]
pub struct Unsifted<T> {
    pub(super) contents: Contents<T>,
}

type Finish<T> = Box<dyn FnOnce(Vec<bool>) -> T + Send>;

pub(super) enum Contents<T> {
    /// One thing: hidden means not found.
    One { place: Place, item: T },
    /// Several: hidden ones are dropped. `finish` is told for each whether it stays.
    Many { places: Vec<Place>, finish: Finish<T> },
}

impl<T> Unsifted<T> {
    /// One thing and where it is.
    pub fn one(place: Place, item: T) -> Self {
        Self { contents: Contents::One { place, item } }
    }

    /// A list, each item with where it is, and what makes the answer of those that stay.
    pub fn many<I: Send + 'static>(
        items: impl IntoIterator<Item = (Place, I)>,
        finish: impl FnOnce(Vec<I>) -> T + Send + 'static,
    ) -> Self {
        let (places, items): (Vec<Place>, Vec<I>) = items.into_iter().unzip();
        let finish = move |stays: Vec<bool>| {
            finish(items.into_iter().zip(stays).filter_map(|(item, stays)| stays.then_some(item)).collect())
        };
        Self { contents: Contents::Many { places, finish: Box::new(finish) } }
    }
}
