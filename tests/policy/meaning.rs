//! Profile files of the right form that mean nothing or contradict themselves.

use expect_test::expect;
use sluice::policy::file::read;

use super::catalog;
use super::form::mistakes;

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
    expect![[r#"
        permissions/x.toml:4:16: `allow_delete = true` does nothing unless [pages] has mode = "read-write"
        permissions/x.toml:6:20: `require_approval = true` does nothing unless [attachments] has mode = "read-write"
        permissions/x.toml:9:16: `allow_delete = true` does nothing unless [users] has mode = "read-write"
    "#]]
    .assert_eq(&mistakes(text));
}

#[test]
fn a_switch_beside_a_misspelt_mode_is_not_told_twice() {
    let text = r#"name = "x"
[pages]
mode = "read-wrte"
allow_delete = true
"#;
    expect![[r#"
        permissions/x.toml:3:8: `read-wrte` is no value of `mode`; did you mean `read-write`?
    "#]]
    .assert_eq(&mistakes(text));
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
    expect![[r#"
        no mistake
    "#]]
    .assert_eq(&mistakes(text));
}

#[test]
fn a_name_must_be_there() {
    let text = r#"[pages]
mode = "read-only"
"#;
    expect![[r#"
        permissions/x.toml:1:1: missing key `name`
    "#]]
    .assert_eq(&mistakes(text));
}

#[test]
fn an_empty_file_has_no_name() {
    expect![[r#"
        permissions/x.toml:1:1: missing key `name`
    "#]]
    .assert_eq(&mistakes(""));
}

#[test]
fn a_name_is_a_string_with_something_in_it() {
    let text = r#"name = " "
"#;
    expect![[r#"
        permissions/x.toml:1:8: `name` is empty
    "#]]
    .assert_eq(&mistakes(text));
}

#[test]
fn a_name_fits_on_one_line() {
    expect![[r#"
        permissions/x.toml:1:8: `name` holds control signs or others that nobody sees
        permissions/x.toml:2:15: `description` holds control signs or others that nobody sees
    "#]]
    .assert_eq(&mistakes("name = \"a\\nb\"\ndescription = \"bell \\u0007\"\n"));
}

#[test]
fn a_space_that_is_both_allowed_and_denied_is_told() {
    let text = r#"name = "x"
[scope]
allow_spaces = ["IT", "OPS"]
deny_spaces = ["HR", "ops"]
"#;
    expect![[r#"
        permissions/x.toml:4:22: `ops` is both allowed and denied
    "#]]
    .assert_eq(&mistakes(text));
}

#[test]
fn a_bad_space_key_is_told() {
    let text = r#"name = "x"
[scope]
allow_spaces = ["IT", "I T", "A/B", 7]
deny_spaces = "HR"
"#;
    expect![[r#"
            permissions/x.toml:3:23: `I T` is not a space key: letters and digits, as in "IT"
            permissions/x.toml:3:30: `A/B` is not a space key: letters and digits, as in "IT"
            permissions/x.toml:3:37: an entry of `allow_spaces` must be a string, not an integer
            permissions/x.toml:4:15: `deny_spaces` must be a list, not a string
        "#]]
    .assert_eq(&mistakes(text));
}

#[test]
fn pages_are_named_by_id() {
    let text = r#"name = "x"
[scope]
allow_pages = ["12", "Runbooks", "012"]
visible_to_all_only = true
"#;
    expect![[r#"
        permissions/x.toml:3:22: `Runbooks` is not a page id: digits only, as in "123456"
        permissions/x.toml:3:34: `012` is not a page id: digits only, as in "123456"
    "#]]
    .assert_eq(&mistakes(text));
}

#[test]
fn other_documentation_sources_are_named_by_name() {
    let text = r#"name = "x"
[scope]
sources = ["hudu", "It Glue"]
"#;
    expect![[r#"
        permissions/x.toml:3:20: `It Glue` is no name of a documentation source; `sluice sources list` shows them
    "#]]
    .assert_eq(&mistakes(text));
    let scope = |text: &str| read(text, "permissions/x.toml", &catalog::names()).unwrap().scope;
    assert!(scope("name = \"x\"\n").admits_source("hudu"));
    assert!(!scope("name = \"x\"\n[scope]\ndeny_spaces = [\"HR\"]\n").admits_source("hudu"));
    let named = scope("name = \"x\"\n[scope]\nsources = [\"hudu\"]\n");
    assert!(named.admits_source("hudu") && !named.admits_source("files"));
}

#[test]
fn an_unknown_tool_is_told_with_the_nearest() {
    let text = r#"name = "x"
[tools]
deny = ["move_page", "updat_page", "delete_everything_everywhere"]
"#;
    expect![[r#"
        permissions/x.toml:3:22: unknown tool `updat_page`; did you mean `update_page`?
        permissions/x.toml:3:36: unknown tool `delete_everything_everywhere`
    "#]]
    .assert_eq(&mistakes(text));
}

#[test]
fn a_tool_set_names_tools_and_groups() {
    let text = r#"name = "x"
[tools]
set = ["pages", "get_user", "atachments", "nonsense"]
"#;
    expect![[r#"
        permissions/x.toml:3:29: unknown tool or group `atachments`; did you mean `attachments`?
        permissions/x.toml:3:43: unknown tool or group `nonsense`
    "#]]
    .assert_eq(&mistakes(text));
}

#[test]
fn a_bad_duration_is_told() {
    let text = r#"name = "x"
[approval]
expires_after = "24 hours"
hold = 25
"#;
    expect![[r#"
        permissions/x.toml:3:17: `24 hours` is not a duration: a whole number and s, m, h or d, as in "24h"
        permissions/x.toml:4:8: `hold` must be a string, not an integer
    "#]]
    .assert_eq(&mistakes(text));
}

#[test]
fn a_duration_out_of_bounds_is_told() {
    let text = r#"name = "x"
[approval]
expires_after = "31d"
hold = "6m"
"#;
    expect![[r#"
        permissions/x.toml:3:17: `expires_after` must be from "1m" to "30d"
        permissions/x.toml:4:8: `hold` must be from "0s" to "5m"
    "#]]
    .assert_eq(&mistakes(text));
}

#[test]
fn a_duration_beyond_all_numbers_is_told() {
    let text = r#"name = "x"
[approval]
expires_after = "18446744073709551615d"
hold = "+5s"
"#;
    expect![[r#"
        permissions/x.toml:3:17: `18446744073709551615d` is not a duration: a whole number and s, m, h or d, as in "24h"
        permissions/x.toml:4:8: `+5s` is not a duration: a whole number and s, m, h or d, as in "24h"
    "#]]
    .assert_eq(&mistakes(text));
}

#[test]
fn a_client_delete_needs_the_client_as_approver() {
    let text = r#"name = "x"
[approval]
client_may_delete = true
"#;
    expect![[r#"
        permissions/x.toml:3:21: `client_may_delete = true` does nothing unless [approval] has by = "client"
    "#]]
    .assert_eq(&mistakes(text));
}

#[test]
fn columns_count_characters() {
    let text = r#"name = "x"
[tools]
deny = ["größe", "get_pge"]
"#;
    expect![[r#"
        permissions/x.toml:3:9: unknown tool `größe`
        permissions/x.toml:3:18: unknown tool `get_pge`; did you mean `get_page`?
    "#]]
    .assert_eq(&mistakes(text));
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
    expect![[r#"
            permissions/x.toml:1:1: unknown key `nam`; did you mean `name`?
            permissions/x.toml:1:1: missing key `name`
            permissions/x.toml:4:16: `allow_delete = true` does nothing unless [pages] has mode = "read-write"
            permissions/x.toml:5:1: unknown key `allow_deletes`; did you mean `allow_delete`?
            permissions/x.toml:7:19: `writes_per_hour` must be a whole number from 0 to 4294967295, not a string
            permissions/x.toml:9:17: `I T` is not a space key: letters and digits, as in "IT"
            permissions/x.toml:11:9: unknown tool `get_pag`; did you mean `get_page`?
        "#]]
    .assert_eq(&mistakes(text));
}

#[test]
fn an_escaped_direction_sign_is_refused_in_a_name() {
    expect![[r#"
        permissions/x.toml:1:8: `name` holds control signs or others that nobody sees
    "#]]
    .assert_eq(&mistakes("name = \"x\\u202e\"\n"));
}
