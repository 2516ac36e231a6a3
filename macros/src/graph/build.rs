//! Lowering of statements: from the resolved body to the graph.
//!
//! Input: the body, every local with a name of its own. Output: the graph. A subtree that does not pause stays one
//! statement. Invariant: in each block expressions are evaluated in the order in which Rust evaluates them, and every
//! value that lives across a suspension is a local.

use std::collections::{HashMap, HashSet};

use proc_macro2::{Span, TokenStream};
use syn::spanned::Spanned;
use syn::{Expr, Pat, Stmt, Token, Type, parse_quote};

use super::control::gives_value;
use super::operands::is_simple_place;
use super::{Argument, Block, BlockId, End, Graph, Instr, Scope, ScopeId, make};
use crate::message;
use crate::names::{Local, local_of};
use crate::report::Report;
use crate::scope::flow::Tag;
use crate::scope::patterns::{bindings, each_binding};
use crate::scope::{Keep, Locals, knowledge};
use crate::syntax::attributes;
use crate::syntax::calls::Calls;
use crate::syntax::pauses::is_kind;
use crate::syntax::suspends;
use crate::tags;

/// Attributes that change nothing of what runs. The native form has those that are lints.
const KEPT: [&str; 8] = ["allow", "warn", "deny", "forbid", "expect", "doc", "rustfmt", "__co_tag"];

/// The graph, and the locals with the temporaries that were added.
pub(crate) struct Built {
    pub(crate) graph: Graph,
    pub(crate) locals: Locals,
}

/// What stays the same while a graph is built again.
pub(crate) struct Context<'a> {
    pub(crate) calls: &'a Calls,
    /// What is yielded, if it can be written in the body.
    pub(crate) yields: Option<&'a Type>,
    /// What is sent, with its lifetimes inferred.
    pub(crate) sends: &'a Type,
    /// The path of what probes the operand of a delegation.
    pub(crate) operand: TokenStream,
    /// Whether a delegation may be a call, which begins before it is a delegate.
    pub(crate) recursive: bool,
    /// The path of `coframe::private`.
    pub(crate) private: TokenStream,
}

/// Builds the graph of a body. The arguments are declared before it; `marked` constructs become part of the graph.
pub(crate) fn build(
    args: &[Argument],
    body: &syn::Block,
    locals: Locals,
    context: &Context<'_>,
    marked: &HashSet<Tag>,
    report: &mut Report,
) -> Built {
    let mut graph = Graph::default();
    graph.scopes.push(Scope::default());
    for arg in args {
        // What a pattern binds drops before the next argument to its left.
        let bound = arg.patterns.iter().flat_map(|stmt| match stmt {
            Stmt::Local(local) => bindings(&local.pat),
            _ => Vec::new(),
        });
        graph.scopes[0].locals.push(arg.local);
        graph.scopes[0].locals.extend(bound);
    }
    graph.arguments = args.to_vec();
    let mut builder = Builder {
        graph,
        locals,
        calls: context.calls,
        marked,
        report,
        yields: context.yields,
        sends: context.sends,
        operand: context.operand.clone(),
        recursive: context.recursive,
        private: context.private.clone(),
        current: Graph::ENTRY,
        scope: Graph::ROOT,
        targets: Vec::new(),
        rebinds: Vec::new(),
        temporaries: HashMap::new(),
        hoisting: false,
    };
    builder.current = builder.new_block();
    for stmt in args.iter().flat_map(|arg| &arg.patterns) {
        builder.instr(Instr::Stmt(stmt.clone()));
    }
    let entry = builder.enter();
    builder.block(body, Dest::Return);
    builder.leave(entry);
    Built { graph: builder.graph, locals: builder.locals }
}

/// Where a value goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Dest {
    Discard,
    /// A local that is declared and not initialised.
    Local(Local),
    /// Out of the function.
    Return,
}

