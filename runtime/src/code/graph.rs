//! The state graph: which suspension point can follow which.

use core::fmt;

use super::{Code, Point};

/// A state of a coroutine, as far as the source tells: a node of the state graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Node {
    /// Made, and none of the body has run.
    Start,
    /// Paused at [`points`](Code::points) of this index.
    Point(usize),
    /// The body is over, by its end, a `return`, a `?` or a `raise!`.
    End,
}

impl Code {
    /// The state graph: from each state those that the next resume can lead to, by what the control flow of the source
    /// allows. What is thrown in and not caught, a close and a panic end a body at any point, and are not in it.
    ///
    /// Empty for bodies that rustc compiles, `pinned` ones and those of an `async fn`, since their control flow is not known.
    ///
    /// ```
    /// use coframe::Node;
    ///
    /// #[coframe::coroutine(yield = u32)]
    /// fn count(n: u32) {
    ///     for i in 0..n {
    ///         coframe::yield_!(i);
    ///     }
    /// }
    ///
    /// let code = count(3).code();
    /// let edges: Vec<_> = code.edges().collect();
    /// assert_eq!(edges, [
    ///     (Node::Start, Node::Point(0)),
    ///     (Node::Start, Node::End),
    ///     (Node::Point(0), Node::Point(0)),
    ///     (Node::Point(0), Node::End),
    /// ]);
    /// ```
    pub fn edges(&self) -> impl ExactSizeIterator<Item = (Node, Node)> + use<> {
        let points = self.points.len();
        let node = move |number: u32| match (number as usize).checked_sub(1) {
            None => Node::Start,
            Some(index) if index < points => Node::Point(index),
            Some(_) => Node::End,
        };
        self.edges.iter().map(move |(from, to)| (node(*from), node(*to)))
    }

    /// Prints the state graph in the language of Graphviz: `dot -Tsvg` draws it.
    ///
    /// ```
    /// # #[coframe::coroutine(yield = u32)]
    /// # fn count(n: u32) { for i in 0..n { coframe::yield_!(i); } }
    /// let dot = count(3).code().to_dot().to_string();
    /// assert!(dot.starts_with("digraph \"count\" {\n"));
    /// assert!(dot.contains("  p1 -> end;\n"));
    /// ```
    #[must_use]
    pub const fn to_dot(&self) -> Dot<'_> {
        Dot(self)
    }

    /// Prints the state graph in the language of Mermaid, which code hosts draw in a page.
    ///
    /// ```
    /// # #[coframe::coroutine(yield = u32)]
    /// # fn count(n: u32) { for i in 0..n { coframe::yield_!(i); } }
    /// let mermaid = count(3).code().to_mermaid().to_string();
    /// assert!(mermaid.starts_with("flowchart TD\n"));
    /// assert!(mermaid.contains("  p1 --> done\n"));
    /// ```
    #[must_use]
    pub const fn to_mermaid(&self) -> Mermaid<'_> {
        Mermaid(self)
    }
}

/// What [`Code::to_dot`] prints.
#[derive(Clone, Copy, Debug)]
pub struct Dot<'a>(&'a Code);

/// What [`Code::to_mermaid`] prints.
#[derive(Clone, Copy, Debug)]
pub struct Mermaid<'a>(&'a Code);

impl fmt::Display for Dot<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.0;
        writeln!(f, "digraph \"{}\" {{", code.name)?;
        writeln!(f, "  node [shape=box, style=rounded, fontname=\"sans-serif\"];")?;
        writeln!(f, "  start [shape=circle, label=\"\", style=filled, fillcolor=black, width=0.2];")?;
        for (number, point) in (1..).zip(code.points) {
            writeln!(f, "  p{number} [label=\"{}\\nline {}\"];", Title(point), point.line())?;
        }
        writeln!(f, "  end [shape=doublecircle, label=\"\", style=filled, fillcolor=black, width=0.15];")?;
        for (from, to) in code.edges() {
            writeln!(f, "  {} -> {};", Name(from, "end"), Name(to, "end"))?;
        }
        f.write_str("}\n")
    }
}

impl fmt::Display for Mermaid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.0;
        f.write_str("flowchart TD\n  start((\"start\"))\n")?;
        for (number, point) in (1..).zip(code.points) {
            writeln!(f, "  p{number}(\"{}<br>line {}\")", Title(point), point.line())?;
        }
        // `end` is a word of the language.
        f.write_str("  done(((\"end\")))\n")?;
        for (from, to) in code.edges() {
            writeln!(f, "  {} --> {}", Name(from, "done"), Name(to, "done"))?;
        }
        Ok(())
    }
}

/// A point, by what pauses there.
struct Title<'a>(&'a Point);

impl fmt::Display for Title<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.kind())?;
        self.0.label().map_or(Ok(()), |label| write!(f, " '{label}"))
    }
}

/// A node, by its identifier in a drawing; the end has the given one.
struct Name(Node, &'static str);

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Node::Start => f.write_str("start"),
            Node::Point(index) => write!(f, "p{}", index + 1),
            Node::End => f.write_str(self.1),
        }
    }
}
