//! The code object: what is known of a coroutine without running it.

use core::fmt;

/// The code object of a coroutine: Python's `gi_code`. Static, and free.
///
/// ```
/// #[coframe::coroutine(yield = u32)]
/// fn pair(a: u32) {
///     coframe::yield_!(a);
///     coframe::yield_!(a + 1);
/// }
///
/// let code = pair(1).code();
/// assert_eq!(code.name(), "pair");
/// assert_eq!(code.points().len(), 2);
/// assert_eq!(code.points()[1].line(), code.line() + 2);
/// ```
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Code {
    name: &'static str,
    file: &'static str,
    line: u32,
    points: &'static [Point],
}

/// A suspension point: one place in the source where a body can be paused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Point {
    kind: PointKind,
    line: u32,
    column: u32,
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

impl Code {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(name: &'static str, file: &'static str, line: u32, points: &'static [Point]) -> Self {
        Code { name, file, line, points }
    }

    /// The function's name, or `<coroutine>` for a `coroutine!` expression.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The source file, as `file!()` gives it.
    #[must_use]
    pub const fn file(&self) -> &'static str {
        self.file
    }

    /// The line, counted from 1, of the function's `fn`, or of a `coroutine!` expression's closure.
    #[must_use]
    pub const fn line(&self) -> u32 {
        self.line
    }

    /// The suspension points, in the order of the source.
    #[must_use]
    pub const fn points(&self) -> &'static [Point] {
        self.points
    }
}

impl Point {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(kind: PointKind, line: u32, column: u32) -> Self {
        Point { kind, line, column }
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
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "coroutine {} at {}:{}", self.name, self.file, self.line)?;
        for point in self.points {
            write!(f, "\n  {point}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            PointKind::Yield => "yield",
            PointKind::YieldFrom => "yield from",
            PointKind::Await => "await",
        };
        write!(f, "{kind} at {}:{}", self.line, self.column)
    }
}
