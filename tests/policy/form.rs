//! Mistakes in the form of a profile file: keys, words and types, each with line, column and the word that was probably meant.

use expect_test::expect;
use sluice::policy::file::read;

use super::catalog;

pub(super) fn mistakes(text: &str) -> String {
    match read(text, "permissions/x.toml", &catalog::names()) {
        Ok(_) => "no mistake\n".to_owned(),
        Err(mistakes) => mistakes.iter().map(|mistake| format!("{mistake}\n")).collect(),
    }
}

#[test]
fn a_misspelt_key_is_told_with_the_right_one() {
    let text = r#"name = "x"
[pages]
modee = "read-only"
"#;
    expect![[r#"
        permissions/x.toml:3:1: unknown key `modee`; did you mean `mode`?
    "#]]
    .assert_eq(&mistakes(text));
}

#[test]
fn a_key_like_no_other_is_told_with_all_of_them() {
    let text = r#"name = "x"
[pages]
zebra = 1
"#;
    expect![[r#"
        permissions/x.toml:3:1: unknown key `zebra`; possible here: `mode`, `allow_delete`, `require_approval`
    "#]]
    .assert_eq(&mistakes(text));
}

#[test]
fn an_unknown_table_is_told() {
    let text = r#"name = "x"
[page]
mode = "read-only"

[zzz.yyy]
a = 1
"#;
    expect![[r#"
        permissions/x.toml:2:2: unknown key `page`; did you mean `pages`?
        permissions/x.toml:5:2: unknown key `zzz`; possible here: `name`, `description`, `connection`, `pages`, `spaces`, `search`, `attachments`, `users`, `scope`, `approval`, `limits`, `tools`
    "#]].assert_eq(&mistakes(text));
}

#[test]
fn a_key_outside_its_table_is_told() {
    let text = r#"name = "x"
mode = "read-only"
"#;
    expect![[r#"
        permissions/x.toml:2:1: unknown key `mode`; possible here: `name`, `description`, `connection`, `pages`, `spaces`, `search`, `attachments`, `users`, `scope`, `approval`, `limits`, `tools`
    "#]].assert_eq(&mistakes(text));
}

#[test]
fn a_misspelt_mode_is_told_with_the_right_one() {
    let text = r#"name = "x"
[pages]
mode = "readonly"
[users]
mode = "everything"
"#;
    expect![[r#"
        permissions/x.toml:3:8: `readonly` is no value of `mode`; did you mean `read-only`?
        permissions/x.toml:5:8: `everything` is no value of `mode`; possible here: `disabled`, `read-only`, `read-write`
    "#]]
    .assert_eq(&mistakes(text));
}

#[test]
fn a_mode_is_a_string_and_nothing_else() {
    let text = r#"name = "x"
[pages]
mode = true
[spaces]
mode = { read-write = {} }
[users]
mode = 1979-05-27
[search]
mode = ["read-only"]
"#;
    expect![[r#"
        permissions/x.toml:3:8: `mode` must be a string, not true or false
        permissions/x.toml:5:8: `mode` must be a string, not a table
        permissions/x.toml:7:8: `mode` must be a string, not a date or time
        permissions/x.toml:9:8: `mode` must be a string, not a list
    "#]]
    .assert_eq(&mistakes(text));
}

#[test]
fn a_switch_is_true_or_false() {
    let text = r#"name = "x"
[pages]
mode = "read-write"
allow_delete = "yes"
require_approval = 1
"#;
    expect![[r#"
        permissions/x.toml:4:16: `allow_delete` must be true or false, not a string
        permissions/x.toml:5:20: `require_approval` must be true or false, not an integer
    "#]]
    .assert_eq(&mistakes(text));
}

#[test]
fn a_group_is_a_table() {
    let text = r#"name = "x"
pages = "read-only"
users = 3
"#;
    expect![[r#"
        permissions/x.toml:2:9: `pages` must be a table, not a string
        permissions/x.toml:3:9: `users` must be a table, not an integer
    "#]]
    .assert_eq(&mistakes(text));
}

#[test]
fn a_list_of_tables_is_no_group() {
    let text = r#"name = "x"
[[pages]]
mode = "read-only"
"#;
    expect![[r#"
            permissions/x.toml:2:1: `pages` must be a table, not a list
        "#]]
    .assert_eq(&mistakes(text));
}

#[test]
fn a_name_of_another_type_is_told_once() {
    let text = r#"name = 7
"#;
    expect![[r#"
        permissions/x.toml:1:8: `name` must be a string, not an integer
    "#]]
    .assert_eq(&mistakes(text));
}

#[test]
fn a_tool_set_is_a_word_or_a_list() {
    let text = r#"name = "x"
[tools]
set = "cor"
"#;
    expect![[r#"
        permissions/x.toml:3:7: `cor` is no value of `set`; did you mean `core`?
    "#]]
    .assert_eq(&mistakes(text));
}

#[test]
fn a_tool_set_is_not_a_number() {
    let text = r#"name = "x"
[tools]
set = 3
"#;
    expect![[r#"
        permissions/x.toml:3:7: `set` must be "core", "all" or a list of tools and groups, not an integer
    "#]]
    .assert_eq(&mistakes(text));
}

#[test]
fn a_tool_set_of_numbers_is_told() {
    let text = r#"name = "x"
[tools]
set = [3, "pages"]
"#;
    expect![[r#"
        permissions/x.toml:3:8: an entry of `set` must be a string, not an integer
    "#]]
    .assert_eq(&mistakes(text));
}

#[test]
fn an_unknown_approver_is_told() {
    let text = r#"name = "x"
[approval]
by = "four eyes"
client_may_delete = true
"#;
    expect![[r#"
        permissions/x.toml:3:6: `four eyes` is no value of `by`; did you mean `four-eyes`?
    "#]]
    .assert_eq(&mistakes(text));
}

#[test]
fn a_limit_is_a_whole_number() {
    let text = r#"name = "x"
[limits]
writes_per_hour = -1
deletes_per_day = "20"
"#;
    expect![[r#"
        permissions/x.toml:3:19: `writes_per_hour` must be a whole number from 0 to 4294967295
        permissions/x.toml:4:19: `deletes_per_day` must be a whole number from 0 to 4294967295, not a string
    "#]]
    .assert_eq(&mistakes(text));
}

#[test]
fn a_limit_beyond_all_numbers_is_told() {
    let text = r#"name = "x"
[limits]
writes_per_hour = 99999999999999999999999999999999999999999999
deletes_per_day = 1.5
"#;
    expect![[r#"
            permissions/x.toml:3:19: `writes_per_hour` holds a number too large to read
            permissions/x.toml:4:19: `deletes_per_day` must be a whole number from 0 to 4294967295, not a float
        "#]]
    .assert_eq(&mistakes(text));
}

#[test]
fn dotted_keys_and_inline_tables_are_read_alike() {
    let text = r#"name = "x"
pages.mode = "read-onl"
users = { mode = "read-only", allow_delet = true }
"#;
    expect![[r#"
        permissions/x.toml:2:14: `read-onl` is no value of `mode`; did you mean `read-only`?
        permissions/x.toml:3:31: unknown key `allow_delet`; did you mean `allow_delete`?
    "#]]
    .assert_eq(&mistakes(text));
}

#[test]
fn a_key_cannot_write_its_own_message() {
    expect![[r#"
        permissions/x.toml:2:1: unknown key `a'b [31m, expected 'mode'`; possible here: `name`, `description`, `connection`, `pages`, `spaces`, `search`, `attachments`, `users`, `scope`, `approval`, `limits`, `tools`
    "#]].assert_eq(&mistakes("name = \"x\"\n\"a`b\\n\\u001b[31m, expected `mode`\" = 1\n"));
}

#[test]
fn switches_are_named_never_listed_in_order() {
    let text = r#"name = "x"
pages = ["read-write", true, false]
limits = [120, 20]
spaces = 1979-05-27
"#;
    expect![[r#"
        permissions/x.toml:2:9: `pages` must be a table, not a list
        permissions/x.toml:3:10: `limits` must be a table, not a list
        permissions/x.toml:4:10: `spaces` must be a table, not a date or time
    "#]]
    .assert_eq(&mistakes(text));
}
