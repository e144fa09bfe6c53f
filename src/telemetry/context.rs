//! The trace that a caller says its call belongs to, as W3C Trace Context writes it (<https://www.w3.org/TR/trace-context/>).

use opentelemetry::trace::{SpanContext, TraceFlags, TraceState};
use opentelemetry::{SpanId, TraceId};

/// A longer `tracestate` is dropped, in bytes; so much must be carried on (section 3.3.1.5).
const LONGEST_STATE: usize = 512;

/// The caller's span, beneath which ours goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceContext(SpanContext);

impl TraceContext {
    /// Reads `traceparent` (section 3.2), strictly; whoever sends anything else begins no trace with us. Of later
    /// versions the parts known today are read, as section 4.3 has it. A `tracestate` that is too long or wrong is
    /// dropped without the rest.
    pub fn read(traceparent: &str, tracestate: Option<&str>) -> Option<Self> {
        let mut parts = traceparent.splitn(5, '-');
        let version = hexadecimal(parts.next()?, 2)?;
        let trace = TraceId::from_hex(hexadecimal(parts.next()?, 32)?).ok()?;
        let span = SpanId::from_hex(hexadecimal(parts.next()?, 16)?).ok()?;
        let flags = u8::from_str_radix(hexadecimal(parts.next()?, 2)?, 16).ok()?;
        let more = parts.next().is_some();
        if version == "ff" || (version == "00" && more) {
            return None;
        }
        let flags = TraceFlags::new(flags & TraceFlags::SAMPLED.to_u8());
        let context = SpanContext::new(trace, span, flags, true, tracestate.map(state).unwrap_or_default());
        context.is_valid().then_some(Self(context))
    }

    pub(super) fn span(&self) -> &SpanContext {
        &self.0
    }
}

fn hexadecimal(text: &str, length: usize) -> Option<&str> {
    let fits = text.len() == length && text.bytes().all(|sign| matches!(sign, b'0'..=b'9' | b'a'..=b'f'));
    fits.then_some(text)
}

fn state(text: &str) -> TraceState {
    let printable = |sign: u8| sign == b'\t' || (b' '..=b'~').contains(&sign);
    if text.len() > LONGEST_STATE || !text.bytes().all(printable) {
        return TraceState::NONE;
    }
    text.parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
    const SPAN: &str = "b7ad6b7169203331";

    #[test]
    fn a_parent_is_read_as_the_standard_has_it() {
        for (text, sampled) in [
            (format!("00-{TRACE}-{SPAN}-01"), true),
            (format!("00-{TRACE}-{SPAN}-00"), false),
            (format!("00-{TRACE}-{SPAN}-03"), true),
            (format!("00-{TRACE}-{SPAN}-fe"), false),
            // Later versions may say more after a dash.
            (format!("01-{TRACE}-{SPAN}-01"), true),
            (format!("01-{TRACE}-{SPAN}-01-"), true),
            (format!("cc-{TRACE}-{SPAN}-01-what-the-future-will-be-like"), true),
        ] {
            let read = TraceContext::read(&text, None).unwrap();
            let span = read.span();
            assert_eq!((span.trace_id().to_string(), span.span_id().to_string()), (TRACE.to_owned(), SPAN.to_owned()));
            assert_eq!((span.is_sampled(), span.is_remote()), (sampled, true), "{text}");
        }
    }

    #[test]
    fn a_parent_that_is_written_otherwise_is_none() {
        let zeros = "0".repeat(32);
        for text in [
            String::new(),
            "-".repeat(55),
            "00".to_owned(),
            format!("00-{TRACE}-{SPAN}"),
            format!("00-{TRACE}-{SPAN}-"),
            format!("00-{TRACE}-{SPAN}-1"),
            format!("00-{TRACE}-{SPAN}-0g"),
            format!("00-{TRACE}-{SPAN}-+1"),
            format!("00-{TRACE}-{SPAN}-01-"),
            format!("00-{TRACE}-{SPAN}-01-more"),
            format!("00-{TRACE}-{SPAN}-011"),
            format!("cc-{TRACE}-{SPAN}-01.more"),
            format!("ff-{TRACE}-{SPAN}-01"),
            format!("FF-{TRACE}-{SPAN}-01"),
            format!("0-{TRACE}-{SPAN}-01"),
            format!("000-{TRACE}-{SPAN}-01"),
            format!("00-{zeros}-{SPAN}-01"),
            format!("00-{TRACE}-{}-01", &zeros[..16]),
            format!("00-{}-{SPAN}-01", TRACE.to_uppercase()),
            format!("00-{TRACE}-{}-01", SPAN.to_uppercase()),
            format!("00-{}-{SPAN}-01", &TRACE[1..]),
            format!("00-{TRACE}0-{SPAN}-01"),
            format!("00-{TRACE}-{SPAN}0-01"),
            format!("00_{TRACE}_{SPAN}_01"),
            format!(" 00-{TRACE}-{SPAN}-01"),
            format!("00-{TRACE}-{SPAN}-01 "),
            format!("00-{}é-{SPAN}-01", &TRACE[2..]),
        ] {
            assert_eq!(TraceContext::read(&text, None), None, "{text}");
        }
    }

    #[test]
    fn a_state_is_carried_while_it_is_short_and_right() {
        let parent = format!("00-{TRACE}-{SPAN}-01");
        let carried = |state: &str| TraceContext::read(&parent, Some(state)).unwrap().span().trace_state().header();
        assert_eq!(carried("rojo=00f067aa0ba902b7, congo=t61rcWkgMzE"), "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE");
        let longest = format!("a={},b={}", "x".repeat(253), "y".repeat(254));
        assert_eq!((longest.len(), carried(&longest)), (512, longest.clone()));
        for state in ["", "no value", "KEY=1", "a=\u{7}", "a=é", "a=b=c", &format!("{longest}y")] {
            assert_eq!(carried(state), "", "{state}");
        }
    }
}
