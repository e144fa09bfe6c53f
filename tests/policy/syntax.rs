//! Profile files that are not TOML, or TOML that shows something else than it says.

use expect_test::expect;

use super::form::mistakes;

#[test]
fn what_is_not_toml_is_told_where_it_stops() {
    let text = r#"name = "x"
[pages
mode = read-only
"#;
    expect![[r#"
        permissions/x.toml:2:7: not TOML: unclosed table, expected `]`
    "#]]
    .assert_eq(&mistakes(text));
}

#[test]
fn a_key_given_twice_is_told() {
    let text = r#"name = "x"
name = "y"
"#;
    expect![[r#"
        permissions/x.toml:2:1: not TOML: duplicate key
    "#]]
    .assert_eq(&mistakes(text));
}

#[test]
fn a_table_given_twice_is_told() {
    let text = r#"name = "x"
[pages]
mode = "read-only"
[pages]
allow_delete = true
"#;
    expect![[r#"
        permissions/x.toml:4:2: not TOML: duplicate key
    "#]]
    .assert_eq(&mistakes(text));
}

#[test]
fn an_invalid_date_is_told() {
    let text = r#"name = 1979-13-99
"#;
    expect![[r#"
        permissions/x.toml:1:8: not TOML: invalid date, expected month between 01 and 12
    "#]]
    .assert_eq(&mistakes(text));
}

#[test]
fn lines_count_however_they_end() {
    expect![[r#"
        permissions/x.toml:3:1: unknown key `modee`; did you mean `mode`?
    "#]]
    .assert_eq(&mistakes("name = \"x\"\r\n[pages]\r\nmodee = \"read-only\"\r\n"));
}

#[test]
fn a_direction_sign_is_refused_even_in_a_comment() {
    expect![[r#"
        permissions/x.toml:1:14: the invisible sign U+202E changes how text looks
    "#]]
    .assert_eq(&mistakes("name = \"x\" # \u{202e} hidden\n"));
}

#[test]
fn a_braced_text_is_not_taken_for_nested_tables_before_the_eleventh() {
    expect![[r#"
        no mistake
    "#]]
    .assert_eq(&mistakes(&format!("name = \"{}\"", "{".repeat(10))));
    expect![[r#"
        permissions/x.toml:1:19: more than 10 of the sign `{`; write tables as [tables]
    "#]]
    .assert_eq(&mistakes(&format!("name = \"{}\"", "{".repeat(11))));
}
