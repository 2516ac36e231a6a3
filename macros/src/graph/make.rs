//! Syntax made of parts. It is put together as a tree and never printed and parsed again, since a pause in a part may
//! stand where its tokens alone would be read differently.

use proc_macro2::Span;
use syn::{Block, Expr, ExprAssign, ExprBlock, ExprBreak, ExprIf, ExprLet, Local, LocalInit, Pat, Stmt};

pub(super) fn if_else(cond: Expr, then_branch: Block, otherwise: Expr) -> Expr {
    Expr::If(ExprIf {
        attrs: Vec::new(),
        if_token: Default::default(),
        cond: Box::new(cond),
        then_branch,
        else_branch: Some((Default::default(), Box::new(otherwise))),
    })
}

/// `let pat = expr` as a condition.
pub(super) fn test(pat: Pat, expr: Expr) -> Expr {
    Expr::Let(ExprLet {
        attrs: Vec::new(),
        let_token: Default::default(),
        pat: Box::new(pat),
        eq_token: Default::default(),
        expr: Box::new(expr),
    })
}

pub(super) fn block(stmts: Vec<Stmt>) -> Block {
    Block { brace_token: Default::default(), stmts }
}

pub(crate) fn block_expr(stmts: Vec<Stmt>) -> Expr {
    Expr::Block(ExprBlock { attrs: Vec::new(), label: None, block: block(stmts) })
}

pub(crate) fn assign(left: Expr, right: Expr) -> Stmt {
    Stmt::Expr(Expr::Assign(assignment(left, right)), Some(Default::default()))
}

pub(super) fn assignment(left: Expr, right: Expr) -> ExprAssign {
    ExprAssign { attrs: Vec::new(), left: Box::new(left), eq_token: Default::default(), right: Box::new(right) }
}

/// A `break` without a value, out of the innermost loop.
pub(super) fn leave() -> Expr {
    Expr::Break(ExprBreak {
        attrs: Vec::new(),
        break_token: syn::Token![break](Span::call_site()),
        label: None,
        expr: None,
    })
}

/// `let pat = value;`
pub(crate) fn binding(pat: Pat, value: Expr) -> Stmt {
    Stmt::Local(Local {
        attrs: Vec::new(),
        let_token: Default::default(),
        pat,
        init: Some(LocalInit { eq_token: Default::default(), expr: Box::new(value), diverge: None }),
        semi_token: Default::default(),
    })
}

/// Makes an expression a block that starts with some statements, if there are any.
pub(super) fn put_before(stmts: Vec<Stmt>, expr: &mut Expr) {
    if !stmts.is_empty() {
        let tail = std::mem::replace(expr, syn::parse_quote!(()));
        *expr = block_expr(stmts.into_iter().chain([Stmt::Expr(tail, None)]).collect());
    }
}
