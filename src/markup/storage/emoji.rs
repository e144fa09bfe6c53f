//! Emoji and the old emoticons of Confluence as characters.

use super::elements::Element;

/// The character of an emoticon, or its short name between colons.
pub(super) fn emoji(element: &Element<'_>) -> String {
    let fallback = element.attribute("ac:emoji-fallback").filter(|text| !text.is_empty());
    if let Some(fallback) = fallback {
        let name = fallback.strip_prefix(':').and_then(|rest| rest.strip_suffix(':'));
        match name.map(known_emoji) {
            None => return fallback.to_owned(),
            Some(Some(known)) => return known.to_owned(),
            // An emoji of the site's own: other attributes may say which character is nearest.
            Some(None) => {}
        }
    }
    let code_points = element.attribute("ac:emoji-id").map(|id| {
        id.split('-')
            .map(|part| u32::from_str_radix(part, 16).ok().filter(|code| *code > 0x7f).and_then(char::from_u32))
    });
    if let Some(characters) = code_points.and_then(Iterator::collect::<Option<String>>) {
        return characters;
    }
    let name = element.attribute("ac:name").unwrap_or_default();
    let short = element.attribute("ac:emoji-shortname").or(element.attribute("ac:shortcut"));
    let known = short.and_then(|short| known_emoji(short.trim_matches(':'))).or_else(|| {
        // Confluence writes this name for every emoji it does not know.
        if name == "blue-star" && short.is_some() { None } else { known_emoji(name) }
    });
    match (known, short) {
        (Some(known), _) => known.to_owned(),
        (None, Some(short)) => format!(":{}:", short.trim_matches(':')),
        (None, None) => format!(":{name}:"),
    }
}

/// The character of an emoji by its short name, without colons.
pub(crate) fn known_emoji(name: &str) -> Option<&'static str> {
    KNOWN.iter().find(|(known, _)| *known == name).map(|(_, character)| *character)
}

/// Confluence's own names, and the most usual short names.
const KNOWN: &[(&str, &str)] = &[
    ("smile", "🙂"),
    ("slight_smile", "🙂"),
    ("sad", "🙁"),
    ("disappointed", "🙁"),
    ("cheeky", "😛"),
    ("stuck_out_tongue", "😛"),
    ("laugh", "😃"),
    ("smiley", "😃"),
    ("wink", "😉"),
    ("thumbs-up", "👍"),
    ("thumbsup", "👍"),
    ("thumbs-down", "👎"),
    ("thumbsdown", "👎"),
    ("information", "ℹ"),
    ("info", "ℹ"),
    ("tick", "✅"),
    ("check_mark", "✅"),
    ("white_check_mark", "✅"),
    ("cross", "❌"),
    ("cross_mark", "❌"),
    ("x", "❌"),
    ("warning", "⚠"),
    ("plus", "➕"),
    ("minus", "➖"),
    ("question", "❓"),
    ("question_mark", "❓"),
    ("light-on", "💡"),
    ("light-off", "💡"),
    ("bulb", "💡"),
    ("yellow-star", "⭐"),
    ("red-star", "⭐"),
    ("green-star", "⭐"),
    ("blue-star", "⭐"),
    ("star", "⭐"),
    ("heart", "❤"),
    ("broken-heart", "💔"),
    ("broken_heart", "💔"),
    ("rocket", "🚀"),
    ("tada", "🎉"),
    ("fire", "🔥"),
    ("sparkles", "✨"),
    ("zap", "⚡"),
    ("bug", "🐛"),
    ("eyes", "👀"),
    ("memo", "📝"),
    ("pencil", "📝"),
    ("lock", "🔒"),
    ("unlock", "🔓"),
    ("key", "🔑"),
    ("calendar", "📆"),
    ("link", "🔗"),
    ("mag", "🔍"),
    ("book", "📖"),
    ("books", "📚"),
    ("bookmark", "🔖"),
    ("clipboard", "📋"),
    ("pushpin", "📌"),
    ("paperclip", "📎"),
    ("package", "📦"),
    ("wrench", "🔧"),
    ("hammer", "🔨"),
    ("gear", "⚙"),
    ("construction", "🚧"),
    ("rotating_light", "🚨"),
    ("bell", "🔔"),
    ("mega", "📣"),
    ("loudspeaker", "📣"),
    ("email", "✉"),
    ("envelope", "✉"),
    ("phone", "☎"),
    ("computer", "💻"),
    ("chart_with_upwards_trend", "📈"),
    ("chart_with_downwards_trend", "📉"),
    ("bar_chart", "📊"),
    ("hourglass", "⌛"),
    ("stopwatch", "⏱"),
    ("heavy_check_mark", "✔"),
    ("heavy_multiplication_x", "✖"),
    ("exclamation", "❗"),
    ("no_entry", "⛔"),
    ("no_entry_sign", "🚫"),
    ("recycle", "♻"),
    ("red_circle", "🔴"),
    ("green_circle", "🟢"),
    ("yellow_circle", "🟡"),
    ("large_blue_circle", "🔵"),
    ("arrow_right", "➡"),
    ("arrow_left", "⬅"),
    ("arrow_up", "⬆"),
    ("arrow_down", "⬇"),
    ("point_right", "👉"),
    ("point_up", "☝"),
    ("ok_hand", "👌"),
    ("wave", "👋"),
    ("clap", "👏"),
    ("pray", "🙏"),
    ("muscle", "💪"),
    ("raised_hands", "🙌"),
    ("grinning", "😀"),
    ("joy", "😂"),
    ("thinking", "🤔"),
    ("thinking_face", "🤔"),
    ("cry", "😢"),
    ("coffee", "☕"),
    ("trophy", "🏆"),
    ("dart", "🎯"),
    ("100", "💯"),
];
