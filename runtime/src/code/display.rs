//! The code object as text.

use core::fmt;

use super::{Code, CodeFlag, CodeKind, Node};

/// What it is, its locals, and its suspension points, each with those that can follow:
///
/// ```
/// #[coframe::coroutine(yield = u32)]
/// fn count(n: u32) {
///     for i in 0..n {
///         coframe::yield_!(i);
///     }
/// }
///
/// let code = count(3).code();
/// let text = format!(
///     "generator count(n) at {}:{}\n  locals: n, i\n  start -> 1, end\n  1: yield at {}:{} -> 1, end",
///     code.file(), code.line(), code.line() + 2, code.points()[0].column(),
/// );
/// assert_eq!(code.to_string(), text);
/// ```
impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for flag in self.flags {
            write!(f, "{flag} ")?;
        }
        write!(f, "{} {}(", self.kind, self.name)?;
        list(f, self.arguments)?;
        write!(f, ") at {}:{}", self.file, self.line)?;
        if !self.locals.is_empty() {
            f.write_str("\n  locals: ")?;
            list(f, self.locals)?;
        }
        if !self.edges.is_empty() {
            f.write_str("\n  start")?;
            self.successors(f, Node::Start)?;
        }
        for (index, point) in self.points.iter().enumerate() {
            write!(f, "\n  {}: {point}", index + 1)?;
            self.successors(f, Node::Point(index))?;
        }
        Ok(())
    }
}

impl Code {
    fn successors(&self, f: &mut fmt::Formatter<'_>, of: Node) -> fmt::Result {
        let mut before = " -> ";
        for (_, to) in self.edges().filter(|(from, _)| *from == of) {
            f.write_str(before)?;
            match to {
                Node::Start => f.write_str("start")?,
                Node::Point(index) => write!(f, "{}", index + 1)?,
                Node::End => f.write_str("end")?,
            }
            before = ", ";
        }
        Ok(())
    }
}

fn list(f: &mut fmt::Formatter<'_>, names: &[&str]) -> fmt::Result {
    for (index, name) in names.iter().enumerate() {
        write!(f, "{}{name}", if index == 0 { "" } else { ", " })?;
    }
    Ok(())
}

impl fmt::Display for CodeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            CodeKind::Generator => "generator",
            CodeKind::Coroutine => "coroutine",
            CodeKind::AsyncGenerator => "async generator",
        })
    }
}

impl fmt::Display for CodeFlag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            CodeFlag::Async => "async",
            CodeFlag::Pinned => "pinned",
            CodeFlag::Recursive => "recursive",
            CodeFlag::Task => "task",
            CodeFlag::Tracked => "tracked",
        })
    }
}
