//! A state graph as a picture: the states one under the other, in the order of the source, and an arrow from each to those
//! that can follow.

use std::fmt::{self, Display};

use coframe::{Code, Node};

const STEP: usize = 64;
const TOP: usize = 40;
const MIDDLE: usize = 260;
const HALF: usize = 105;

/// Prints the state graph of a code object as SVG.
#[derive(Clone, Copy, Debug)]
pub struct Drawing<'a>(pub &'a Code);

impl Drawing<'_> {
    fn row(&self, node: Node) -> usize {
        match node {
            Node::Start => 0,
            Node::Point(index) => index + 1,
            Node::End => self.0.points().len() + 1,
        }
    }

    fn y(&self, node: Node) -> usize {
        TOP + STEP * self.row(node)
    }

    fn node(&self, node: Node, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let y = self.y(node);
        let Node::Point(index) = node else {
            let radius = if node == Node::Start { 7 } else { 6 };
            writeln!(f, r#"<circle cx="{MIDDLE}" cy="{y}" r="{radius}" fill="black"/>"#)?;
            if node == Node::End {
                writeln!(f, r#"<circle cx="{MIDDLE}" cy="{y}" r="10" fill="none" stroke="black"/>"#)?;
            }
            return Ok(());
        };
        let point = &self.0.points()[index];
        let (left, above) = (MIDDLE - HALF, y - 16);
        let text = match point.label() {
            Some(label) => format!("{} '{label}, line {}", point.kind(), point.line()),
            None => format!("{}, line {}", point.kind(), point.line()),
        };
        let width = 2 * HALF;
        writeln!(
            f,
            r##"<rect x="{left}" y="{above}" width="{width}" height="32" rx="9" fill="#eef3fb" stroke="black"/>"##
        )?;
        writeln!(f, r#"<text x="{MIDDLE}" y="{}" text-anchor="middle">{text}</text>"#, y + 5)
    }

    /// Straight down to the next state; else in a bow, on the right downwards and on the left upwards.
    fn edge(&self, from: Node, to: Node, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from_row, to_row) = (self.row(from), self.row(to));
        let path = if to_row == from_row + 1 {
            let edge = |node: Node| if matches!(node, Node::Point(_)) { 16 } else { 10 };
            format!("M{MIDDLE},{} V{}", self.y(from) + edge(from), self.y(to) - edge(to) - 3)
        } else {
            // An arrow leaves a little below the middle, and arrives a little above it.
            let (from_y, to_y) = (self.y(from) + 6, self.y(to) - 6);
            let bow = 22 + 17 * from_row.abs_diff(to_row);
            let half = |node: Node| if matches!(node, Node::Point(_)) { HALF } else { 12 };
            if to_row > from_row {
                let far = MIDDLE + HALF + bow;
                let (start, end) = (MIDDLE + half(from), MIDDLE + half(to) + 4);
                format!("M{start},{from_y} C{far},{from_y} {far},{to_y} {end},{to_y}")
            } else {
                let far = MIDDLE - HALF - bow;
                let (start, end) = (MIDDLE - half(from), MIDDLE - half(to) - 4);
                format!("M{start},{from_y} C{far},{from_y} {far},{to_y} {end},{to_y}")
            }
        };
        writeln!(f, r##"<path d="{path}" fill="none" stroke="#456" marker-end="url(#arrow)"/>"##)
    }
}

impl Display for Drawing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.0;
        let height = self.y(Node::End) + TOP;
        writeln!(
            f,
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {height}" width="{0}" height="{height}" font-family="sans-serif" font-size="14">"#,
            2 * MIDDLE
        )?;
        writeln!(f, "<title>{}</title>", code.name())?;
        writeln!(
            f,
            r##"<defs><marker id="arrow" viewBox="0 0 8 8" refX="5" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0,0 L8,4 L0,8 z" fill="#456"/></marker></defs>"##
        )?;
        writeln!(f, r#"<rect width="100%" height="100%" fill="white"/>"#)?;
        writeln!(f, r#"<text x="12" y="24" font-weight="bold">{}</text>"#, code.name())?;
        for (from, to) in code.edges() {
            self.edge(from, to, f)?;
        }
        self.node(Node::Start, f)?;
        for index in 0..code.points().len() {
            self.node(Node::Point(index), f)?;
        }
        self.node(Node::End, f)?;
        f.write_str("</svg>\n")
    }
}
