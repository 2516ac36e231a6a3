//! Who waits for whom.

use std::cell::RefCell;
use std::future::pending;
use std::rc::Rc;

use coframe::event_loop::EventLoop;
use coframe::{
    Exception, Promise, Task, TaskBuilder, TaskOutput, TaskState, current_task, sleep, to_thread, yield_from,
};

use crate::support::virtual_loop;

/// The tree with `:N` for the lines of this file, which are pinned where they matter.
fn tree(event_loop: &EventLoop) -> String {
    let text = event_loop.call_graph().to_string();
    let line = |line: &str| match line.split_once(concat!(" ", file!(), ":")) {
        Some((before, _)) => format!("{before} :N"),
        None => line.to_owned(),
    };
    text.lines().map(|it| line(it) + "\n").collect()
}

fn named<F>(event_loop: &EventLoop, name: &str, future: F) -> Task<<F::Output as TaskOutput>::Value>
where
    F: IntoFuture<Output: TaskOutput, IntoFuture: 'static>,
{
    TaskBuilder::new().name(name).spawn_on(event_loop, future)
}

#[coframe::coroutine(task)]
fn fetch(promise: Promise<u32>) -> u32 {
    yield_from!(promise)
}

#[coframe::coroutine(task)]
fn use_of(task: Task<u32>) -> u32 {
    yield_from!(task) + 1
}

#[coframe::coroutine(task)]
fn outer(task: Task<u32>) -> u32 {
    yield_from!(async move { use_of(task).await })
}

#[test]
fn asy_21_a_tree_of_tasks_frames_and_promises() {
    let (event_loop, _) = virtual_loop();
    let promise = event_loop.create_promise();
    let fetching = named(&event_loop, "fetching", fetch(promise.clone()));
    let users =
        [named(&event_loop, "one", use_of(fetching.clone())), named(&event_loop, "two", outer(fetching.clone()))];
    let late = named(&event_loop, "late", async move { sleep(1).await });
    event_loop.run_once().unwrap();
    let unstarted = named(&event_loop, "unstarted", fetch(promise.clone()));
    assert_eq!(
        tree(&event_loop),
        "\
├── (T) one
│   └── use_of :N
│       └── (T) fetching
│           └── fetch :N
│               └── (P) promise
├── (T) two
│   └── outer :N
│       └── use_of :N
│           └── (T) fetching (see above)
├── (T) late
│   └── event_loop::call_graph::asy_21_a_tree_of_tasks_frames_and_promises
│       └── (P) promise
└── (T) unstarted [created]
    └── event_loop::call_graph::fetch
"
    );
    promise.set_result(1).unwrap();
    assert_eq!(fetching.handle().state(), TaskState::Ready);
    event_loop.run_until_complete(late).unwrap();
    assert_eq!(users.map(|task| task.result().unwrap()), [2, 2]);
    assert!(unstarted.done());
    assert_eq!(event_loop.call_graph().to_string(), "no tasks");
}

#[test]
fn asy_21_where_a_coroutine_stands() {
    let (event_loop, _) = virtual_loop();
    let fetching = named(&event_loop, "fetching", fetch(event_loop.create_promise()));
    let outer = named(&event_loop, "outer", outer(fetching.clone()));
    event_loop.run_once().unwrap();
    let stack = outer.handle().stack();
    let [inner, outermost] = &stack[..] else { panic!("{stack:?}") };
    assert_eq!((inner.name(), outermost.name(), inner.file()), ("use_of", "outer", file!()));
    let lines = include_str!("call_graph.rs").lines().collect::<Vec<_>>();
    assert!(lines[inner.line() as usize - 1].contains("yield_from!(task) + 1"));
    assert!(lines[outermost.line() as usize - 1].contains("use_of(task).await"));
    let expected = format!("<task outer, waiting at use_of {}:{}>", file!(), inner.line());
    assert_eq!(format!("{:?}", outer.handle()), expected);
    fetching.cancel();
    event_loop.run_until_complete(outer.clone()).unwrap_err();
    assert_eq!(format!("{:?}", outer.handle()), "<task outer, done>");
}

#[coframe::coroutine(task)]
fn by_way_of(promise: Promise<u32>) -> u32 {
    yield_from!(fetch(promise)) + 1
}

#[test]
fn asy_21_coroutines_that_are_delegated_to_in_place_are_seen() {
    #[coframe::coroutine(task)]
    fn levels(n: u32, promise: Promise<u32>) -> u32 {
        let boxed: coframe::BoxCoroutine<'static, coframe::Awaitable, u32> = Box::new(by_way_of(promise));
        yield_from!(boxed) + n
    }
    let (event_loop, _) = virtual_loop();
    event_loop.set_debug(true);
    let promise = event_loop.create_promise();
    let task = named(&event_loop, "task", levels(1, promise.clone()));
    event_loop.run_once().unwrap();
    assert_eq!(
        tree(&event_loop),
        "\
└── (T) task
    └── levels :N
        └── by_way_of :N
            └── fetch :N
                └── (P) promise
"
    );
    let names: Vec<_> = task.handle().stack().iter().map(|frame| frame.name()).collect();
    assert_eq!(names, ["fetch", "by_way_of", "levels"]);
    assert_eq!(task.handle().code().map(|code| code.name()), Some("levels"));
    promise.set_result(1).unwrap();
    assert_eq!(event_loop.run_until_complete(task.clone()).unwrap(), 3);
    assert_eq!(task.handle().code().map(|code| code.name()), Some("levels"));
}

