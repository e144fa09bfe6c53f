//! Profile texts that mean harm: they are refused with a sentence, without a panic and without delay.

use sluice::policy::file::{LONGEST_FILE, Mistake, read};

fn refused(text: &str) -> Vec<Mistake> {
    read(text, "x.toml", &["get_page"]).unwrap_err()
}

fn first(text: &str) -> String {
    refused(text).first().unwrap().to_string()
}

#[test]
fn a_file_of_ten_megabytes_is_refused_unread() {
    let text = format!("name = \"{}\"", "a".repeat(10 * 1024 * 1024));
    assert_eq!(first(&text), "x.toml:1:1: the file is longer than 64 KiB");
}

#[test]
fn ten_thousand_nested_lists_are_refused() {
    for text in
        [format!("name = {}", "[".repeat(10_000)), format!("name = {}{}", "[".repeat(10_000), "]".repeat(10_000))]
    {
        assert!(first(&text).contains("not TOML"), "{}", first(&text));
    }
}

#[test]
fn ten_thousand_nested_tables_are_refused() {
    let dotted = "a.".repeat(10_000);
    for text in [format!("{dotted}a = 1"), format!("[{dotted}a]"), format!("[[{dotted}a]]")] {
        assert!(first(&text).contains("not TOML"), "{}", first(&text));
    }
    let inline = format!("name = {}1", "{a=".repeat(10_000));
    assert_eq!(first(&inline), "x.toml:1:38: more than 10 of the sign `{`; write tables as [tables]");
}

#[test]
fn nesting_as_deep_as_the_parser_takes_is_refused_without_overflowing_the_stack() {
    // Every inline table begins with as long a dotted key as passes, and they lie inside one another.
    let step = format!("{{ {}a = ", "a.".repeat(77));
    let header = format!("[{}a]", "b.".repeat(77));
    for levels in [1, 5, 9, 10, 11, 39, 78, 300] {
        let text = format!(
            "name = \"x\"\n{header}\n{}1{}\n",
            step.repeat(levels).trim_start_matches('{'),
            " }".repeat(levels - 1)
        );
        assert!(!refused(&text).is_empty(), "{levels} levels");
    }
}

#[test]
fn thousands_of_mistakes_are_cut_short() {
    let keys: String = (0..5000).map(|number| format!("k{number} = 1\n")).collect();
    assert_eq!(refused(&keys).len(), 20);
    assert!(refused(&"=\n".repeat(30_000)).len() <= 20);
    assert!(refused(&"\u{202e}".repeat(20_000)).len() <= 20);
    let spaces = format!("name = \"x\"\n[scope]\nallow_spaces = [{}]", "\"/\",".repeat(15_000));
    assert!(refused(&spaces).len() <= 20);
}

#[test]
fn a_key_as_long_as_the_file_makes_a_short_message() {
    let text = format!("name = \"x\"\n{} = 1", "k".repeat(60_000));
    assert!(first(&text).len() < 500, "{}", first(&text));
}

#[test]
fn no_message_holds_a_control_or_direction_sign() {
    let texts = [
        "\"\\u001b[2J\" = 1",
        "name = \"x\"\n[pages]\nmode = \"\\u202eread\\u0000\"",
        "name = \"x\"\n[scope]\nallow_spaces = [\"\\u2066\\u001b\"]",
        "name = \"x\"\n[tools]\ndeny = [\"\\u202e\\r\\n\"]",
        "name = \"\u{1b}\"",
        "name = \"\u{202e}\"",
        "\u{0}",
    ];
    for text in texts {
        for mistake in refused(text) {
            let told = mistake.to_string();
            let harmless =
                |sign: char| !sign.is_control() && !('\u{202a}'..='\u{202e}').contains(&sign) && sign != '\u{2066}';
            assert!(told.chars().all(harmless), "{told:?}");
        }
    }
}

#[test]
fn invalid_dates_and_numbers_are_refused() {
    for value in ["2024-02-30", "0000-00-00T25:61:61Z", "1e999999", "0x", "nan", "9999999999999999999999"] {
        assert!(!refused(&format!("name = \"x\"\n[limits]\nwrites_per_hour = {value}")).is_empty(), "{value}");
    }
}

#[test]
fn a_file_at_the_limit_is_read() {
    let head = "name = \"x\"\n#";
    let text = format!("{head}{}", "c".repeat(LONGEST_FILE - head.len()));
    assert!(read(&text, "x.toml", &[]).is_ok());
    assert!(read(&(text + "c"), "x.toml", &[]).is_err());
}

#[test]
fn any_cut_of_a_real_file_is_read_or_refused() {
    let text = include_str!("../../permissions/example.toml");
    for (end, _) in text.char_indices().step_by(11) {
        let _ = read(&text[..end], "x.toml", &["upload_attachment"]);
    }
}
