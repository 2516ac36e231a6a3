//! Who waits for whom: a view of all tasks of a loop. asyncio's call graph, of Python 3.14.
//!
//! | file | |
//! | --- | --- |
//! | `mod` | the graph and what can be asked of it |
//! | `capture` | how it is taken from a loop |
//! | `display` | how it is printed |

mod capture;
mod display;

use std::fmt;
use std::panic::Location;
use std::rc::Rc;

use crate::event_loop::EventLoop;
use crate::task::TaskHandle;
use crate::unraisable::contain;

/// All tasks of a loop that are not over, where each stands, and whom it waits for: asyncio's `capture_call_graph`, for all
/// tasks at once. [`EventLoop::call_graph`] takes one.
///
/// It is a picture of a moment, which does not change and keeps nothing alive. It prints as the tree that
/// `python -m asyncio pstree` shows: tasks for which nobody waits on the left, under each its coroutines, the outermost
/// first, and under the innermost one those it waits for. What stands there twice is printed once in full. Tasks that
/// wait for each other in a circle are marked.
///
/// ```
/// use coframe::event_loop::EventLoop;
/// use coframe::{Promise, Task, TaskBuilder, yield_from};
///
/// #[coframe::coroutine(task)]
/// fn fetch(answer: Promise<u32>) -> u32 {
///     yield_from!(answer)
/// }
///
/// #[coframe::coroutine(task)]
/// fn total(parts: Task<u32>) -> u32 {
///     2 * yield_from!(parts)
/// }
///
/// let event_loop = EventLoop::new()?;
/// let parts = TaskBuilder::new().name("parts").spawn_on(&event_loop, fetch(event_loop.create_promise()));
/// let _total = TaskBuilder::new().name("total").spawn_on(&event_loop, total(parts));
/// event_loop.run_once()?;
///
/// let graph = event_loop.call_graph();
/// let [root] = graph.roots().collect::<Vec<_>>()[..] else { panic!() };
/// assert_eq!((root.name(), root.frames()[0].name()), ("total", "total"));
/// let [parts] = graph.awaited(root).collect::<Vec<_>>()[..] else { panic!() };
/// assert_eq!((parts.name(), parts.frames()[0].name()), ("parts", "fetch"));
/// println!("{graph}");
/// # Ok::<(), coframe::Exception>(())
/// ```
///
/// ```text
/// └── (T) total
///     └── total src/main.rs:11
///         └── (T) parts
///             └── fetch src/main.rs:6
///                 └── (P) promise
/// ```
///
/// # What it cannot see
///
/// - Of coroutines that delegate to each other in place, `yield_from!(other())`, it shows the outermost, and in debug mode
///   ([`EventLoop::set_debug`](crate::event_loop::EventLoop::set_debug)) the outermost 50.
/// - A plain Rust future has no position: a task of which nothing more is known shows what it runs.
/// - Of a task that waits for several promises at once, as `select` and `join` of other crates do, it is only known that
///   they are [several](CallGraphNode::awaits_several). What awaits by wakers alone, such as a channel, is not seen.
#[derive(Clone, Debug)]
pub struct CallGraph {
    nodes: Vec<CallGraphNode>,
}

/// A task in a [`CallGraph`], or a promise that one waits for: asyncio's `FutureCallGraph`.
#[derive(Clone)]
pub struct CallGraphNode {
    index: usize,
    id: Option<u64>,
    name: Rc<str>,
    state: TaskState,
    runs: Option<&'static str>,
    made_at: Option<&'static Location<'static>>,
    frames: Vec<CallGraphFrame>,
    awaited: Vec<usize>,
    awaited_by: Vec<usize>,
    awaits_several: bool,
    in_circle: bool,
}

/// Where a coroutine stands that a task waits in: asyncio's `FrameCallGraphEntry`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallGraphFrame {
    name: &'static str,
    file: &'static str,
    line: u32,
}

/// What a task is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TaskState {
    /// It has not begun.
    Created,
    /// It will go on in the next pass.
    Ready,
    /// It runs, and looks at itself.
    Running,
    /// It waits for something.
    Waiting,
    /// It is over.
    Done,
}

impl EventLoop {
    /// Who waits for whom now; see [`CallGraph`].
    #[must_use]
    pub fn call_graph(&self) -> CallGraph {
        CallGraph::of(self)
    }

