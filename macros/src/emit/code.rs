//! The code object: what is known of a body before it runs.
//!
//! It is emitted twice, in the body and in the module beside a free function: neither place can name the other. That is
//! also why all it needs is kept here as text, spans and numbers.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::visit::{self, Visit};
use syn::{Block, Expr, Macro, Pat, PatIdent, Stmt};

use crate::analysis::Facts;
use crate::function::{Argument, Function, Kind};
use crate::graph::{BlockId, End, Graph, Instr, Point};
use crate::names::{Local, Used};
use crate::scope::{LocalInfo, Locals};
use crate::syntax::native::ForAwait;
use crate::syntax::suspends::Marker;

/// A suspension point: where it stands, its `PointKind`, and its name if it has one.
struct Paused {
    span: Span,
    kind: &'static str,
    label: Option<String>,
}

/// The code object of one function.
pub(crate) struct CodeObject {
    name: String,
    span: Span,
    kind: Ident,
    flags: Vec<Ident>,
    pub(super) arguments: Vec<String>,
    locals: Vec<String>,
    points: Vec<Paused>,
    edges: Vec<(u32, u32)>,
}

impl CodeObject {
    /// What the signature and the arguments of the attribute tell.
    pub(crate) fn of(function: &Function) -> Self {
        let kind = match function.kind {
            Kind::Frame | Kind::Pinned if function.task => "Coroutine",
            Kind::Frame | Kind::Pinned => "Generator",
            Kind::Async => "Coroutine",
            Kind::AsyncGenerator => "AsyncGenerator",
        };
        let flags = [
            (function.kind.is_async(), "Async"),
            (function.kind == Kind::Pinned, "Pinned"),
            (function.recursive, "Recursive"),
            (function.task, "Task"),
            (function.tracked, "Tracked"),
        ];
        let flags = flags.into_iter().filter(|(is_set, _)| *is_set).map(|(_, flag)| format_ident!("{flag}"));
        let arguments: Vec<String> = function.arguments.iter().map(name_of).collect();
        CodeObject {
            name: function.name.trim_start_matches("r#").to_owned(),
            span: function.span,
            kind: format_ident!("{kind}"),
            flags: flags.collect(),
            locals: arguments.clone(),
            arguments,
            points: Vec::new(),
            edges: Vec::new(),
        }
    }

