//! The code object: what is known of a coroutine without running it.
//!
//! | file | |
//! | --- | --- |
//! | `mod` | the object and what can be asked of it |
//! | `point` | a suspension point |
//! | `graph` | which point can follow which, as edges, as DOT and as Mermaid |
//! | `display` | the object as text |

mod display;
mod graph;
mod point;

pub use self::graph::{Dot, Mermaid, Node};
pub use self::point::{Point, PointKind};

/// The code object of a coroutine: Python's `gi_code`. Static, and free.
///
/// Every coroutine has one, through `code()`. Beside a free function there is also a module of the same name and
/// visibility with the code object in it:
///
/// ```
/// # mod demo {
/// #[coframe::coroutine(yield = u32)]
/// pub fn pair(a: u32) {
///     coframe::yield_!(a);
///     let b = a + 1;
///     coframe::yield_!(b);
/// }
/// # }
/// # use demo::pair;
///
/// let code = pair(1).code();
/// assert_eq!(code.name(), "pair");
/// assert_eq!(code.arguments(), ["a"]);
/// assert_eq!(code.locals(), ["a", "b"]);
/// assert_eq!(code.points().len(), 2);
/// assert_eq!(code.points()[1].line(), code.line() + 3);
/// assert_eq!(code, pair::CODE);
/// ```
///
/// The module is there for a free function only, since a `trait` or an `impl` has no modules. To tell which it stands on,
/// the attribute looks at the source file; what a macro writes has no module, unless the attribute says `code = true`. With
/// `code = false` there is none: for a function beside which there is something else of its name. In the documentation of
/// a crate it is left out, because a link to the function would be ambiguous with it.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Code {
    name: &'static str,
    qualified_name: &'static str,
    file: &'static str,
    line: u32,
    kind: CodeKind,
    flags: &'static [CodeFlag],
    arguments: &'static [&'static str],
    locals: &'static [&'static str],
    points: &'static [Point],
    /// Of nodes by number: 0 is the start, then come the points, then the end.
    edges: &'static [(u32, u32)],
}

/// What kind of coroutine a body makes: Python's `CO_GENERATOR`, `CO_COROUTINE` and `CO_ASYNC_GENERATOR`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CodeKind {
    /// It yields to whoever resumes it.
    Generator,
    /// It runs as a task, or under another executor: an `async fn`, or a function that is a `task`.
    Coroutine,
    /// It yields to whoever iterates over it, and awaits under an executor.
    AsyncGenerator,
}

/// What else the code of a coroutine is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CodeFlag {
    /// An `async fn`, whose body rustc compiles.
    Async,
    /// `pinned`: rustc compiles the body, and it must not be moved once it has run.
    Pinned,
    /// `recursive`: its frames live on an explicit stack.
    Recursive,
    /// `task`: what it yields is for an event loop. Python's `CO_ITERABLE_COROUTINE`.
    Task,
    /// `tracked`: a running activation is known to [`Frame::current`](crate::Frame::current).
    Tracked,
}

impl Code {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(name: &'static str, file: &'static str, line: u32, points: &'static [Point]) -> Self {
        let kind = CodeKind::Generator;
        let (flags, arguments, locals, edges) = (&[], &[], &[], &[]);
        Code { name, qualified_name: name, file, line, kind, flags, arguments, locals, points, edges }
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn qualified(mut self, qualified_name: &'static str) -> Self {
        self.qualified_name = qualified_name;
        self
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn of_kind(mut self, kind: CodeKind, flags: &'static [CodeFlag]) -> Self {
        (self.kind, self.flags) = (kind, flags);
        self
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn with_locals(mut self, arguments: &'static [&'static str], locals: &'static [&'static str]) -> Self {
        (self.arguments, self.locals) = (arguments, locals);
        self
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn with_edges(mut self, edges: &'static [(u32, u32)]) -> Self {
        self.edges = edges;
        self
    }

    /// The function's name, or `<coroutine>` for a `coroutine!` expression: Python's `co_name`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The name with the path of its module: Python's `co_qualname`. The type of a method is not in it, since an attribute
    /// does not see where it stands.
    ///
    /// ```
    /// #[coframe::coroutine]
    /// fn empty() {}
    ///
    /// assert_eq!(empty().code().qualified_name(), concat!(module_path!(), "::empty"));
    /// ```
    #[must_use]
    pub const fn qualified_name(&self) -> &'static str {
        self.qualified_name
    }

    /// The path of the module it is in, as `module_path!()` gives it.
    #[must_use]
    pub fn module(&self) -> &'static str {
        self.qualified_name.rsplit_once("::").map_or("", |(module, _)| module)
    }

    /// The source file, as `file!()` gives it: Python's `co_filename`.
    #[must_use]
    pub const fn file(&self) -> &'static str {
        self.file
    }

    /// The line, counted from 1, of the function's `fn`, or of a `coroutine!` expression's closure: Python's
    /// `co_firstlineno`.
    #[must_use]
    pub const fn line(&self) -> u32 {
        self.line
    }

    /// What kind of coroutine it makes.
    #[must_use]
    pub const fn kind(&self) -> CodeKind {
        self.kind
    }

    /// What else it is.
    ///
    /// ```
    /// use coframe::CodeFlag;
    ///
    /// #[coframe::coroutine(pinned, yield = u32)]
    /// fn countdown(n: u32) {
    ///     for i in (0..n).rev() {
    ///         coframe::yield_!(i);
    ///     }
    /// }
    ///
    /// assert_eq!(countdown(3).code().flags(), [CodeFlag::Pinned]);
    /// ```
    #[must_use]
    pub const fn flags(&self) -> &'static [CodeFlag] {
        self.flags
    }

    /// The arguments, in order: each as its pattern is written, which is mostly a name.
    #[must_use]
    pub const fn arguments(&self) -> &'static [&'static str] {
        self.arguments
    }

    /// The names of all locals, the arguments first, in the order in which they are declared: Python's `co_varnames`. A name
    /// stands there once.
    #[must_use]
    pub const fn locals(&self) -> &'static [&'static str] {
        self.locals
    }

    /// The suspension points, in the order of the source.
    #[must_use]
    pub const fn points(&self) -> &'static [Point] {
        self.points
    }
}