/// What `break` and `continue` can name.
pub(super) struct Target {
    pub(super) label: Option<String>,
    pub(super) is_loop: bool,
    pub(super) on_break: BlockId,
    pub(super) on_continue: BlockId,
    pub(super) scope: ScopeId,
    pub(super) dest: Dest,
}

pub(super) struct Builder<'a> {
    pub(super) graph: Graph,
    pub(super) locals: Locals,
    pub(super) calls: &'a Calls,
    marked: &'a HashSet<Tag>,
    pub(super) report: &'a mut Report,
    /// What is yielded, if it can be written in the body.
    pub(super) yields: Option<&'a Type>,
    /// What is sent, with its lifetimes inferred.
    pub(super) sends: &'a Type,
    /// The path of what probes the operand of a delegation.
    pub(super) operand: TokenStream,
    /// Whether a delegation may be a call, which begins before it is a delegate.
    pub(super) recursive: bool,
    /// The path of `coframe::private`.
    pub(super) private: TokenStream,
    pub(super) current: BlockId,
    pub(super) scope: ScopeId,
    pub(super) targets: Vec<Target>,
    /// What the block behind a condition starts with.
    pub(super) rebinds: Vec<Stmt>,
    /// Where the temporaries of each scope are declared, and how many there are: before the operands, which drop first.
    temporaries: HashMap<ScopeId, (Mark, usize)>,
    /// Whether temporaries must live until the end of the scope that is open (see `temporaries`).
    pub(super) hoisting: bool,
}

/// A place in a block, to put a declaration there later.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    block: BlockId,
    instr: usize,
}

