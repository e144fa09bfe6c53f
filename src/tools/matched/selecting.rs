//! Picks what a caller wants out of an answer, by a bounded expression.

use std::sync::LazyLock;

use jmespath::functions::{
    ContainsFn, EndsWithFn, JoinFn, KeysFn, LengthFn, MaxByFn, MinByFn, NotNullFn, SortByFn, StartsWithFn,
};
use jmespath::{Expression, Runtime};
use serde_json::Value;

use crate::domain::limits::ANSWER;
use crate::domain::text::one_line;
use crate::tools::ToolError;

/// Longest expression, in bytes.
const LONGEST: usize = 300;
/// How often each of these signs may stand in one: what nests and what multiplies.
const MOST: [(&str, usize); 4] = [("[{", 8), ("(", 6), (",", 16), ("!&|", 12)];

/// The functions that neither copy nor print whole documents.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    let mut runtime = Runtime::new();
    runtime.register_function("contains", Box::new(ContainsFn::new()));
    runtime.register_function("ends_with", Box::new(EndsWithFn::new()));
    runtime.register_function("join", Box::new(JoinFn::new()));
    runtime.register_function("keys", Box::new(KeysFn::new()));
    runtime.register_function("length", Box::new(LengthFn::new()));
    runtime.register_function("max_by", Box::new(MaxByFn::new()));
    runtime.register_function("min_by", Box::new(MinByFn::new()));
    runtime.register_function("not_null", Box::new(NotNullFn::new()));
    runtime.register_function("sort_by", Box::new(SortByFn::new()));
    runtime.register_function("starts_with", Box::new(StartsWithFn::new()));
    runtime
});

/// The expression, as long as it is one and not too large.
pub(super) fn compiled(select: &str) -> Result<Expression<'static>, ToolError> {
    let hint = "JMESPath, such as `results[].{id: id, title: title}`; leave `select` out for all of the answer";
    let too_many = |(signs, most): &(&str, usize)| select.matches(|sign| signs.contains(sign)).count() > *most;
    if select.len() > LONGEST || MOST.iter().any(too_many) {
        return Err(ToolError::input("`select` is too large", hint));
    }
    RUNTIME
        .compile(select)
        .map_err(|error| ToolError::input(format!("`select`: {}", one_line(&error.to_string(), 200)), hint))
}

/// What the expression picks.
pub(super) fn selected(value: &Value, select: &str) -> Result<Value, ToolError> {
    let expression = compiled(select)?;
    let picked = expression.search(value).map_err(|error| {
        let why = one_line(&error.to_string(), 200);
        ToolError::input(format!("`select`: {why}"), "the request was sent and answered; only the choice failed")
    })?;
    // What was picked several times is written several times.
    let mut bounded = Bounded(Vec::new());
    serde_json::to_writer(&mut bounded, &*picked)
        .map_err(|_| ToolError::input("`select` makes more of the answer than there is", "pick less"))?;
    serde_json::from_slice(&bounded.0).map_err(|_| ToolError::fault())
}

/// Takes no more than an answer may hold.
struct Bounded(Vec<u8>);

impl std::io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.0.len() + bytes.len() > ANSWER {
            return Err(std::io::ErrorKind::OutOfMemory.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_wanted_is_picked() {
        let answer = json!({ "results": [{ "id": "1", "title": "a", "x": { "y": 2 } }, { "id": "2", "title": "b" }] });
        let picked = |select: &str| selected(&answer, select).unwrap();
        assert_eq!(picked("results[].title"), json!(["a", "b"]));
        assert_eq!(picked("results[?id=='2'].{id: id, name: title}"), json!([{ "id": "2", "name": "b" }]));
        assert_eq!(picked("length(results)"), json!(2));
        assert_eq!(picked("nothing"), Value::Null);
    }

    #[test]
    fn expressions_that_nest_multiply_or_mean_nothing_are_refused() {
        for bad in [
            "",
            "results[",
            "to_string(@)",
            "unknown(@)",
            &"(".repeat(50),
            &"[@,@]|".repeat(20),
            &"!".repeat(200),
            &"a.".repeat(200),
            &"[".repeat(100),
        ] {
            assert!(compiled(bad).is_err() || selected(&json!({}), bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_answer_is_not_blown_up() {
        let long = json!({ "a": "x".repeat(1 << 20) });
        let error = selected(&long, "[@,@,@,@].[@,@,@].[@,@,@].[@,@,@]").unwrap_err();
        assert!(error.message.contains("more of the answer"), "{error:?}");
    }
}
