//! Writes a query back: parentheses where parts are joined, every text in quotation marks.

use std::fmt;

use super::{Clause, Condition, Direction, Operand, Operator, Query, Value};

impl fmt::Display for Query {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.condition)?;
        for (number, order) in self.order.iter().enumerate() {
            let before = if number == 0 { " order by " } else { ", " };
            let after = match order.direction {
                None => "",
                Some(Direction::Ascending) => " asc",
                Some(Direction::Descending) => " desc",
            };
            write!(formatter, "{before}{}{after}", order.field)?;
        }
        Ok(())
    }
}

impl Condition {
    /// Parts that are joined themselves go into parentheses.
    fn part(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(_) | Self::Any(_) => write!(formatter, "({self})"),
            Self::Not(_) | Self::Clause(_) => write!(formatter, "{self}"),
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (parts, between) = match self {
            Self::All(parts) => (parts, " and "),
            Self::Any(parts) => (parts, " or "),
            Self::Not(part) => {
                formatter.write_str("not ")?;
                return part.part(formatter);
            }
            Self::Clause(clause) => return clause.fmt(formatter),
        };
        for (number, part) in parts.iter().enumerate() {
            if number > 0 {
                formatter.write_str(between)?;
            }
            part.part(formatter)?;
        }
        Ok(())
    }
}

impl fmt::Display for Clause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {} ", self.field, self.operator.sign())?;
        match &self.operand {
            Operand::One(value) => value.fmt(formatter),
            Operand::List(values) => listed(values, formatter),
        }
    }
}

impl Operator {
    const fn sign(self) -> &'static str {
        match self {
            Self::Equals => "=",
            Self::Differs => "!=",
            Self::Contains => "~",
            Self::Lacks => "!~",
            Self::Above => ">",
            Self::AtLeast => ">=",
            Self::Below => "<",
            Self::AtMost => "<=",
            Self::In => "in",
            Self::NotIn => "not in",
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // The backslash first: the other way round it would be escaped twice.
            Self::Text(text) => write!(formatter, "\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
            Self::Number(digits) => formatter.write_str(digits),
            Self::Call { name, arguments } => {
                formatter.write_str(name)?;
                listed(arguments, formatter)
            }
        }
    }
}

fn listed(values: &[Value], formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    formatter.write_str("(")?;
    for (number, value) in values.iter().enumerate() {
        let before = if number == 0 { "" } else { ", " };
        write!(formatter, "{before}{value}")?;
    }
    formatter.write_str(")")
}