impl Builder<'_> {
    // Blocks and scopes.

    pub(super) fn new_block(&mut self) -> BlockId {
        let block = Block { scope: self.scope, instrs: Vec::new(), end: End::Unreachable, resumes: None };
        self.graph.blocks.push(block);
        BlockId(self.graph.blocks.len() - 1)
    }

    /// Says how the current block ends.
    pub(super) fn end(&mut self, end: End) {
        self.graph.blocks[self.current.0].end = end;
    }

    /// Ends the block; what follows in the text cannot be reached.
    pub(super) fn diverge(&mut self, end: End) {
        self.end(end);
        self.current = self.new_block();
    }

    pub(super) fn goto(&mut self, target: BlockId) {
        self.end(End::Goto(target));
    }

    pub(super) fn new_scope(&mut self) -> ScopeId {
        self.graph.scopes.push(Scope { parent: Some(self.scope), ..Scope::default() });
        ScopeId(self.graph.scopes.len() - 1)
    }

    pub(super) fn enter(&mut self) -> ScopeId {
        let scope = self.new_scope();
        self.instr(Instr::Enter(scope));
        self.scope = scope;
        self.temporaries.insert(scope, (self.mark(), 0));
        scope
    }

    pub(super) fn leave(&mut self, scope: ScopeId) {
        self.instr(Instr::Leave(scope));
        self.scope = self.graph.scope(scope).parent.unwrap_or(Graph::ROOT);
    }

    pub(super) fn instr(&mut self, instr: Instr) {
        self.graph.blocks[self.current.0].instrs.push(instr);
    }

    pub(super) fn mark(&self) -> Mark {
        Mark { block: self.current, instr: self.graph.block(self.current).instrs.len() }
    }

    /// Declares locals without a value at a mark, in a scope that was open there.
    pub(super) fn declare_at(&mut self, mark: Mark, scope: ScopeId, stmt: Stmt) {
        let Stmt::Local(local) = &stmt else { return };
        self.graph.scopes[scope.0].locals.extend(bindings(&local.pat));
        self.graph.blocks[mark.block.0].instrs.insert(mark.instr, Instr::Stmt(stmt));
    }

    /// Declares what a pattern binds in a scope.
    pub(super) fn declare(&mut self, scope: ScopeId, pat: &Pat) {
        let bound = bindings(pat);
        self.graph.scopes[scope.0].locals.extend(bound);
    }

    /// Adds a statement that does not pause.
    pub(super) fn push(&mut self, stmt: Stmt) {
        if let Stmt::Local(local) = &stmt {
            self.declare(self.scope, &local.pat.clone());
        }
        self.instr(Instr::Stmt(stmt));
    }

    // Locals.

    /// A new local that holds what the name says.
    pub(super) fn temp(&mut self, name: &str, span: Span, keep: Keep) -> Local {
        self.locals.add(name, span, keep)
    }

    pub(super) fn path(&self, local: Local) -> Expr {
        let ident = self.locals.ident(local);
        parse_quote!(#ident)
    }

    /// Keeps a value in a local of the open scope, and gives the local.
    pub(super) fn spill(&mut self, name: &str, value: Expr) -> Expr {
        let local = self.temp(name, value.span(), knowledge::of_init(&value));
        self.push(make::binding(Pat::Ident(binding_pattern(self.locals.ident(local))), value));
        self.path(local)
    }

    /// Keeps a temporary to the end of the open scope. Operands of the same statement drop before it, whichever was made
    /// first.
    pub(super) fn spill_kept(&mut self, name: &str, value: Expr) -> Expr {
        let scope = self.scope;
        let before = self.graph.scope(scope).locals.len();
        let (mark, count) = self.temporaries.get(&scope).copied().unwrap_or((self.mark(), 0));
        if before == count {
            let kept = self.spill_mut(name, value);
            self.temporaries.insert(scope, (self.mark(), count + 1));
            return kept;
        }
        let local = self.temp(name, value.span(), knowledge::of_init(&value));
        let ident = self.locals.ident(local);
        self.graph.blocks[mark.block.0].instrs.insert(mark.instr, Instr::Stmt(parse_quote!(let mut #ident;)));
        self.graph.scopes[scope.0].locals.insert(count, local);
        self.temporaries.insert(scope, (Mark { instr: mark.instr + 1, ..mark }, count + 1));
        self.value_into(value, Dest::Local(local));
        self.path(local)
    }

    /// A local for what another one has, which drops where the temporaries of a scope do.
    pub(super) fn declare_kept(&mut self, scope: ScopeId, other: Local) -> Option<Local> {
        let (mark, count) = self.temporaries.get(&scope).copied()?;
        let info = self.locals[other].clone();
        let local = self.locals.add("kept", info.span, info.keep);
        let ident = self.locals.ident(local);
        self.graph.blocks[mark.block.0].instrs.insert(mark.instr, Instr::Stmt(parse_quote!(let #ident;)));
        self.graph.scopes[scope.0].locals.insert(count, local);
        self.temporaries.insert(scope, (Mark { instr: mark.instr + 1, ..mark }, count + 1));
        Some(local)
    }

    /// A local without a value, declared in the open scope.
    pub(super) fn declare_temp(&mut self, name: &str, span: Span, ty: Option<&Type>, keep: Keep) -> Local {
        let local = self.temp(name, span, keep);
        let ident = self.locals.ident(local);
        let ty = ty.map(|ty| quote::quote!(: #ty));
        self.instr(Instr::Stmt(parse_quote!(let #ident #ty;)));
        self.graph.scopes[self.scope.0].locals.push(local);
        local
    }

    // What belongs to the graph.

    fn is_marked(&self, expr: &Expr) -> bool {
        tags::of(expr).is_some_and(|tag| self.marked.contains(&tag))
    }

    pub(super) fn explodes(&self, expr: &Expr) -> bool {
        suspends::explodes(expr, &|expr| self.is_marked(expr))
    }

    fn stmt_explodes(&self, stmt: &Stmt) -> bool {
        suspends::stmt_explodes(stmt, &|expr| self.is_marked(expr))
    }

    /// Attributes on a construct that is taken apart: lints are left to the native form, others are refused.
    pub(super) fn attributes(&mut self, attrs: &[syn::Attribute]) {
        for attr in attrs {
            let path = attr.path();
            if path.is_ident("cfg") || path.is_ident("cfg_attr") {
                self.report.at(attr, message::CFG);
            } else if !is_kind(attr)
                && !path.segments.first().is_some_and(|first| KEPT.iter().any(|kept| first.ident == kept))
            {
                self.report.at(attr, message::ATTRIBUTE);
            }
        }
    }

    /// [`Self::attributes`] of an expression and of the fields of a struct literal.
    pub(super) fn expr_attributes(&mut self, expr: &Expr) {
        #[derive(Default)]
        struct Outer<'ast> {
            inside: bool,
            attrs: Vec<&'ast syn::Attribute>,
        }
        impl<'ast> syn::visit::Visit<'ast> for Outer<'ast> {
            fn visit_expr(&mut self, expr: &'ast Expr) {
                if !std::mem::replace(&mut self.inside, true) {
                    syn::visit::visit_expr(self, expr);
                }
            }
            fn visit_attribute(&mut self, attr: &'ast syn::Attribute) {
                self.attrs.push(attr);
            }
            fn visit_block(&mut self, _: &'ast syn::Block) {}
            fn visit_arm(&mut self, _: &'ast syn::Arm) {}
            fn visit_pat(&mut self, _: &'ast Pat) {}
        }
        let mut outer = Outer::default();
        syn::visit::Visit::visit_expr(&mut outer, expr);
        let attrs: Vec<syn::Attribute> = outer.attrs.into_iter().cloned().collect();
        self.attributes(&attrs);
    }

    // Statements.

    /// The statements of a block, without a scope of their own.
    pub(super) fn block(&mut self, block: &syn::Block, dest: Dest) {
        let (last, stmts) = match block.stmts.split_last() {
            Some((Stmt::Expr(tail, None), stmts)) => (Some(tail), stmts),
            _ => (None, &block.stmts[..]),
        };
        for stmt in stmts {
            self.stmt(stmt);
        }
        match last {
            Some(tail) => self.expr_into(tail.clone(), dest),
            None => self.value_into(parse_quote!(()), dest),
        }
    }

    /// A block with a scope of its own.
    pub(super) fn scoped_block(&mut self, block: &syn::Block, dest: Dest) {
        let scope = self.enter();
        self.block(block, dest);
        self.leave(scope);
    }

    pub(super) fn stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Item(_) => self.instr(Instr::Stmt(stmt.clone())),
            Stmt::Local(local) => self.let_stmt(local.clone()),
            Stmt::Expr(expr, _) if is_return(expr) => {
                self.attributes(attributes::of(expr));
                self.expr_into(expr.clone(), Dest::Discard);
            }
            Stmt::Expr(expr, semi) if !self.stmt_explodes(stmt) => {
                // A block that is a statement needs no semicolon, and must not be read with what follows.
                self.push(Stmt::Expr(expr.clone(), *semi));
            }
            // What a block gives drops after the locals of the block.
            Stmt::Expr(expr, Some(_)) if gives_value(expr) => {
                let scope = self.enter();
                let local = self.declare_temp("value", expr.span(), None, Keep::Unknown);
                match expr {
                    // Before what is matched, which is a temporary of the statement.
                    Expr::Match(inner) => self.match_into(inner.clone(), Dest::Local(local), false),
                    expr => self.expr_into(expr.clone(), Dest::Local(local)),
                }
                self.leave(scope);
            }
            Stmt::Expr(expr, _) => self.expr_into(expr.clone(), Dest::Discard),
            Stmt::Macro(_) => self.push(stmt.clone()),
        }
    }

    fn let_stmt(&mut self, local: syn::Local) {
        let explodes = self.stmt_explodes(&Stmt::Local(local.clone()));
        for attr in local.attrs.iter().filter(|attr| attr.path().is_ident("cfg")) {
            self.report.at(attr, message::CFG);
        }
        let Some(init) = &local.init else { return self.declare_all(local) };
        let mut value = (*init.expr).clone();
        let pat = local.pat.clone();
        if init.diverge.is_none() {
            self.extend_temporaries(&pat, &mut value);
        }
        let mut local = local.clone();
        if let Some(init) = &mut local.init {
            *init.expr = value;
        }
        let Some(init) = &local.init else { return };
        let explodes = explodes && self.stmt_explodes(&Stmt::Local(local.clone()));
        if matches!(local.pat, Pat::Wild(_)) && is_simple_place(&init.expr) {
            // It names a place, reads nothing, and may be of what was moved.
            return;
        }
        if !explodes {
            return self.push(Stmt::Local(local));
        }
        self.attributes(&local.attrs);
        match &init.diverge {
            Some((_, otherwise)) => {
                self.refuse_extended(&local.pat, &init.expr);
                self.let_else(&local.pat, (*init.expr).clone(), (**otherwise).clone());
            }
            None => self.let_into(&local.pat, (*init.expr).clone()),
        }
    }

    /// `let (x, y);`: one by one, since an arm may give a value to some of them only.
    fn declare_all(&mut self, local: syn::Local) {
        if !matches!(local.pat, Pat::Tuple(_)) {
            return self.push(Stmt::Local(local));
        }
        each_binding(&local.pat, &mut |binding| {
            let pat = Pat::Ident(binding.clone());
            self.push(parse_quote!(let #pat;));
        });
    }

    /// `let pat = init;` with a pause in `init`.
    pub(super) fn let_into(&mut self, pat: &Pat, init: Expr) {
        let (inner, ty) = match pat {
            Pat::Type(typed) => (&*typed.pat, Some(&*typed.ty)),
            pat => (pat, None),
        };
        let outer = self.scope;
        let mark = self.mark();
        let scope = self.enter();
        if let Pat::Ident(binding) = inner
            && binding.by_ref.is_none()
            && binding.subpat.is_none()
            && let Some(local) = local_of(&binding.ident)
        {
            if is_control(&init) {
                self.declare_at(mark, outer, declaration(inner, ty));
                self.expr_into(init, Dest::Local(local));
                return self.leave(scope);
            }
            let value = self.operand(init);
            if self.graph.scope(scope).locals.is_empty() {
                self.leave(scope);
                return self.push(initialised(pat, &value));
            }
            self.declare_at(mark, outer, declaration(inner, ty));
            self.value_into(value, Dest::Local(local));
            return self.leave(scope);
        }
        let value = self.operand(init);
        if self.graph.scope(scope).locals.is_empty() {
            self.leave(scope);
            return self.push(initialised(pat, &value));
        }
        // The temporaries end with the statement, the bindings do not: bind inside and move out.
        let mut inside = pat.clone();
        let moved = self.rename_bindings(&mut inside);
        for (local, _) in moved.iter().rev() {
            let ident = self.locals.ident(*local);
            self.declare_at(mark, outer, parse_quote!(let mut #ident;));
        }
        let order: Vec<Local> = moved.iter().map(|(local, _)| *local).collect();
        self.graph.scopes[outer.0].locals.retain(|local| !order.contains(local));
        self.graph.scopes[outer.0].locals.extend(&order);
        self.push(initialised(&inside, &value));
        self.move_out(&moved);
        self.leave(scope);
    }

    /// Gives the bindings of a pattern new locals, so that they can be moved into the ones that were written.
    fn rename_bindings(&mut self, pat: &mut Pat) -> Vec<(Local, Local)> {
        let mut moved: Vec<(Local, Local)> = Vec::new();
        let mut names = Vec::new();
        each_binding(pat, &mut |binding| names.extend(local_of(&binding.ident)));
        for local in names {
            if !moved.iter().any(|(old, _)| *old == local) {
                let info = self.locals[local].clone();
                let inner = self.locals.add(&info.name, info.span, info.keep);
                moved.push((local, inner));
            }
        }
        let locals = &self.locals;
        crate::emit::rename::patterns(pat, &|local| {
            moved.iter().find(|(old, _)| *old == local).map(|(_, new)| locals.ident(*new))
        });
        moved
    }

    fn move_out(&mut self, moved: &[(Local, Local)]) {
        for (outer, inner) in moved {
            let value = self.path(*inner);
            self.value_into(value, Dest::Local(*outer));
        }
    }

    /// `let pat = init else { … };` with a pause in either.
    fn let_else(&mut self, pat: &Pat, init: Expr, otherwise: Expr) {
        let (mut inside, ty) = match pat.clone() {
            Pat::Type(typed) => (*typed.pat, Some(typed.ty)),
            pat => (pat, None),
        };
        let moved = self.rename_bindings(&mut inside);
        let mut assigns = Vec::new();
        for (local, inner) in &moved {
            let ident = self.locals.ident(*local);
            self.push(parse_quote!(let mut #ident;));
            assigns.push(make::assign(self.path(*local), self.path(*inner)));
        }
        let init = match ty {
            Some(ty) => {
                let value = self.temp("value", init.span(), Keep::Unknown);
                let typed = Pat::Type(syn::PatType {
                    attrs: Vec::new(),
                    pat: Box::new(Pat::Ident(binding_pattern(self.locals.ident(value)))),
                    colon_token: Default::default(),
                    ty,
                });
                make::block_expr(vec![make::binding(typed, init), Stmt::Expr(self.path(value), None)])
            }
            None => init,
        };
        // A call may be what does not come back, which cannot be seen.
        let leaves = make::block_expr(vec![
            Stmt::Expr(otherwise, Some(Token![;](Span::call_site()))),
            Stmt::Expr(parse_quote!(loop {}), None),
        ]);
        let lowered = make::if_else(make::test(inside, init), make::block(assigns), leaves);
        self.force_into(lowered, Dest::Discard);
    }

    /// Sends a value that does not pause where it goes.
    pub(super) fn value_into(&mut self, value: Expr, dest: Dest) {
        match dest {
            Dest::Discard if matches!(&value, Expr::Tuple(tuple) if tuple.elems.is_empty()) => {}
            Dest::Discard => self.push(Stmt::Expr(value, Some(Token![;](Span::call_site())))),
            Dest::Local(local) => {
                let ident = self.locals.ident(local);
                self.push(parse_quote!(#ident = #value;));
            }
            Dest::Return => {
                self.diverge(End::Return(value));
            }
        }
    }
}

/// Whether an expression is a `return` that is always there.
pub(super) fn is_return(expr: &Expr) -> bool {
    matches!(expr, Expr::Return(inner) if inner.attrs.is_empty())
}

/// Whether an expression is a construct that sends its value on from several places.
pub(super) fn is_control(expr: &Expr) -> bool {
    match expr {
        Expr::If(_) | Expr::Match(_) | Expr::Loop(_) | Expr::While(_) | Expr::ForLoop(_) | Expr::Block(_) => true,
        Expr::Unsafe(_) => true,
        Expr::Binary(binary) => matches!(binary.op, syn::BinOp::And(_) | syn::BinOp::Or(_)),
        Expr::Paren(inner) => is_control(&inner.expr),
        _ => false,
    }
}

pub(super) fn binding_pattern(ident: syn::Ident) -> syn::PatIdent {
    syn::PatIdent { attrs: Vec::new(), by_ref: None, mutability: None, ident, subpat: None }
}

fn declaration(pat: &Pat, ty: Option<&Type>) -> Stmt {
    let ty = ty.map(|ty| quote::quote!(: #ty));
    parse_quote!(let #pat #ty;)
}

fn initialised(pat: &Pat, value: &Expr) -> Stmt {
    make::binding(pat.clone(), value.clone())
}
