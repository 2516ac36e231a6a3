//! Which subtrees pause or leave themselves. All others are emitted as they were written.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Expr, Macro};

use super::pauses::attempt_of;

/// The markers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Marker {
    Yield,
    TryYield,
    YieldFrom,
    TryYieldFrom,
    TryAwait,
    ForAwait,
    Attempt,
    Raise,
    OrRaise,
}

impl Marker {
    /// The marker that a macro call is, by the last segment of its path.
    pub(crate) fn of(mac: &Macro) -> Option<Self> {
        Marker::named(&mac.path.segments.last()?.ident)
    }

    /// Whether it is a suspension point whose value is a `Result`.
    pub(crate) fn tries(self) -> bool {
        matches!(self, Marker::TryYield | Marker::TryYieldFrom | Marker::TryAwait)
    }

    /// The marker of a name.
    pub(crate) fn named(ident: &Ident) -> Option<Self> {
        Some(match ident.to_string().as_str() {
            "yield_" => Marker::Yield,
            "try_yield" => Marker::TryYield,
            "yield_from" => Marker::YieldFrom,
            "try_yield_from" => Marker::TryYieldFrom,
            "try_await" => Marker::TryAwait,
            "for_await" => Marker::ForAwait,
            "attempt" => Marker::Attempt,
            "raise" => Marker::Raise,
            "or_raise" => Marker::OrRaise,
            _ => return None,
        })
    }
}

/// Whether a marker stands anywhere in these tokens.
pub(crate) fn has_marker(tokens: TokenStream) -> bool {
    first_marker(tokens).is_some()
}

/// The first marker in these tokens, as it is written.
pub(crate) fn first_marker(tokens: TokenStream) -> Option<String> {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(ident) if Marker::named(&ident).is_some() => {
                if matches!(tokens.peek(), Some(TokenTree::Punct(punct)) if punct.as_char() == '!') {
                    return Some(format!("{ident}!"));
                }
            }
            TokenTree::Ident(ident) if ident == "yield" => return Some("yield".to_owned()),
            TokenTree::Group(group) => {
                if let Some(found) = first_marker(group.stream()) {
                    return Some(found);
                }
            }
            _ => {}
        }
    }
    None
}

/// What a subtree does besides computing its value.
#[derive(Default)]
struct Effects<'ast> {
    suspends: bool,
    escapes: bool,
    /// The loops and labelled blocks inside the subtree: `None` for a loop without a label.
    inside: Vec<(Option<&'ast syn::Label>, bool)>,
    marked: Option<&'ast dyn Fn(&Expr) -> bool>,
}

impl<'ast> Effects<'ast> {
    fn nested(&mut self, label: Option<&'ast syn::Label>, is_loop: bool, visit: impl FnOnce(&mut Self)) {
        self.inside.push((label, is_loop));
        visit(self);
        self.inside.pop();
    }

    fn jump(&mut self, label: Option<&'ast syn::Lifetime>) {
        let found = self.inside.iter().any(|(inner, is_loop)| match label {
            Some(label) => inner.is_some_and(|inner| inner.name.ident == label.ident),
            None => *is_loop,
        });
        self.escapes |= !found;
    }
}

impl<'ast> Visit<'ast> for Effects<'ast> {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        if self.marked.is_some_and(|marked| marked(expr)) {
            self.suspends = true;
        }
        match expr {
            Expr::Yield(_) => {
                self.suspends = true;
                visit::visit_expr(self, expr);
            }
            Expr::While(inner) => {
                self.nested(inner.label.as_ref(), true, |visitor| visit::visit_expr_while(visitor, inner));
            }
            Expr::Loop(inner) => {
                self.nested(inner.label.as_ref(), true, |visitor| visit::visit_expr_loop(visitor, inner));
            }
            Expr::ForLoop(inner) => {
                self.visit_expr(&inner.expr);
                self.nested(inner.label.as_ref(), true, |visitor| visitor.visit_block(&inner.body));
            }
            Expr::Block(inner) if attempt_of(inner).is_some() => self.suspends = true,
            Expr::Block(inner) if inner.label.is_some() => {
                self.nested(inner.label.as_ref(), false, |visitor| visit::visit_expr_block(visitor, inner));
            }
            Expr::Break(inner) => {
                self.jump(inner.label.as_ref());
                visit::visit_expr_break(self, inner);
            }
            Expr::Continue(inner) => self.jump(inner.label.as_ref()),
            Expr::Closure(_) | Expr::Async(_) => {}
            _ => visit::visit_expr(self, expr),
        }
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
    fn visit_type(&mut self, _: &'ast syn::Type) {}
}

/// Whether an expression must become part of the graph: it pauses, it jumps out of itself, or `marked` says so.
pub(crate) fn explodes(expr: &Expr, marked: &dyn Fn(&Expr) -> bool) -> bool {
    let mut effects = Effects::default();
    run(&mut effects, marked, |effects| effects.visit_expr(expr))
}

/// [`explodes`] of a statement.
pub(crate) fn stmt_explodes(stmt: &syn::Stmt, marked: &dyn Fn(&Expr) -> bool) -> bool {
    let mut effects = Effects::default();
    run(&mut effects, marked, |effects| effects.visit_stmt(stmt))
}

fn run<'a>(effects: &mut Effects<'a>, marked: &'a dyn Fn(&Expr) -> bool, visit: impl FnOnce(&mut Effects<'a>)) -> bool {
    effects.marked = Some(marked);
    visit(effects);
    effects.suspends || effects.escapes
}
