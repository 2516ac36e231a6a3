//! Taking the graph from a loop. No foreign code runs meanwhile.

use std::collections::HashMap;
use std::rc::Rc;

use super::{CallGraph, CallGraphFrame, CallGraphNode, TaskState};
use crate::event_loop::EventLoop;
use crate::promise::Awaited;
use crate::task::AnyTask;

impl CallGraph {
    pub(super) fn of(event_loop: &EventLoop) -> Self {
        let mut capture = Capture::default();
        for task in event_loop.all_tasks() {
            capture.add(task.0);
        }
        // What is found on the way is added at the end.
        let mut index = 0;
        while let Some(awaited) = capture.found.get(index).map(|found| found.awaits()) {
            for other in awaited {
                let other = capture.add(other);
                capture.nodes[index].awaited.push(other);
                capture.nodes[other].awaited_by.push(index);
            }
            index += 1;
        }
        mark_circles(&mut capture.nodes);
        CallGraph { nodes: capture.nodes }
    }
}

#[derive(Default)]
struct Capture {
    nodes: Vec<CallGraphNode>,
    /// What the nodes are of.
    found: Vec<Rc<dyn Awaited>>,
    /// By address.
    indices: HashMap<*const (), usize>,
}

impl Capture {
    fn add(&mut self, found: Rc<dyn Awaited>) -> usize {
        let address = Rc::as_ptr(&found).cast();
        *self.indices.entry(address).or_insert_with(|| {
            let index = self.nodes.len();
            self.nodes.push(match found.clone().as_task() {
                Some(task) => task_node(index, &task),
                None => promise_node(index, &*found),
            });
            self.found.push(found);
            index
        })
    }
}

fn task_node(index: usize, task: &Rc<dyn AnyTask>) -> CallGraphNode {
    let core = task.core();
    CallGraphNode {
        id: Some(core.id()),
        name: core.name(),
        state: state(task),
        runs: Some(readable(task.runs())),
        made_at: Some(task.scheduled_at()),
        frames: frames(task),
        awaits_several: core.awaits_several(),
        ..promise_node(index, &**task)
    }
}

fn promise_node(index: usize, promise: &dyn Awaited) -> CallGraphNode {
    CallGraphNode {
        index,
        id: None,
        name: promise.kind().into(),
        state: if promise.done() { TaskState::Done } else { TaskState::Waiting },
        runs: None,
        made_at: None,
        frames: Vec::new(),
        awaited: Vec::new(),
        awaited_by: Vec::new(),
        awaits_several: false,
        in_circle: false,
    }
}

pub(super) fn state(task: &Rc<dyn AnyTask>) -> TaskState {
    if task.done() {
        TaskState::Done
    } else if task.core().is_running() {
        TaskState::Running
    } else if !task.core().has_begun() {
        TaskState::Created
    } else if task.core().is_scheduled() {
        TaskState::Ready
    } else {
        TaskState::Waiting
    }
}

pub(super) fn frames(task: &Rc<dyn AnyTask>) -> Vec<CallGraphFrame> {
    let positions = task.core().positions();
    let frame = |(code, position): (&'static crate::Code, u32)| {
        let point = (position as usize).checked_sub(1).and_then(|index| code.points().get(index));
        CallGraphFrame { name: code.name(), file: code.file(), line: point.map_or(code.line(), |point| point.line()) }
    };
    positions.into_iter().map(frame).collect()
}

/// A type's name without its parameters; of a coroutine, the name of its function, in which the type of its locals is.
fn readable(type_name: &'static str) -> &'static str {
    if type_name.starts_with("coframe::task::future::CoroutineFuture<")
        && let Some((before, _)) = type_name.split_once("::Locals")
    {
        return before.rsplit([' ', '<']).next().unwrap_or(before);
    }
    let name = type_name.split('<').next().filter(|name| !name.is_empty()).unwrap_or(type_name);
    name.trim_end_matches("::{{closure}}")
}

/// Those that neither begin nor end anything, when all who do are taken away, and so on.
fn mark_circles(nodes: &mut [CallGraphNode]) {
    let mut left: Vec<[usize; 2]> = nodes.iter().map(|node| [node.awaited_by.len(), node.awaited.len()]).collect();
    let mut gone = vec![false; nodes.len()];
    let mut ends: Vec<usize> = (0..nodes.len()).filter(|index| left[*index].contains(&0)).collect();
    while let Some(index) = ends.pop() {
        if std::mem::replace(&mut gone[index], true) {
            continue;
        }
        for (side, others) in [(0, &nodes[index].awaited), (1, &nodes[index].awaited_by)] {
            for &other in others.iter().filter(|other| !gone[**other]) {
                left[other][side] -= 1;
                if left[other][side] == 0 {
                    ends.push(other);
                }
            }
        }
    }
    for (node, gone) in nodes.iter_mut().zip(gone) {
        node.in_circle = !gone;
    }
}
