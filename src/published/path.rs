//! The path of a request, taken apart: what servers could read in two ways is refused, not repaired.

/// Longest path, in bytes.
const LONGEST: usize = 2_000;

/// The decoded segments of a path, from `wiki` on whether it is written or not; otherwise why it is refused.
pub fn segments(path: &str) -> Result<Vec<String>, &'static str> {
    if path.len() > LONGEST {
        return Err("the path is too long");
    }
    if path.contains("://") || path.starts_with("//") {
        return Err("it is an address; give the path alone, such as `/wiki/api/v2/pages/123`");
    }
    let Some(rest) = path.strip_prefix('/') else {
        return Err("a path begins with `/wiki/api/v2/` or `/wiki/rest/api/`");
    };
    for (sign, why) in [
        ('?', "parameters belong into `query`, not into the path"),
        ('#', "a path has no fragment"),
        ('\\', "a path has no backslash"),
        (';', "a path has no parameters after `;`"),
        ('{', "fill in what stands in braces"),
        ('}', "fill in what stands in braces"),
    ] {
        if path.contains(sign) {
            return Err(why);
        }
    }
    if !path.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("a path is made of visible ASCII; other signs of a label are written as `%C3%B6`");
    }
    let segments: Vec<String> = rest.split('/').map(segment).collect::<Result<_, _>>()?;
    Ok(match segments.first().map(String::as_str) {
        Some("api" | "rest") => ["wiki".to_owned()].into_iter().chain(segments).collect(),
        _ => segments,
    })
}

/// One segment, decoded once.
fn segment(raw: &str) -> Result<String, &'static str> {
    if raw.is_empty() {
        return Err("a path has no empty segment and does not end with `/`");
    }
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16));
        let (Some(high), Some(low)) = (digit(), digit()) else {
            return Err("`%` is followed by two digits, as in `%C3%B6`");
        };
        let decoded = u8::try_from(high << 4 | low).unwrap_or(b'/');
        // Whoever encodes what needs no encoding hides it from somebody, and separators come out as other paths.
        if decoded.is_ascii_alphanumeric() || b"/\\.;%?#-_~".contains(&decoded) || decoded < b' ' || decoded == 0x7f {
            return Err("letters, digits, dots and separators are not encoded");
        }
        bytes.push(decoded);
    }
    let text = String::from_utf8(bytes).map_err(|_| "what is encoded is not UTF-8")?;
    if text.starts_with('.') || text.ends_with('.') {
        return Err("a segment neither begins nor ends with a dot");
    }
    if text.to_ascii_lowercase().ends_with(".action") {
        return Err("`.action` addresses are web pages, and none is ever asked for");
    }
    if text.chars().any(|sign| sign.is_whitespace() || crate::domain::text::is_invisible(sign)) {
        return Err("a segment has no blanks and nothing invisible");
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_of_a_path_are_the_same_segments() {
        for (one, other) in [
            ("/wiki/api/v2/pages/1", "/api/v2/pages/1"),
            ("/wiki/rest/api/space/IT", "/rest/api/space/IT"),
            ("/wiki/rest/api/content/1/label/gr%C3%B6%C3%9Fe", "/rest/api/content/1/label/gr%c3%b6%c3%9fe"),
        ] {
            assert_eq!(segments(one).unwrap(), segments(other).unwrap());
        }
    }

    #[test]
    fn whatever_could_be_read_in_two_ways_is_refused() {
        for bad in [
            "",
            "wiki/api/v2/pages",
            "//wiki/api/v2/pages",
            "https://acme.atlassian.net/wiki/api/v2/pages",
            "/wiki//api/v2/pages",
            "/wiki/api/v2/pages/",
            "/wiki/api/v2/./pages",
            "/wiki/api/v2/x/../pages",
            "/wiki/api/v2/pages/1.",
            "/wiki/api/v2/pages;x=1",
            "/wiki/api/v2/pages?x=1",
            "/wiki/api/v2/pages#x",
            "/wiki/api/v2/pages\\1",
            "/wiki/api/v2/p%61ges",
            "/wiki/api/v2/pages%2F1",
            "/wiki/api/v2/pages/%2e%2e",
            "/wiki/api/v2/pages/%252F",
            "/wiki/api/v2/pages/1%00",
            "/wiki/api/v2/pages/1%0d%0aX:y",
            "/wiki/api/v2/pages/1%3bx",
            "/wiki/api/v2/pages/%",
            "/wiki/api/v2/pages/%C3",
            "/wiki/api/v2/pages/%C0%AF",
            "/wiki/api/v2/pages/１",
            "/wiki/api/v2/pages/1 ",
            "/wiki/api/v2/pages/1\n",
            "/wiki/api/v2/pages/1%20",
            "/wiki/api/v2/pages/%E2%80%AE1",
            "/wiki/api/v2/pages/{id}",
            "/wiki/rest/api/relation/favourite/from/user/1/to/deletespace.action",
            "/wiki/rest/api/content/1/label/removespace.Action",
        ] {
            assert!(segments(bad).is_err(), "{bad:?}");
        }
        assert!(segments(&format!("/{}", "a".repeat(3000))).is_err());
    }
}
