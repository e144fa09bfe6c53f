//! Styles that hide text from people: what they hide is not shown to agents either.

/// Whether declarations of CSS make an element invisible: not displayed, transparent, without size, or far off the page.
pub(super) fn is_hidden(style: &str) -> bool {
    style.split(';').filter_map(|declaration| declaration.split_once(':')).any(|(property, value)| {
        let value = value.split('!').next().unwrap_or_default().trim().to_ascii_lowercase();
        match property.trim().to_ascii_lowercase().as_str() {
            "display" => value == "none",
            "visibility" => matches!(value.as_str(), "hidden" | "collapse"),
            "opacity" => number(&value).is_some_and(|opacity| opacity <= 0.02),
            "font-size" => number(&value).is_some_and(|size| size <= if value.ends_with("px") { 1.0 } else { 0.05 }),
            "color" => value == "transparent",
            "left" | "top" | "right" | "bottom" | "text-indent" | "margin-left" => {
                number(&value).is_some_and(|offset| offset <= -900.0)
            }
            _ => false,
        }
    })
}

/// The number a value starts with.
fn number(value: &str) -> Option<f64> {
    let end = value.find(|sign: char| !matches!(sign, '0'..='9' | '.' | '-' | '+')).unwrap_or(value.len());
    value.get(..end)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::is_hidden;

    #[test]
    fn styles_that_hide_are_told_from_others() {
        for style in [
            "display: none;",
            "color:red;DISPLAY : None !important",
            "visibility:hidden",
            "font-size:0",
            "font-size: 0.0px",
            "opacity: 0",
            "position:absolute;left:-9999px",
            "color: transparent",
        ] {
            assert!(is_hidden(style), "{style}");
        }
        for style in ["", "display:block", "font-size: 1em", "opacity: 0.5", "left: -3px", "font-size: smaller", "none"]
        {
            assert!(!is_hidden(style), "{style}");
        }
    }
}
