//! What a callback may return.

use crate::Exception;

/// What a callback of the event loop returns: `()`, or a [`Result`] whose error the loop reports to its exception
/// handler, as asyncio does with what a callback raises.
///
/// The `Ok` of a `Result` is dropped, so that a callback may end in a call that gives something.
///
/// ```
/// use coframe::event_loop::EventLoop;
///
/// let event_loop = EventLoop::new()?;
/// event_loop.call_soon(|| println!("nothing can go wrong"))?;
/// event_loop.call_soon(|| "12".parse::<u8>())?;
/// # Ok::<(), coframe::Exception>(())
/// ```
pub trait Outcome: sealed::Sealed {
    #[doc(hidden)]
    fn into_result(self) -> Result<(), Exception>;
}

impl Outcome for () {
    fn into_result(self) -> Result<(), Exception> {
        Ok(())
    }
}

impl<T, E: Into<Exception>> Outcome for Result<T, E> {
    fn into_result(self) -> Result<(), Exception> {
        self.map(drop).map_err(Into::into)
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for () {}
    impl<T, E> Sealed for Result<T, E> {}
}
