//! Callbacks that run in a context that is given: asyncio's `context=`.

use std::panic::Location;

use super::clock::Moment;
use super::function::Function;
use super::{Delay, EventLoop, Handle, LoopError, Outcome, RemoteHandle, TimerHandle};
use crate::context::Scope;
use crate::{Context, Exception};

/// A callback runs in the context itself, not in a copy, so that what it sets stays there. If the context is entered
/// when the callback is to run, the callback is dropped, and the exception handler gets a
/// [`ContextError::AlreadyEntered`](crate::ContextError::AlreadyEntered).
impl EventLoop {
    /// [`call_soon`](EventLoop::call_soon) in a context: asyncio's `loop.call_soon(callback, context=context)`.
    ///
    /// ```
    /// use coframe::event_loop::EventLoop;
    /// use coframe::{Context, ContextVar};
    ///
    /// static STEP: ContextVar<u32> = ContextVar::new("step");
    ///
    /// let event_loop = EventLoop::new()?;
    /// let context = Context::current();
    /// event_loop.call_soon_with_context(&context, || drop(STEP.set(1)))?;
    /// event_loop.run_once()?;
    /// assert_eq!(context.get(&STEP), Some(1));
    /// # Ok::<(), coframe::Exception>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`call_soon`](EventLoop::call_soon).
    #[track_caller]
    pub fn call_soon_with_context<O: Outcome>(
        &self,
        context: &Context,
        callback: impl FnOnce() -> O + 'static,
    ) -> Result<Handle, Exception> {
        let entry = self.new_callback(Location::caller(), Scope::of(context))?;
        entry.fill(Function::new(callback));
        Ok(self.schedule_callback(entry))
    }

    /// [`call_later`](EventLoop::call_later) in a context: asyncio's `loop.call_later(…, context=context)`.
    ///
    /// # Errors
    ///
    /// As [`call_later`](EventLoop::call_later).
    #[track_caller]
    pub fn call_later_with_context<O: Outcome>(
        &self,
        context: &Context,
        delay: impl Into<Delay>,
        callback: impl FnOnce() -> O + 'static,
    ) -> Result<TimerHandle, Exception> {
        let when = self.0.clock.now().after(delay.into())?;
        let entry = self.new_callback(Location::caller(), Scope::of(context))?;
        entry.fill(Function::new(callback));
        Ok(self.schedule_at(when, entry))
    }

    /// [`call_at`](EventLoop::call_at) in a context: asyncio's `loop.call_at(…, context=context)`.
    ///
    /// # Errors
    ///
    /// As [`call_at`](EventLoop::call_at).
    #[track_caller]
    pub fn call_at_with_context<O: Outcome>(
        &self,
        context: &Context,
        when: impl Into<Delay>,
        callback: impl FnOnce() -> O + 'static,
    ) -> Result<TimerHandle, Exception> {
        let when = Moment::at(when.into())?;
        let entry = self.new_callback(Location::caller(), Scope::of(context))?;
        entry.fill(Function::new(callback));
        Ok(self.schedule_at(when, entry))
    }
}

impl RemoteHandle {
    /// [`call_soon_threadsafe`](RemoteHandle::call_soon_threadsafe) in a context, as
    /// [`EventLoop::call_soon_with_context`].
    ///
    /// # Errors
    ///
    /// As [`call_soon_threadsafe`](RemoteHandle::call_soon_threadsafe).
    #[track_caller]
    pub fn call_soon_threadsafe_with_context<O: Outcome>(
        &self,
        context: &Context,
        callback: impl FnOnce() -> O + Send + 'static,
    ) -> Result<(), LoopError> {
        self.post(Scope::of(context), Location::caller(), callback)
    }
}
