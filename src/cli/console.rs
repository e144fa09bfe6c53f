//! What commands write for people: lines, and colours on a terminal.

use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write};

use crate::config::Environment;
use crate::domain::text::is_invisible;

/// A colour or weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// It went well.
    Green,
    /// It was refused or is wrong.
    Red,
    /// Worth a look.
    Yellow,
    /// What stands out.
    Bold,
    /// What stands back.
    Dim,
}

impl Colour {
    const fn code(self) -> &'static str {
        match self {
            Self::Green => "32",
            Self::Red => "31",
            Self::Yellow => "33",
            Self::Bold => "1",
            Self::Dim => "2",
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Colours {
    On,
    Off,
}

/// Who reads what is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reader {
    /// A person at a terminal.
    Person,
    /// A file, a pipe, a test.
    Other,
}

/// Where a command writes.
pub struct Console {
    out: Box<dyn Write + Send>,
    colours: Colours,
    reader: Reader,
}

impl Console {
    /// Standard output; in colours where it is a terminal and `NO_COLOR` is not set.
    pub fn of_process(environment: &Environment) -> Self {
        let out = io::stdout();
        let reader = if out.is_terminal() { Reader::Person } else { Reader::Other };
        let coloured = reader == Reader::Person && !environment.has("NO_COLOR");
        let colours = if coloured { Colours::On } else { Colours::Off };
        Self { out: Box::new(out), colours, reader }
    }

    /// Anything else, without colours.
    pub fn plain(out: Box<dyn Write + Send>) -> Self {
        Self { out, colours: Colours::Off, reader: Reader::Other }
    }

    /// One line.
    pub fn line(&mut self, text: impl Display) -> io::Result<()> {
        writeln!(self.out, "{text}")?;
        self.out.flush()
    }

    /// Text as it is.
    pub fn text(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())?;
        self.out.flush()
    }

    /// Who reads it.
    pub(super) const fn reader(&self) -> Reader {
        self.reader
    }

    /// Where it all goes, for what is written piece by piece.
    pub(super) fn writer(&mut self) -> &mut (dyn Write + Send) {
        &mut *self.out
    }

    /// The text in a colour, where there are colours.
    pub fn paint(&self, colour: Colour, text: impl Display) -> String {
        match self.colours {
            Colours::On => format!("\x1b[{}m{text}\x1b[0m", colour.code()),
            Colours::Off => text.to_string(),
        }
    }
}

/// Text from outside made fit for a terminal: nothing invisible, no control characters, at most `width` characters.
pub(super) fn harmless(text: &str, width: usize) -> String {
    let mut signs =
        text.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).filter(|sign| !is_invisible(*sign));
    let mut cut: String = signs.by_ref().take(width).collect();
    if signs.next().is_some() {
        cut.pop();
        cut.push('…');
    }
    cut
}