    /// The suspension points, each with its `PointKind`.
    pub(crate) fn with_points(mut self, points: impl Iterator<Item = (Span, &'static str)>) -> Self {
        self.points = points.map(|(span, kind)| Paused { span, kind, label: None }).collect();
        self
    }

    /// The names that the patterns of the arguments bind, and those of a body that rustc compiles.
    pub(crate) fn with_names(mut self, function: &Function, written: &Block) -> Self {
        let mut names = Names(&mut self.locals);
        for argument in function.arguments.iter().filter(|argument| !argument.plain) {
            names.visit_pat(&argument.pat);
        }
        names.visit_block(written);
        self
    }

    /// The names, the points and the edges of a body that the macro compiles. `source` has the names that the user wrote.
    pub(crate) fn with_graph(
        mut self,
        graph: &Graph,
        facts: &Facts,
        locals: &Locals,
        own: usize,
        source: &Used,
    ) -> Self {
        for index in self.arguments.len()..own {
            let LocalInfo { name, is_anothers, .. } = &locals[Local(index)];
            let name = name.trim_start_matches("r#");
            if !is_anothers && is_users(name, source) {
                add(&mut self.locals, name);
            }
        }
        let kind = |delegates| if delegates { "YieldFrom" } else { "Yield" };
        let paused =
            |point: &Point| Paused { span: point.span, kind: kind(point.delegates), label: point.label.clone() };
        self.points = graph.points.iter().map(paused).collect();
        self.edges = edges(graph, facts);
        self
    }

    /// The expression of it. `krate` is the path of the runtime, `qualified` that of the function, both from where it stands.
    pub(crate) fn expr(&self, krate: &TokenStream, qualified: &TokenStream) -> TokenStream {
        let CodeObject { name, kind, flags, arguments, locals, .. } = self;
        let place = quote_spanned!(self.span=> ::core::file!(), ::core::line!());
        let points = self.points.iter().map(|Paused { span, kind, label }| {
            let kind = Ident::new(kind, Span::call_site());
            let label = label.as_ref().map(|label| quote!(.labelled(#label)));
            quote_spanned! {*span=>
                #krate::Point::new(#krate::PointKind::#kind, ::core::line!(), ::core::column!())#label
            }
        });
        let edges = self.edges.iter().map(|(from, to)| {
            let (from, to) = (Literal::u32_unsuffixed(*from), Literal::u32_unsuffixed(*to));
            quote!((#from, #to))
        });
        quote! {
            #krate::Code::new(#name, #place, &[#(#points),*])
                .qualified(#qualified)
                .of_kind(#krate::CodeKind::#kind, &[#(#krate::CodeFlag::#flags),*])
                .with_locals(&[#(#arguments),*], &[#(#locals),*])
                .with_edges(&[#(#edges),*])
        }
    }

    /// [`Self::expr`] in the body.
    pub(crate) fn inside(&self, function: &Function) -> TokenStream {
        let (krate, name) = (&function.krate, &self.name);
        self.expr(&quote!(#krate), &quote!(::core::concat!(::core::module_path!(), "::", #name)))
    }
}

/// Adds a name that is not there.
fn add(names: &mut Vec<String>, name: &str) {
    if !names.iter().any(|other| other == name) {
        names.push(name.to_owned());
    }
}

/// The names that patterns bind, without those of closures and of blocks that are futures.
struct Names<'a>(&'a mut Vec<String>);

impl<'ast> Visit<'ast> for Names<'_> {
    fn visit_pat_ident(&mut self, pat: &'ast PatIdent) {
        let name = pat.ident.to_string();
        let name = name.trim_start_matches("r#");
        // It may be a constant: the case of its name tells, as it does in rustc's lint.
        if !name.starts_with(char::is_uppercase) {
            add(self.0, name);
        }
        visit::visit_pat_ident(self, pat);
    }

    fn visit_expr(&mut self, expr: &'ast Expr) {
        if !matches!(expr, Expr::Closure(_) | Expr::Async(_)) {
            visit::visit_expr(self, expr);
        }
    }

    // In the order in which they come to be.
    fn visit_local(&mut self, local: &'ast syn::Local) {
        if let Some(init) = &local.init {
            self.visit_expr(&init.expr);
            init.diverge.iter().for_each(|(_, otherwise)| self.visit_expr(otherwise));
        }
        self.visit_pat(&local.pat);
    }

    // What does not parse has been reported.
    fn visit_macro(&mut self, mac: &'ast Macro) {
        match Marker::of(mac) {
            Some(Marker::Attempt) => {
                if let Ok(stmts) = mac.parse_body_with(Block::parse_within) {
                    stmts.iter().for_each(|stmt| self.visit_stmt(stmt));
                }
            }
            Some(Marker::ForAwait) => {
                if let Ok(ForAwait { pat, body, .. }) = ForAwait::parse(mac) {
                    self.visit_pat(&pat);
                    self.visit_block(&body);
                }
            }
            _ => {}
        }
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

/// An argument as it is written, without what has nothing to do with its value.
fn name_of(argument: &Argument) -> String {
    match &argument.pat {
        Pat::Ident(binding) if argument.plain => binding.ident.to_string().trim_start_matches("r#").to_owned(),
        pat => pat.to_token_stream().to_string().replace(" ,", ",").replace("( ", "(").replace(" )", ")"),
    }
}

/// Whether a local has a name that the user gave it: not one of those that markers and wildcards become.
pub(super) fn is_users(name: &str, source: &Used) -> bool {
    source.contains(name)
}

/// Which point, by its number, can follow which; 0 is the start, and the end comes after the last point.
fn edges(graph: &Graph, facts: &Facts) -> Vec<(u32, u32)> {
    let number = |point: usize| u32::try_from(point).unwrap_or(u32::MAX);
    let end = number(graph.points.len() + 1);
    let mut starts = vec![(0, Graph::ENTRY)];
    starts.extend(graph.reachable().into_iter().filter_map(|id| Some((graph.block(id).resumes?, id))));
    let mut all = BTreeSet::new();
    for (from, start) in starts {
        let mut todo = vec![start];
        let mut seen = BTreeSet::new();
        while let Some(id) = todo.pop() {
            if !seen.insert(id) || facts.state_in(id).0.is_none() {
                continue;
            }
            let (may_end, goes_on) = leaves(graph, facts, id);
            if may_end {
                all.insert((number(from), end));
            }
            if !goes_on {
                continue;
            }
            match &graph.block(id).end {
                End::Suspend { point, .. } => {
                    all.insert((number(from), number(*point)));
                }
                End::Return(_) => {
                    all.insert((number(from), end));
                }
                other => todo.extend(other.successors()),
            }
        }
    }
    all.into_iter().collect()
}

/// Whether a statement of a block, or the expression at its end, may leave the body, and whether control comes to its end.
fn leaves(graph: &Graph, facts: &Facts, id: BlockId) -> (bool, bool) {
    let block = graph.block(id);
    let mut exits = Exits(false);
    for (instr, after) in block.instrs.iter().zip(facts.states(graph, id)) {
        if let Instr::Stmt(stmt) = instr {
            exits.visit_stmt(stmt);
        }
        if after.0.is_none() {
            return (exits.0, false);
        }
    }
    match &block.end {
        End::Branch { cond, .. } => exits.visit_expr(cond),
        End::Match { scrutinee, .. } => exits.visit_expr(scrutinee),
        End::Suspend { value, .. } => exits.visit_expr(value),
        End::Return(_) | End::Goto(_) | End::Jump { .. } | End::Unreachable => {}
    }
    (exits.0, true)
}

/// Whether there is a `return` or a `?`.
struct Exits(bool);

impl<'ast> Visit<'ast> for Exits {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Return(_) | Expr::Try(_) => self.0 = true,
            Expr::Closure(_) | Expr::Async(_) => {}
            _ => visit::visit_expr(self, expr),
        }
    }

    fn visit_stmt(&mut self, stmt: &'ast Stmt) {
        if !matches!(stmt, Stmt::Item(_)) {
            visit::visit_stmt(self, stmt);
        }
    }
}
