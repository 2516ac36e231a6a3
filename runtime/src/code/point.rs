//! A suspension point.

use core::fmt;

/// A suspension point: one place in the source where a body can be paused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Point {
    kind: PointKind,
    line: u32,
    column: u32,
    label: Option<&'static str>,
}

/// What pauses at a suspension point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PointKind {
    /// `yield_!` or `try_yield!`, or `yield` in `coroutine!`.
    Yield,
    /// `yield_from!` or `try_yield_from!`.
    YieldFrom,
    /// `.await` or `try_await!` in an `async fn`.
    Await,
}

impl Point {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(kind: PointKind, line: u32, column: u32) -> Self {
        Point { kind, line, column, label: None }
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn labelled(mut self, label: &'static str) -> Self {
        self.label = Some(label);
        self
    }

    /// What pauses here.
    #[must_use]
    pub const fn kind(&self) -> PointKind {
        self.kind
    }

    /// The line of the marker, counted from 1.
    #[must_use]
    pub const fn line(&self) -> u32 {
        self.line
    }

    /// The column of the marker, counted from 1.
    #[must_use]
    pub const fn column(&self) -> u32 {
        self.column
    }

    /// The label of the marker, without its `'`: `name` for `yield_!('name: value)`.
    #[must_use]
    pub const fn label(&self) -> Option<&'static str> {
        self.label
    }
}

impl fmt::Display for PointKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PointKind::Yield => "yield",
            PointKind::YieldFrom => "yield from",
            PointKind::Await => "await",
        })
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind)?;
        if let Some(label) = self.label {
            write!(f, " '{label}")?;
        }
        write!(f, " at {}:{}", self.line, self.column)
    }
}
