//! What a search is understood as, whatever it says.

use super::*;

/// A search written back with what is required after `+`, what is excluded after `-`, what is preferred as it is.
fn written(asked: &Asked) -> String {
    let word = |word: &Meant| word.whole.clone().unwrap_or_else(|| word.parts.join(" "));
    let all = |parts: &[Asked]| parts.iter().map(written).collect::<Vec<_>>().join(" | ");
    match asked {
        Asked::Word(one) => word(one),
        Asked::Phrase(words) => format!("\"{}\"", words.iter().map(word).collect::<Vec<_>>().join(" ")),
        Asked::Prefix(begin) => format!("{begin}*"),
        Asked::Any(choices) => format!("[{}]", all(choices)),
        Asked::Group(parts) => {
            let part = |(how, one): &(How, Asked)| match how {
                How::Preferred => written(one),
                How::Required => format!("+{}", written(one)),
                How::Excluded => format!("-{}", written(one)),
            };
            format!("({})", parts.iter().map(part).collect::<Vec<_>>().join(" "))
        }
    }
}

#[test]
fn searches_are_read_as_they_are_meant() {
    for (text, meant) in [
        ("vpn", "vpn"),
        ("reset VPN password", "(reset vpn password)"),
        ("how do I reset the password", "(reset password)"),
        ("how to", "(how to)"),
        ("\"reset password\" vpn", "(\"reset password\" vpn)"),
        ("vpn AND (cisco OR anyconnect) -windows", "(+vpn +[cisco | anyconnect] -windows)"),
        ("a1 OR b1 c1", "[a1 | (b1 c1)]"),
        ("NOT x1", "(-x1)"),
        ("serv* -pro*", "(serv* -pro*)"),
        ("srv-dc01.acme.local", "srv-dc01.acme.local"),
        (r"C:\Windows\System32", r"c:\windows\system32"),
        ("0x80070005!", "0x80070005"),
        ("mail,server;print", "(mail server print)"),
        ("f*", "f"),
    ] {
        assert_eq!(written(&asked(text).unwrap()), meant, "{text}");
    }
}

#[test]
fn what_is_not_well_formed_is_searched_as_words() {
    for (text, meant) in [
        ("\"open phrase", "(open phrase)"),
        ("((vpn", "vpn"),
        ("vpn)) cisco", "(vpn cisco)"),
        ("AND vpn", "vpn"),
        ("vpn OR", "vpn"),
        ("OR OR vpn AND AND cisco", "(+vpn +cisco)"),
        ("vpn NOT", "vpn"),
        ("NOT NOT vpn", "(-vpn)"),
        ("title:vpn", "title:vpn"),
        ("vpn^4 ~2", "(vpn 4 2)"),
        ("[a1 TO b1}", "(a1 b1)"),
    ] {
        assert_eq!(written(&asked(text).unwrap()), meant, "{text}");
    }
    for nothing in ["", "  ", "()", "\"\"", "AND", "-", "*", "(((((((((", ")))", "OR OR", "\u{0}\u{1}", "🙂"] {
        assert_eq!(asked(nothing), None, "{nothing:?}");
    }
}

#[test]
fn hostile_searches_stay_small() {
    fn leaves(asked: &Asked) -> usize {
        match asked {
            Asked::Group(parts) => parts.iter().map(|(_, one)| leaves(one)).sum(),
            Asked::Any(choices) => choices.iter().map(leaves).sum(),
            _ => 1,
        }
    }
    let many = [
        "a1 ".repeat(100_000),
        "(".repeat(100_000) + "vpn",
        "x1 OR ".repeat(50_000),
        "ab* ".repeat(10_000),
        "-".repeat(100_000) + "vpn",
        "NOT ".repeat(1_000) + "vpn",
        "\"a b\" ".repeat(10_000),
        "a-b-c-".repeat(10_000),
        "é".repeat(100_000),
        "密".repeat(100_000),
    ];
    for text in many {
        let leaves = asked(&text).map_or(0, |asked| leaves(&asked));
        assert!(leaves <= MOST_WORDS, "{leaves} of {text:.20}");
    }
}