    /// Writes [`call_graph`](EventLoop::call_graph) to the standard error: asyncio's `print_call_graph`, for all tasks.
    ///
    /// In [debug mode](EventLoop::set_debug) the signal `SIGUSR1` does the same.
    pub fn print_call_graph(&self) {
        let graph = self.call_graph();
        // It panics where there is no standard error, and then nothing more can be done.
        _ = contain(|| eprintln!("{graph}"));
    }
}

impl TaskHandle {
    /// What it is doing.
    ///
    /// ```
    /// use coframe::TaskState;
    /// use coframe::event_loop::EventLoop;
    ///
    /// let event_loop = EventLoop::new()?;
    /// let task = event_loop.create_task(async { 1_u32 });
    /// assert_eq!(task.handle().state(), TaskState::Created);
    /// event_loop.run_once()?;
    /// assert_eq!(task.handle().state(), TaskState::Done);
    /// # Ok::<(), coframe::Exception>(())
    /// ```
    #[must_use]
    pub fn state(&self) -> TaskState {
        capture::state(&self.0)
    }

    /// Where the coroutines stand in which it waits, innermost first: asyncio's `Task.get_stack`. Empty while it runs, and
    /// where it is in none.
    #[must_use]
    pub fn stack(&self) -> Vec<CallGraphFrame> {
        capture::frames(&self.0)
    }
}

impl CallGraph {
    /// The tasks, in the order in which they were made.
    pub fn tasks(&self) -> impl Iterator<Item = &CallGraphNode> {
        self.nodes.iter().filter(|node| node.is_task())
    }

    /// The tasks for which no other task waits.
    pub fn roots(&self) -> impl Iterator<Item = &CallGraphNode> {
        self.tasks().filter(|node| node.awaited_by.is_empty())
    }

    /// Those that the task or promise waits for: at most one, except for promises such as that of `gather`.
    ///
    /// # Panics
    ///
    /// It may, if `node` is of another graph.
    pub fn awaited<'a>(&'a self, node: &'a CallGraphNode) -> impl Iterator<Item = &'a CallGraphNode> {
        node.awaited.iter().map(|index| &self.nodes[*index])
    }

    /// Those that wait for the task or promise: asyncio's `awaited_by`.
    ///
    /// # Panics
    ///
    /// It may, if `node` is of another graph.
    pub fn awaited_by<'a>(&'a self, node: &'a CallGraphNode) -> impl Iterator<Item = &'a CallGraphNode> {
        node.awaited_by.iter().map(|index| &self.nodes[*index])
    }
}

impl CallGraphNode {
    /// Whether it is a task, and not a plain promise.
    #[must_use]
    pub fn is_task(&self) -> bool {
        self.id.is_some()
    }

    /// As [`TaskHandle::id`](crate::TaskHandle::id); `None` for a promise.
    #[must_use]
    pub fn id(&self) -> Option<u64> {
        self.id
    }

    /// The name of the task, or what kind of promise it is.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it is doing. A promise waits, or is done.
    #[must_use]
    pub fn state(&self) -> TaskState {
        self.state
    }

    /// The coroutine or the type of future that it runs; `None` for a promise. A text for people, as
    /// [`type_name`](std::any::type_name) is.
    #[must_use]
    pub fn runs(&self) -> Option<&'static str> {
        self.runs
    }

    /// Where it was made; `None` for a promise.
    #[must_use]
    pub fn made_at(&self) -> Option<&'static Location<'static>> {
        self.made_at
    }

    /// Where the coroutines stand in which it waits, innermost first.
    #[must_use]
    pub fn frames(&self) -> &[CallGraphFrame] {
        &self.frames
    }

    /// Whether it waits for several promises at once, which are not known.
    #[must_use]
    pub fn awaits_several(&self) -> bool {
        self.awaits_several
    }

    /// Whether it waits for itself, through others. It may also stand between two circles.
    #[must_use]
    pub fn in_circle(&self) -> bool {
        self.in_circle
    }
}

impl CallGraphFrame {
    /// The name of the coroutine.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Its source file.
    #[must_use]
    pub fn file(&self) -> &'static str {
        self.file
    }

    /// The line at which it waits, counted from 1.
    #[must_use]
    pub fn line(&self) -> u32 {
        self.line
    }
}

impl fmt::Debug for CallGraphNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallGraphNode")
            .field("name", &self.name)
            .field("state", &self.state)
            .field("frames", &self.frames)
            .field("awaited", &self.awaited)
            .finish_non_exhaustive()
    }
}
