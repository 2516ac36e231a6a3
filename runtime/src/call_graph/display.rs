//! Printing the graph as a tree.

use std::fmt;

use super::{CallGraph, CallGraphFrame, CallGraphNode, TaskState};

/// What is deeper is left out: each level takes four columns, so that a chain of many tasks would take their square.
const DEEPEST: usize = 100;

impl fmt::Display for CallGraph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut tree = Tree { graph: self, printed: vec![false; self.nodes.len()], lines: 0 };
        tree.print(self.roots(), f)?;
        // A circle has no root: the task that was made first stands for one.
        for node in self.tasks() {
            if !tree.printed[node.index] {
                tree.print([node].into_iter(), f)?;
            }
        }
        if tree.lines == 0 { f.write_str("no tasks") } else { Ok(()) }
    }
}

struct Tree<'a> {
    graph: &'a CallGraph,
    printed: Vec<bool>,
    lines: usize,
}

/// A line of the tree, with the lines under it.
#[derive(Clone, Copy)]
enum Line<'a> {
    Node(&'a CallGraphNode),
    /// A frame of the node by its index, the outermost last.
    Frame(&'a CallGraphNode, usize),
    /// What the node runs, which has no frames.
    Runs(&'a CallGraphNode, &'static str),
    Text(&'a str),
}

impl<'a> Tree<'a> {
    /// Deep trees are no reason for a deep recursion: there is a stack of lines, each with what stands before it.
    fn print(&mut self, roots: impl Iterator<Item = &'a CallGraphNode>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let roots: Vec<_> = roots.map(Line::Node).collect();
        let mut stack: Vec<Stacked<'a>> = Vec::new();
        push(&mut stack, &roots, "", 0);
        while let Some((line, before, is_last, depth)) = stack.pop() {
            let newline = if self.lines == 0 { "" } else { "\n" };
            self.lines += 1;
            write!(f, "{newline}{before}{}", if is_last { "└── " } else { "├── " })?;
            let under = self.write(line, f)?;
            let before = before + if is_last { "    " } else { "│   " };
            if depth == DEEPEST && !under.is_empty() {
                push(&mut stack, &[Line::Text("…")], &before, depth + 1);
                self.leave_out(&under);
            } else {
                push(&mut stack, &under, &before, depth + 1);
            }
        }
        Ok(())
    }

    /// Writes the line, and gives what stands under it.
    fn write(&mut self, line: Line<'a>, f: &mut fmt::Formatter<'_>) -> Result<Vec<Line<'a>>, fmt::Error> {
        match line {
            Line::Node(node) => {
                write!(f, "({}) {}", if node.is_task() { 'T' } else { 'P' }, node.name)?;
                if node.is_task() && node.state != TaskState::Waiting {
                    write!(f, " [{}]", node.state)?;
                }
                if std::mem::replace(&mut self.printed[node.index], true) {
                    let is_shown = node.is_task() || !node.awaited.is_empty();
                    f.write_str(match node.in_circle {
                        true => " (waits for itself)",
                        false if is_shown => " (see above)",
                        false => "",
                    })?;
                    return Ok(Vec::new());
                }
                Ok(match (node.frames.len(), node.runs) {
                    (0, Some(runs)) if node.state != TaskState::Done => vec![Line::Runs(node, runs)],
                    (0, _) => self.awaited(node),
                    (frames, _) => vec![Line::Frame(node, frames - 1)],
                })
            }
            Line::Frame(node, index) => {
                write!(f, "{}", node.frames[index])?;
                Ok(if index == 0 { self.awaited(node) } else { vec![Line::Frame(node, index - 1)] })
            }
            Line::Runs(node, runs) => {
                f.write_str(runs)?;
                Ok(self.awaited(node))
            }
            Line::Text(text) => {
                f.write_str(text)?;
                Ok(Vec::new())
            }
        }
    }

    /// Sees to it that what was left out is not taken for a circle.
    fn leave_out(&mut self, lines: &[Line<'a>]) {
        let mut nodes: Vec<_> = lines.iter().filter_map(Line::node).collect();
        while let Some(node) = nodes.pop() {
            self.printed[node.index] = true;
            nodes.extend(self.graph.awaited(node).filter(|other| !self.printed[other.index]));
        }
    }

    fn awaited(&self, node: &'a CallGraphNode) -> Vec<Line<'a>> {
        let several = node.awaits_several.then_some(Line::Text("several promises"));
        self.graph.awaited(node).map(Line::Node).chain(several).collect()
    }
}

impl<'a> Line<'a> {
    fn node(&self) -> Option<&'a CallGraphNode> {
        match self {
            Line::Node(node) | Line::Frame(node, _) | Line::Runs(node, _) => Some(node),
            Line::Text(_) => None,
        }
    }
}

type Stacked<'a> = (Line<'a>, String, bool, usize);

/// In reverse, because the last one in is the first one out.
fn push<'a>(stack: &mut Vec<Stacked<'a>>, lines: &[Line<'a>], before: &str, depth: usize) {
    let last = lines.len().saturating_sub(1);
    stack.extend(lines.iter().enumerate().rev().map(|(i, line)| (*line, before.to_owned(), i == last, depth)));
}

impl fmt::Display for CallGraphFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}:{}", self.name, self.file, self.line)
    }
}

impl fmt::Display for TaskState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TaskState::Created => "created",
            TaskState::Ready => "ready",
            TaskState::Running => "running",
            TaskState::Waiting => "waiting",
            TaskState::Done => "done",
        })
    }
}
