//! What the grammar reads, how it writes it back, and what it refuses.

use proptest::prelude::*;

use super::{Clause, Condition, CqlError, Direction, Named, Narrowing, Operand, Operator, Order, Query, Value};

fn printed(text: &str) -> String {
    text.parse::<Query>().unwrap().to_string()
}

#[test]
fn a_query_is_written_back_with_every_value_quoted() {
    let pairs = [
        ("type=page", r#"type = "page""#),
        ("TYPE = page AND space in (IT, 'OPS')", r#"TYPE = "page" and space in ("IT", "OPS")"#),
        ("a=1 or b=2 and c=3", "a = 1 or (b = 2 and c = 3)"),
        ("(a=1 or b=2) and not c=3", "(a = 1 or b = 2) and not c = 3"),
        (
            "lastmodified >= now(-4w) order by lastmodified desc, title",
            r#"lastmodified >= now("-4w") order by lastmodified desc, title"#,
        ),
        (
            "creator = currentUser() and id in recentlyViewedContent(10, 0)",
            "creator = currentUser() and id in recentlyViewedContent(10, 0)",
        ),
        (
            "created > 2024/01/31 and space.type !~ 'per\"s\\'on'",
            r#"created > "2024/01/31" and space.type !~ "per\"s'on""#,
        ),
        (r#"title = "a\\" and space not in ("~5b:1")"#, r#"title = "a\\" and space not in ("~5b:1")"#),
        ("not not (a = b)", r#"not not a = "b""#),
    ];
    for (given, expected) in pairs {
        assert_eq!(printed(given), expected, "{given}");
        assert_eq!(printed(expected), expected);
    }
}

#[test]
fn what_it_cannot_read_it_refuses() {
    let bad = [
        "",
        " ",
        "and",
        "type",
        "type =",
        "= page",
        "type page",
        "type = page page",
        "type in page",
        "type in ()",
        "type in (page",
        "(type = page",
        "type = page)",
        "type = not",
        "not",
        "order by title",
        "type = page order title",
        "type = page order by",
        "type = page order by title asc desc",
        "type = 'page",
        "type = \"a\\u0022b\"",
        "type = \"a\\",
        "type = a;b",
        "type = a --",
        "type == page",
        "type ! page",
        "type = \u{201c}page\u{201d}",
        "title ~ \"a\nb\"",
        "title ~ \"a\u{202e}b\"",
        "a.b = 1(2)",
        "a = f(g(1))",
        "space = IT or",
        "a = 1 # b",
        "a = 1 /* b */",
        "tïtle = a",
        "a = {b}",
        "content.property[x].y = 1",
        "a = $b",
        "space = ~me",
        "a =",
    ];
    for bad in bad {
        assert!(bad.parse::<Query>().is_err(), "{bad}");
    }
}

#[test]
fn a_mistake_is_told_with_its_place() {
    assert_eq!(
        "type = page und space = IT".parse::<Query>().unwrap_err().to_string(),
        "character 13 of the query: `and`, `or`, `order by` or the end should stand here"
    );
    assert_eq!("a = 'b".parse::<Query>(), Err(CqlError::Open { at: 5 }));
}

#[test]
fn hostile_depth_and_length_are_refused() {
    let deep = format!("{}a = 1{}", "(".repeat(1_900), ")".repeat(1_900));
    assert_eq!(deep.parse::<Query>(), Err(CqlError::TooDeep));
    assert_eq!(format!("{}a = 1", "not ".repeat(900)).parse::<Query>(), Err(CqlError::TooDeep));
    assert_eq!("(".repeat(10_000).parse::<Query>(), Err(CqlError::TooLong));
    assert_eq!("a".repeat(1 << 20).parse::<Query>(), Err(CqlError::TooLong));
    assert!(format!("{}a = 1{}", "(".repeat(32), ")".repeat(32)).parse::<Query>().is_ok());
    assert!(format!("a = 1{}", " or a = 1".repeat(400)).parse::<Query>().is_ok());
}

#[test]
fn a_scope_stands_outside_whatever_the_caller_wrote() {
    let only = || Narrowing::Spaces(vec!["IT".parse().unwrap(), "~5b:1".parse().unwrap()]);
    let narrowed = |text: &str, narrowing| text.parse::<Query>().unwrap().narrowed(&[narrowing]).to_string();
    assert_eq!(
        narrowed("space = HR or type = page order by title", only()),
        r#"(space = "HR" or type = "page") and space in ("IT", "~5b:1") order by title"#
    );
    assert_eq!(
        narrowed("type = page", Narrowing::Without(vec!["HR".parse().unwrap()])),
        r#"type = "page" and space not in ("HR")"#
    );
    assert_eq!(narrowed("type = page", Narrowing::Without(Vec::new())), r#"type = "page""#);
    let pages = Narrowing::SpacesAndPages(vec!["IT".parse().unwrap()], vec!["12".parse().unwrap()]);
    assert_eq!(
        narrowed("type = page or title = x", pages),
        r#"(type = "page" or title = "x") and (space in ("IT") or id in (12) or ancestor in (12))"#
    );
    let pages = Narrowing::SpacesAndPages(Vec::new(), vec!["12".parse().unwrap()]);
    let both =
        "type = page".parse::<Query>().unwrap().narrowed(&[pages, Narrowing::Without(vec!["HR".parse().unwrap()])]);
    assert_eq!(both.to_string(), r#"type = "page" and (id in (12) or ancestor in (12)) and space not in ("HR")"#);
}

#[test]
fn spaces_and_pages_a_query_names_are_told() {
    let query: Query =
        "(Space = IT and not ancestor in (12, '13')) or id = att5 or title = 99 or space in favouriteSpaces()"
            .parse()
            .unwrap();
    let expected = [
        Named::Space("IT".parse().unwrap()),
        Named::Content("12".parse().unwrap()),
        Named::Content("13".parse().unwrap()),
        Named::Nothing,
    ];
    assert_eq!(query.named(), expected);
}

fn name() -> impl Strategy<Value = String> {
    "[a-z]{1,8}(\\.[a-z]{1,4})?".prop_filter("reserved", |word| !super::parser::is_reserved(word))
}

fn literal() -> impl Strategy<Value = Value> {
    prop_oneof![
        // Visible signs only.
        "[^\\p{C}\u{34f}\u{115f}\u{1160}\u{17b4}\u{17b5}\u{180b}-\u{180f}\u{2028}\u{2029}\u{3164}\u{fe00}-\u{fe0f}\u{ffa0}\u{e0000}-\u{e0fff}]{0,12}".prop_map(Value::Text),
        "[0-9]{1,6}".prop_map(Value::Number),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        3 => literal(),
        1 => (name(), prop::collection::vec(literal(), 0..3))
            .prop_map(|(name, arguments)| Value::Call { name, arguments }),
    ]
}

fn clause() -> impl Strategy<Value = Condition> {
    let operator = prop::sample::select(vec![Operator::Equals, Operator::Lacks, Operator::AtMost, Operator::Above]);
    let one = (operator, value().prop_map(Operand::One));
    let many = (
        prop::sample::select(vec![Operator::In, Operator::NotIn]),
        prop::collection::vec(value(), 1..4).prop_map(Operand::List),
    );
    (name(), prop_oneof![one, many])
        .prop_map(|(field, (operator, operand))| Condition::Clause(Clause { field, operator, operand }))
}

fn condition() -> impl Strategy<Value = Condition> {
    clause().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Condition::All),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Condition::Any),
            inner.prop_map(|inner| Condition::Not(Box::new(inner))),
        ]
    })
}

fn order() -> impl Strategy<Value = Vec<Order>> {
    let direction = prop::sample::select(vec![None, Some(Direction::Ascending), Some(Direction::Descending)]);
    prop::collection::vec((name(), direction).prop_map(|(field, direction)| Order { field, direction }), 0..3)
}

proptest! {
    #[test]
    fn what_is_written_is_read_back_the_same(condition in condition(), order in order()) {
        let query = Query { condition, order };
        let printed = query.to_string();
        prop_assume!(printed.chars().count() <= super::LENGTH);
        prop_assert_eq!(printed.parse::<Query>(), Ok(query), "{}", printed);
    }

    #[test]
    fn whatever_can_be_read_is_written_back_readably(text in "([a-z=~<>!(),\"'\\\\ ]|and |or |not | in ){0,60}") {
        if let Ok(query) = text.parse::<Query>() {
            prop_assert_eq!(query.to_string().parse::<Query>(), Ok(query));
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        let _ = text.parse::<Query>();
    }
}
