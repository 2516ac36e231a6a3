//! Errors that nobody waits for: reports on them, and the handler that is told.

use std::borrow::Cow;
use std::fmt;
use std::rc::Rc;

use super::EventLoop;
use crate::unraisable::contain;
use crate::{Exception, ExceptionGroup};

/// What an exception handler is told: asyncio's `context`.
///
/// It prints as the default handler writes it: the message, the exception with its traceback, what that was raised from,
/// and, of an [`ExceptionGroup`], all members in the same way.
///
/// ```
/// use coframe::event_loop::Report;
///
/// let report = Report::new("connection lost").with_exception(std::fmt::Error);
/// assert_eq!(report.message(), "connection lost");
/// assert!(report.exception().unwrap().is::<std::fmt::Error>());
/// assert_eq!(report.to_string(), format!("connection lost: {}", std::fmt::Error));
/// ```
#[derive(Debug)]
pub struct Report {
    message: Cow<'static, str>,
    exception: Option<Exception>,
    origin: Origin,
}

/// Where that which is reported comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// A callback of the loop, or whoever called [`EventLoop::call_exception_handler`].
    Callback,
    /// A promise that nobody has a handle on any more.
    Promise,
    /// The task of this name.
    Task(Rc<str>),
}

/// What [`EventLoop::take_exception_handler`] gives.
pub type ExceptionHandler = Rc<dyn Fn(&EventLoop, &Report)>;

impl Report {
    /// A report without an exception.
    pub fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Report { message: message.into(), exception: None, origin: Origin::Callback }
    }

    /// The same report, of this exception.
    #[must_use]
    pub fn with_exception(self, exception: impl Into<Exception>) -> Self {
        Report { exception: Some(exception.into()), ..self }
    }

    #[must_use]
    pub(crate) fn from(self, origin: Origin) -> Self {
        Report { origin, ..self }
    }

    /// Where it comes from.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Writes it to the standard error.
    pub(crate) fn print(&self) {
        let text = contain(|| self.to_string())
            .unwrap_or_else(|panic| format!("{}: the exception panicked while it was printed: {panic}", self.message));
        // It panics where there is no standard error, and then nothing more can be done.
        _ = contain(|| eprintln!("coframe: {text}"));
    }

    /// What happened.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The exception that nobody took, if it was one.
    #[must_use]
    pub fn exception(&self) -> Option<&Exception> {
        self.exception.as_ref()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Origin::Task(name) = &self.origin {
            write!(f, " (task {name})")?;
        }
        match self.exception() {
            Some(exception) => write!(f, ": {}", Full(exception)),
            None => Ok(()),
        }
    }
}

/// An exception with all that is known of it.
struct Full<'a>(&'a Exception);

impl fmt::Display for Full<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut next, mut joint) = (Some(self.0), "");
        while let Some(exception) = next {
            write!(f, "{joint}{exception}")?;
            if !exception.traceback().is_empty() {
                write!(f, "\n{}", exception.traceback())?;
            }
            let members = exception.downcast_ref::<ExceptionGroup>().map_or(&[][..], ExceptionGroup::exceptions);
            for (number, member) in members.iter().enumerate() {
                let text = Full(member).to_string().replace('\n', "\n     ");
                write!(f, "\n  {}. {text}", number + 1)?;
            }
            (next, joint) = (exception.source(), "\ncaused by: ");
        }
        Ok(())
    }
}

impl EventLoop {
    /// Sets what is called with errors that nobody waits for, such as those of callbacks: asyncio's
    /// `loop.set_exception_handler`.
    ///
    /// It is called in the thread of the loop, at the place of the error, and may do anything with the loop.
    /// [`take_exception_handler`](EventLoop::take_exception_handler) brings the default one back.
    ///
    /// ```
    /// use coframe::event_loop::EventLoop;
    ///
    /// let event_loop = EventLoop::new()?;
    /// event_loop.set_exception_handler(|event_loop, report| {
    ///     assert!(report.exception().unwrap().is::<std::num::ParseIntError>());
    ///     event_loop.default_exception_handler(report);
    /// });
    /// event_loop.call_soon(|| "x".parse::<u8>())?;
    /// event_loop.run_once()?;
    /// # Ok::<(), coframe::Exception>(())
    /// ```
    pub fn set_exception_handler(&self, handler: impl Fn(&EventLoop, &Report) + 'static) {
        // The previous one is dropped outside of the cell: its drop is foreign code.
        drop(self.0.handler.replace(Some(Rc::new(handler))));
    }

    /// Takes the handler and leaves the default one; `None` if it was the default one: asyncio's
    /// `loop.set_exception_handler(None)`.
    ///
    /// A handler that was taken may be called by another one:
    ///
    /// ```
    /// use coframe::event_loop::{EventLoop, Report};
    ///
    /// let event_loop = EventLoop::new()?;
    /// event_loop.set_exception_handler(|_, report| println!("{report}"));
    /// let previous = event_loop.take_exception_handler().unwrap();
    /// event_loop.set_exception_handler(move |event_loop, report| {
    ///     println!("at {:?}", event_loop.time());
    ///     previous(event_loop, report);
    /// });
    /// event_loop.call_exception_handler(Report::new("by hand"));
    /// # Ok::<(), coframe::Exception>(())
    /// ```
    pub fn take_exception_handler(&self) -> Option<ExceptionHandler> {
        self.0.handler.take()
    }

    /// Tells the handler: asyncio's `loop.call_exception_handler`.
    ///
    /// If the handler panics, [the default one](EventLoop::default_exception_handler) is called with both reports, and
    /// the panic goes no further.
    pub fn call_exception_handler(&self, report: Report) {
        // Called outside of the cell, so that it may set another one.
        let handler = self.0.handler.borrow().clone();
        match handler.map(|handler| contain(|| handler(self, &report))) {
            Some(Ok(())) => {}
            Some(Err(panic)) => {
                self.default_exception_handler(&report);
                self.default_exception_handler(&Report::new(format!("Unhandled panic in exception handler: {panic}")));
            }
            None => self.default_exception_handler(&report),
        }
        // Nothing of the error leaves here, its drop neither.
        _ = contain(move || drop(report));
    }

    /// Writes the report to the standard error: asyncio's `loop.default_exception_handler`.
    ///
    /// If the exception panics while it is printed, that is written instead.
    pub fn default_exception_handler(&self, report: &Report) {
        report.print();
    }
}
