//! Mistakes in a profile file, each with its line, column and the word that was probably meant.

use expect_test::{Expect, expect};
use sluice::policy::file::read;

use super::catalog;

fn check(text: &str, expected: &Expect) {
    let told = match read(text, "permissions/x.toml", &catalog::names()) {
        Ok(_) => "no mistake\n".to_owned(),
        Err(mistakes) => mistakes.iter().map(|mistake| format!("{mistake}\n")).collect(),
    };
    expected.assert_eq(&told);
}

#[test]
fn a_misspelt_key_is_told_with_the_right_one() {
    let text = r#"name = "x"
[pages]
modee = "read-only"
"#;
    check(
        text,
        &expect![[r#"
        permissions/x.toml:3:1: unknown key `modee`; did you mean `mode`?
    "#]],
    );
}

#[test]
fn a_key_like_no_other_is_told_with_all_of_them() {
    let text = r#"name = "x"
[pages]
zebra = 1
"#;
    check(
        text,
        &expect![[r#"
        permissions/x.toml:3:1: unknown key `zebra`; possible here: `mode`, `allow_delete`, `require_approval`
    "#]],
    );
}

#[test]
fn an_unknown_table_is_told() {
    let text = r#"name = "x"
[page]
mode = "read-only"

[zzz.yyy]
a = 1
"#;
    check(
        text,
        &expect![[r#"
        permissions/x.toml:2:2: unknown key `page`; did you mean `pages`?
        permissions/x.toml:5:2: unknown key `zzz`; possible here: `name`, `description`, `pages`, `spaces`, `search`, `attachments`, `users`, `scope`, `approval`, `limits`, `tools`
    "#]],
    );
}

#[test]
fn a_key_outside_its_table_is_told() {
    let text = r#"name = "x"
mode = "read-only"
"#;
    check(
        text,
        &expect![[r#"
        permissions/x.toml:2:1: unknown key `mode`; possible here: `name`, `description`, `pages`, `spaces`, `search`, `attachments`, `users`, `scope`, `approval`, `limits`, `tools`
    "#]],
    );
}

#[test]
fn a_misspelt_mode_is_told_with_the_right_one() {
    let text = r#"name = "x"
[pages]
mode = "readonly"
[users]
mode = "everything"
"#;
    check(
        text,
        &expect![[r#"
        permissions/x.toml:3:8: `readonly` is no value of `mode`; did you mean `read-only`?
        permissions/x.toml:5:8: `everything` is no value of `mode`; possible here: `disabled`, `read-only`, `read-write`
    "#]],
    );
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
    check(
        text,
        &expect![[r#"
        permissions/x.toml:3:8: `mode` must be a string, not true or false
        permissions/x.toml:5:8: `mode` must be a string, not a table
        permissions/x.toml:7:8: `mode` must be a string, not a date or time
        permissions/x.toml:9:8: `mode` must be a string, not a list
    "#]],
    );
}

#[test]
fn a_switch_is_true_or_false() {
    let text = r#"name = "x"
[pages]
mode = "read-write"
allow_delete = "yes"
require_approval = 1
"#;
    check(
        text,
        &expect![[r#"
        permissions/x.toml:4:16: `allow_delete` must be true or false, not a string
        permissions/x.toml:5:20: `require_approval` must be true or false, not an integer
    "#]],
    );
}

#[test]
fn a_switch_without_read_write_is_refused() {
    let text = r#"name = "x"
[pages]
mode = "read-only"
allow_delete = true
[attachments]
require_approval = true
[users]
mode = "read-only"
allow_delete = true
"#;
    check(
        text,
        &expect![[r#"
        permissions/x.toml:4:16: `allow_delete = true` does nothing unless [pages] has mode = "read-write"
        permissions/x.toml:6:20: `require_approval = true` does nothing unless [attachments] has mode = "read-write"
        permissions/x.toml:9:16: `allow_delete = true` does nothing unless [users] has mode = "read-write"
    "#]],
    );
}

#[test]
fn a_switch_beside_a_misspelt_mode_is_not_told_twice() {
    let text = r#"name = "x"
[pages]
mode = "read-wrte"
allow_delete = true
"#;
    check(
        text,
        &expect![[r#"
        permissions/x.toml:3:8: `read-wrte` is no value of `mode`; did you mean `read-write`?
    "#]],
    );
}

#[test]
fn search_and_users_take_read_write_with_every_switch() {
    let text = r#"name = "x"
[search]
mode = "read-write"
allow_delete = true
[users]
mode = "read-write"
require_approval = true
"#;
    check(
        text,
        &expect![[r#"
        no mistake
    "#]],
    );
}

#[test]
fn a_group_is_a_table() {
    let text = r#"name = "x"
pages = "read-only"
users = 3
"#;
    check(
        text,
        &expect![[r#"
        permissions/x.toml:2:9: `pages` must be a table, not a string
        permissions/x.toml:3:9: `users` must be a table, not an integer
    "#]],
    );
}

#[test]
fn a_list_of_tables_is_no_group() {
    let text = r#"name = "x"
[[pages]]
mode = "read-only"
"#;
    check(
        text,
        &expect![[r#"
            permissions/x.toml:2:1: `pages` must be a table, not a list
        "#]],
    );
}

#[test]
fn a_name_must_be_there() {
    let text = r#"[pages]
mode = "read-only"
"#;
    check(
        text,
        &expect![[r#"
        permissions/x.toml:1:1: missing key `name`
    "#]],
    );
}

#[test]
fn an_empty_file_has_no_name() {
    check(
        "",
        &expect![[r#"
        permissions/x.toml:1:1: missing key `name`
    "#]],
    );
}

#[test]
fn a_name_is_a_string_with_something_in_it() {
    let text = r#"name = " "
"#;
    check(
        text,
        &expect![[r#"
        permissions/x.toml:1:8: `name` is empty
    "#]],
    );
}

#[test]
fn a_name_of_another_type_is_told_once() {
    let text = r#"name = 7
"#;
    check(
        text,
        &expect![[r#"
        permissions/x.toml:1:8: `name` must be a string, not an integer
    "#]],
    );
}

#[test]
fn a_name_fits_on_one_line() {
    check(
        "name = \"a\\nb\"\ndescription = \"bell \\u0007\"\n",
        &expect![[r#"
        permissions/x.toml:1:8: `name` holds control or direction signs
        permissions/x.toml:2:15: `description` holds control or direction signs
    "#]],
    );
}

#[test]
fn a_space_that_is_both_allowed_and_denied_is_told() {
    let text = r#"name = "x"
[scope]
allow_spaces = ["IT", "OPS"]
deny_spaces = ["HR", "ops"]
"#;
    check(
        text,
        &expect![[r#"
        permissions/x.toml:4:22: `ops` is both allowed and denied
    "#]],
    );
}

#[test]
fn a_bad_space_key_is_told() {
    let text = r#"name = "x"
[scope]
allow_spaces = ["IT", "I T", "A/B", 7]
deny_spaces = "HR"
"#;
    check(
        text,
        &expect![[r#"
            permissions/x.toml:3:23: `I T` is not a space key: letters and digits, as in "IT"
            permissions/x.toml:3:30: `A/B` is not a space key: letters and digits, as in "IT"
            permissions/x.toml:3:37: an entry of `allow_spaces` must be a string, not an integer
            permissions/x.toml:4:15: `deny_spaces` must be a list, not a string
        "#]],
    );
}

#[test]
fn hiding_restricted_pages_is_refused_until_it_can_be_enforced() {
    let text = r#"name = "x"
[scope]
visible_to_all_only = true
"#;
    check(
        text,
        &expect![[r#"
        permissions/x.toml:3:23: `visible_to_all_only = true` cannot be enforced yet, so a profile that asks for it does not load; leave it out and name the spaces in allow_spaces
    "#]],
    );
}

#[test]
fn another_documentation_source_is_refused() {
    let text = r#"name = "x"
[scope]
sources = ["hudu"]
"#;
    check(
        text,
        &expect![[r#"
        permissions/x.toml:3:12: no documentation source `hudu` is configured
    "#]],
    );
}

#[test]
fn an_unknown_tool_is_told_with_the_nearest() {
    let text = r#"name = "x"
[tools]
deny = ["move_page", "updat_page", "delete_everything_everywhere"]
"#;
    check(
        text,
        &expect![[r#"
        permissions/x.toml:3:9: unknown tool `move_page`; did you mean `get_page`?
        permissions/x.toml:3:22: unknown tool `updat_page`; did you mean `update_page`?
        permissions/x.toml:3:36: unknown tool `delete_everything_everywhere`
    "#]],
    );
}

#[test]
fn a_tool_set_names_tools_and_groups() {
    let text = r#"name = "x"
[tools]
set = ["pages", "get_user", "atachments", "nonsense"]
"#;
    check(
        text,
        &expect![[r#"
        permissions/x.toml:3:29: unknown tool or group `atachments`; did you mean `attachments`?
        permissions/x.toml:3:43: unknown tool or group `nonsense`
    "#]],
    );
}

#[test]
fn a_tool_set_is_a_word_or_a_list() {
    let text = r#"name = "x"
[tools]
set = "cor"
"#;
    check(
        text,
        &expect![[r#"
        permissions/x.toml:3:7: `cor` is no value of `set`; did you mean `core`?
    "#]],
    );
}

#[test]
fn a_tool_set_is_not_a_number() {
    let text = r#"name = "x"
[tools]
set = 3
"#;
    check(
        text,
        &expect![[r#"
        permissions/x.toml:3:7: `set` must be "core", "all" or a list of tools and groups, not an integer
    "#]],
    );
}

#[test]
fn a_tool_set_of_numbers_is_told() {
    let text = r#"name = "x"
[tools]
set = [3, "pages"]
"#;
    check(
        text,
        &expect![[r#"
        permissions/x.toml:3:8: an entry of `set` must be a string, not an integer
    "#]],
    );
}

#[test]
fn a_bad_duration_is_told() {
    let text = r#"name = "x"
[approval]
expires_after = "24 hours"
hold = 25
"#;
    check(
        text,
        &expect![[r#"
        permissions/x.toml:3:17: `24 hours` is not a duration: a whole number and s, m, h or d, as in "24h"
        permissions/x.toml:4:8: `hold` must be a string, not an integer
    "#]],
    );
}

#[test]
fn a_duration_out_of_bounds_is_told() {
    let text = r#"name = "x"
[approval]
expires_after = "31d"
hold = "6m"
"#;
    check(
        text,
        &expect![[r#"
        permissions/x.toml:3:17: `expires_after` must be from "1m" to "30d"
        permissions/x.toml:4:8: `hold` must be from "0s" to "5m"
    "#]],
    );
}

#[test]
fn a_duration_beyond_all_numbers_is_told() {
    let text = r#"name = "x"
[approval]
expires_after = "18446744073709551615d"
hold = "+5s"
"#;
    check(
        text,
        &expect![[r#"
        permissions/x.toml:3:17: `18446744073709551615d` is not a duration: a whole number and s, m, h or d, as in "24h"
        permissions/x.toml:4:8: `+5s` is not a duration: a whole number and s, m, h or d, as in "24h"
    "#]],
    );
}

#[test]
fn an_unknown_approver_is_told() {
    let text = r#"name = "x"
[approval]
by = "four eyes"
client_may_delete = true
"#;
    check(
        text,
        &expect![[r#"
        permissions/x.toml:3:6: `four eyes` is no value of `by`; did you mean `four-eyes`?
    "#]],
    );
}

#[test]
fn a_client_delete_needs_the_client_as_approver() {
    let text = r#"name = "x"
[approval]
client_may_delete = true
"#;
    check(
        text,
        &expect![[r#"
        permissions/x.toml:3:21: `client_may_delete = true` does nothing unless [approval] has by = "client"
    "#]],
    );
}

#[test]
fn a_limit_is_a_whole_number() {
    let text = r#"name = "x"
[limits]
writes_per_hour = -1
deletes_per_day = "20"
"#;
    check(
        text,
        &expect![[r#"
        permissions/x.toml:3:19: `writes_per_hour` must be a whole number from 0 to 4294967295
        permissions/x.toml:4:19: `deletes_per_day` must be a whole number from 0 to 4294967295, not a string
    "#]],
    );
}

#[test]
fn a_limit_beyond_all_numbers_is_told() {
    let text = r#"name = "x"
[limits]
writes_per_hour = 99999999999999999999999999999999999999999999
deletes_per_day = 1.5
"#;
    check(
        text,
        &expect![[r#"
            permissions/x.toml:3:19: `writes_per_hour` holds a number too large to read
            permissions/x.toml:4:19: `deletes_per_day` must be a whole number from 0 to 4294967295, not a float
        "#]],
    );
}

#[test]
fn what_is_not_toml_is_told_where_it_stops() {
    let text = r#"name = "x"
[pages
mode = read-only
"#;
    check(
        text,
        &expect![[r#"
        permissions/x.toml:2:7: not TOML: unclosed table, expected `]`
    "#]],
    );
}

#[test]
fn a_key_given_twice_is_told() {
    let text = r#"name = "x"
name = "y"
"#;
    check(
        text,
        &expect![[r#"
        permissions/x.toml:2:1: not TOML: duplicate key
    "#]],
    );
}

#[test]
fn a_table_given_twice_is_told() {
    let text = r#"name = "x"
[pages]
mode = "read-only"
[pages]
allow_delete = true
"#;
    check(
        text,
        &expect![[r#"
        permissions/x.toml:4:2: not TOML: duplicate key
    "#]],
    );
}

#[test]
fn an_invalid_date_is_told() {
    let text = r#"name = 1979-13-99
"#;
    check(
        text,
        &expect![[r#"
        permissions/x.toml:1:8: not TOML: invalid date, expected month between 01 and 12
    "#]],
    );
}

#[test]
fn columns_count_characters() {
    let text = r#"name = "x"
[tools]
deny = ["größe", "get_pge"]
"#;
    check(
        text,
        &expect![[r#"
        permissions/x.toml:3:9: unknown tool `größe`
        permissions/x.toml:3:18: unknown tool `get_pge`; did you mean `get_page`?
    "#]],
    );
}

#[test]
fn lines_count_however_they_end() {
    check(
        "name = \"x\"\r\n[pages]\r\nmodee = \"read-only\"\r\n",
        &expect![[r#"
        permissions/x.toml:3:1: unknown key `modee`; did you mean `mode`?
    "#]],
    );
}

#[test]
fn all_mistakes_of_a_file_are_told_in_its_order() {
    let text = r#"nam = "x"
[pages]
mode = "read-only"
allow_delete = true
allow_deletes = true
[limits]
writes_per_hour = "many"
[scope]
allow_spaces = ["I T"]
[tools]
deny = ["get_pag"]
"#;
    check(
        text,
        &expect![[r#"
            permissions/x.toml:1:1: unknown key `nam`; did you mean `name`?
            permissions/x.toml:1:1: missing key `name`
            permissions/x.toml:4:16: `allow_delete = true` does nothing unless [pages] has mode = "read-write"
            permissions/x.toml:5:1: unknown key `allow_deletes`; did you mean `allow_delete`?
            permissions/x.toml:7:19: `writes_per_hour` must be a whole number from 0 to 4294967295, not a string
            permissions/x.toml:9:17: `I T` is not a space key: letters and digits, as in "IT"
            permissions/x.toml:11:9: unknown tool `get_pag`; did you mean `get_page`?
        "#]],
    );
}

#[test]
fn dotted_keys_and_inline_tables_are_read_alike() {
    let text = r#"name = "x"
pages.mode = "read-onl"
users = { mode = "read-only", allow_delet = true }
"#;
    check(
        text,
        &expect![[r#"
        permissions/x.toml:2:14: `read-onl` is no value of `mode`; did you mean `read-only`?
        permissions/x.toml:3:31: unknown key `allow_delet`; did you mean `allow_delete`?
    "#]],
    );
}

#[test]
fn a_key_cannot_write_its_own_message() {
    check(
        "name = \"x\"\n\"a`b\\n\\u001b[31m, expected `mode`\" = 1\n",
        &expect![[r#"
        permissions/x.toml:2:1: unknown key `a'b��[31m, expected 'mode'`; possible here: `name`, `description`, `pages`, `spaces`, `search`, `attachments`, `users`, `scope`, `approval`, `limits`, `tools`
    "#]],
    );
}

#[test]
fn a_direction_sign_is_refused_even_in_a_comment() {
    check(
        "name = \"x\" # \u{202e} hidden\n",
        &expect![[r#"
        permissions/x.toml:1:14: the invisible sign U+202E changes how text looks
    "#]],
    );
}

#[test]
fn an_escaped_direction_sign_is_refused_in_a_name() {
    check(
        "name = \"x\\u202e\"\n",
        &expect![[r#"
        permissions/x.toml:1:8: `name` holds control or direction signs
    "#]],
    );
}

#[test]
fn switches_are_named_never_listed_in_order() {
    let text = r#"name = "x"
pages = ["read-write", true, false]
limits = [120, 20]
spaces = 1979-05-27
"#;
    check(text, &expect![[r#"
        permissions/x.toml:2:9: `pages` must be a table, not a list
        permissions/x.toml:3:10: `limits` must be a table, not a list
        permissions/x.toml:4:10: unknown field `$__toml_private_datetime`, expected one of `mode`, `allow_delete`, `require_approval`
    "#]]);
}

#[test]
fn a_braced_text_is_not_taken_for_nested_tables_before_the_eleventh() {
    check(&format!("name = \"{}\"", "{".repeat(10)), &expect![[r#"
        no mistake
    "#]]);
    check(&format!("name = \"{}\"", "{".repeat(11)), &expect![[r#"
        permissions/x.toml:1:19: more than 10 of the sign `{`; write tables as [tables]
    "#]]);
}