#[test]
fn asy_21_the_graph_can_be_asked() {
    let (event_loop, _) = virtual_loop();
    let fetching = named(&event_loop, "fetching", fetch(event_loop.create_promise()));
    let _users = ["one", "two"].map(|name| named(&event_loop, name, use_of(fetching.clone())));
    event_loop.run_once().unwrap();
    let graph = event_loop.call_graph();
    assert_eq!(graph.tasks().map(|task| task.name()).collect::<Vec<_>>(), ["fetching", "one", "two"]);
    assert_eq!(graph.roots().map(|task| task.name()).collect::<Vec<_>>(), ["one", "two"]);
    let fetching = graph.tasks().next().unwrap();
    assert_eq!(graph.awaited_by(fetching).map(|task| task.name()).collect::<Vec<_>>(), ["one", "two"]);
    let [promise] = graph.awaited(fetching).collect::<Vec<_>>()[..] else { panic!() };
    assert!(!promise.is_task() && promise.id().is_none() && promise.made_at().is_none());
    assert_eq!((fetching.state(), promise.state()), (TaskState::Waiting, TaskState::Waiting));
    assert_eq!(fetching.made_at().unwrap().file(), file!());
    assert!(!fetching.in_circle() && !fetching.awaits_several());
}

#[test]
fn asy_21_a_circle_is_marked() {
    type Cell = Rc<RefCell<Option<Task<()>>>>;
    #[coframe::coroutine(task)]
    fn wait(next: Cell) {
        let next = next.borrow().clone().unwrap();
        yield_from!(next);
    }
    let (event_loop, _) = virtual_loop();
    let cells = [Cell::default(), Cell::default()];
    let a = named(&event_loop, "a", wait(cells[0].clone()));
    let b = named(&event_loop, "b", wait(cells[1].clone()));
    let _c = named(&event_loop, "c", pending::<()>());
    cells[0].replace(Some(b.clone()));
    cells[1].replace(Some(a.clone()));
    event_loop.run_once().unwrap();
    assert_eq!(
        tree(&event_loop),
        "\
├── (T) c
│   └── core::future::pending::Pending
└── (T) a
    └── wait :N
        └── (T) b
            └── wait :N
                └── (T) a (waits for itself)
"
        .replace("├── (T) c", "└── (T) c")
        .replace("│   └── core", "    └── core")
    );
    let circle: Vec<_> = event_loop.call_graph().tasks().map(|task| task.in_circle()).collect();
    assert_eq!(circle, [true, true, false]);
    // Cancelling goes round once, and the last one hears of it.
    assert!(a.cancel());
    event_loop.run_until_complete(a.clone()).unwrap_err();
    assert!(a.cancelled() && b.done());
}

#[test]
fn asy_21_a_task_sees_itself_running() {
    let (event_loop, _) = virtual_loop();
    let main = named(&event_loop, "main", async {
        assert_eq!(current_task().unwrap().state(), TaskState::Running);
        Ok::<_, Exception>(tree(&EventLoop::running().unwrap()))
    });
    let text = event_loop.run_until_complete(main).unwrap();
    assert_eq!(text, "└── (T) main [running]\n    └── event_loop::call_graph::asy_21_a_task_sees_itself_running\n");
}

#[test]
fn asy_21_a_task_that_waits_for_a_thread() {
    let (event_loop, _) = virtual_loop();
    let (go_on, may_go_on) = std::sync::mpsc::channel::<()>();
    let task = named(&event_loop, "main", to_thread(move || may_go_on.recv().is_err()));
    event_loop.run_once().unwrap();
    let text = event_loop.call_graph().to_string();
    assert!(text.contains("to_thread") && text.ends_with("└── (P) thread"), "{text}");
    drop(go_on);
    assert!(event_loop.run_until_complete(task).unwrap());
}

/// A chain of 10,000 tasks is taken and printed without a deep recursion, and its end is left out.
#[test]
fn asy_21_a_long_chain() {
    let (event_loop, _) = virtual_loop();
    let promise = event_loop.create_promise();
    let mut last = named(&event_loop, "last", fetch(promise.clone()));
    for _ in 0..10_000 {
        last = event_loop.create_task(use_of(last));
    }
    event_loop.run_once().unwrap();
    let text = event_loop.call_graph().to_string();
    assert!(text.ends_with("└── …") && text.lines().count() < 200, "{}", text.lines().count());
    promise.set_result(0).unwrap();
    assert_eq!(event_loop.run_until_complete(last).unwrap(), 10_000);
}
