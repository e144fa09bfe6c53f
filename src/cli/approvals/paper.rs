//! A write on the screen: every text that is not ours made harmless, lines kept apart from ours, differences in colour.

use std::io;

use crate::approval::record::{Decision, Says};
use crate::cli::Console;
use crate::cli::console::{Colour, Reader};
use crate::control::{Ended, Shown, UndoNow};
use crate::domain::text::escaped;

/// Columns of a screen that does not say how many it has.
const USUAL: usize = 100;
/// What stands before each line that is not ours.
const EDGE: &str = "│ ";

/// A text that is not ours on one line, in which nothing is hidden and nothing is obeyed by a terminal.
pub(super) fn safe_line(text: &str) -> String {
    escaped(text).replace('\n', "\\n").replace('\t', "\\t")
}

/// Everything about a write.
pub(super) fn show(shown: &Shown, console: &mut Console) -> io::Result<()> {
    let title = console.paint(Colour::Bold, safe_line(&shown.summary));
    console.line(title)?;
    let mut field = |name: &str, value: &str| console.line(format_args!("  {name:<10} {value}"));
    field("id", shown.id.as_str())?;
    field("state", &format!("{}{}", shown.state, why(shown)))?;
    let (agent, owner) = (safe_line(shown.agent.as_str()), safe_line(&shown.owner));
    field("agent", &format!("{agent} of {owner}, under the profile {}", safe_line(&shown.profile)))?;
    field("tool", &format!("{}, which comes to: {}", safe_line(&shown.tool), shown.effect))?;
    field("target", &safe_line(&shown.target))?;
    if !shown.spaces.is_empty() {
        field("spaces", &shown.spaces.iter().map(|key| safe_line(key)).collect::<Vec<_>>().join(", "))?;
    }
    field("request", &safe_line(&shown.request.line))?;
    field("site", &safe_line(&shown.connection))?;
    field("asked", &format!("{:.0}, decide by {:.0}", shown.asked_at, shown.decide_by))?;
    if let Some(undone) = &shown.undoes {
        field("undoes", undone.as_str())?;
    }
    match &shown.undo {
        UndoNow::Possible => field("undo", &format!("sluice undo {}", shown.id))?,
        UndoNow::Not(why) => field("undo", &safe_line(why))?,
    }
    field("seal", &shown.seal.to_string())?;
    let Some(loss) = &shown.loss else { return preview(&shown.preview, console) };
    let told = console.paint(Colour::Yellow, format_args!("  ! {}", safe_line(loss)));
    console.line(told)?;
    // The preview begins with it.
    preview(shown.preview.strip_prefix(loss.as_str()).unwrap_or(&shown.preview).trim_start_matches('\n'), console)
}

/// Who decided and what became of it, as the end of a sentence.
pub(super) fn why(shown: &Shown) -> String {
    let mut parts = Vec::new();
    if let Some(Decision { says, by, via, reason, .. }) = &shown.decision {
        let said = if *says == Says::Yes { "approved" } else { "denied" };
        parts.push(format!("{said} by {} ({})", safe_line(by), via.word()));
        parts.extend(reason.as_deref().map(safe_line));
    }
    if let Some(Ended { message, hint, version, .. }) = &shown.outcome {
        parts.extend(version.map(|version| format!("version {version} now")));
        parts.extend(message.as_deref().map(safe_line));
        parts.extend(hint.as_deref().filter(|hint| !hint.is_empty()).map(safe_line));
    }
    if parts.is_empty() { String::new() } else { format!(": {}", parts.join("; ")) }
}

/// The preview, each of its lines behind an edge, however long it is.
fn preview(text: &str, console: &mut Console) -> io::Result<()> {
    let width = match console.reader() {
        Reader::Person => crossterm::terminal::size().map_or(USUAL, |(columns, _)| usize::from(columns)),
        Reader::Other => USUAL,
    };
    let room = width.saturating_sub(EDGE.chars().count()).max(20);
    for line in text.lines() {
        let colour = match line.chars().next() {
            Some('+') => Some(Colour::Green),
            Some('-') => Some(Colour::Red),
            Some('@') => Some(Colour::Dim),
            _ => None,
        };
        for part in wrapped(&escaped(line).replace('\t', "    "), room) {
            let part = colour.map_or_else(|| part.clone(), |colour| console.paint(colour, &part));
            console.line(format_args!("{EDGE}{part}"))?;
        }
    }
    Ok(())
}

/// A line in parts that fit into so many columns. Wide characters are counted as two.
fn wrapped(line: &str, room: usize) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut used = 0;
    for sign in line.chars() {
        let columns = if sign >= '\u{1100}' { 2 } else { 1 };
        if used + columns > room {
            parts.push(String::new());
            used = 0;
        }
        if let Some(part) = parts.last_mut() {
            part.push(sign);
        }
        used += columns;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_title_is_one_line_that_a_terminal_prints_as_it_is() {
        let title = "VPN\u{1b}[2J\u{1b}]0;x\u{7}\r\n\u{202e}seal  0000\u{9b}1m";
        let shown = safe_line(title);
        assert_eq!(shown, "VPN\\u{1b}[2J\\u{1b}]0;x\\u{7}\\n\\u{202e}seal  0000\\u{9b}1m");
    }

    #[test]
    fn a_long_line_stays_behind_the_edge() {
        assert_eq!(wrapped("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrapped("", 3), [""]);
        assert_eq!(wrapped("漢字a", 4), ["漢字", "a"]);
    }
}
