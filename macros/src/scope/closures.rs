//! What closures and async blocks capture of the locals around them.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Expr, Pat, Token};

use super::{Locals, written};
use crate::names::{Local, bare_local, local_of, locals_in_text};
use crate::scope::mentions::is_place;
use crate::syntax::attributes;
use crate::syntax::calls::{Calls, Mode};

/// The locals that a `move` closure of this body captures as a whole, and by value.
///
/// Edition 2021 captures places. A field is captured alone, unless it is reached through a pointer; a pattern that takes a
/// local apart captures what it binds, and what it looks at to see whether it matches.
pub(super) fn wholes(body: &Expr, locals: &Locals) -> BTreeSet<Local> {
    let mut wholes = Wholes::default();
    wholes.visit_expr(body);
    let Wholes { mut found, fields } = wholes;
    found.extend(fields.into_keys().filter(|local| written::is_pointer(&locals[*local])));
    found
}

/// A local of which a `move` closure mentions fields and never the whole.
pub(crate) struct ByField {
    pub(crate) local: Local,
    /// Where it does so first.
    pub(crate) span: Span,
    /// Whether the source says that it is a pointer.
    pub(crate) is_pointer: bool,
}

/// The locals of which it mentions fields and never the whole.
pub(crate) fn fields(body: &Expr, locals: &Locals) -> Vec<ByField> {
    let mut wholes = Wholes::default();
    wholes.visit_expr(body);
    let Wholes { found, fields } = wholes;
    let fields = fields.into_iter().filter(|(local, _)| !found.contains(local));
    fields.map(|(local, span)| ByField { local, span, is_pointer: written::is_pointer(&locals[local]) }).collect()
}

/// The locals among the tokens of a macro.
pub(crate) fn mentioned(tokens: TokenStream) -> Vec<Local> {
    let of = |token: TokenTree| match token {
        TokenTree::Ident(ident) => local_of(&ident).into_iter().collect(),
        TokenTree::Group(group) => mentioned(group.stream()),
        TokenTree::Literal(literal) => locals_in_text(&literal.to_string()),
        TokenTree::Punct(_) => Vec::new(),
    };
    tokens.into_iter().flat_map(of).collect()
}

/// The body of an async block, as that of a closure is.
pub(crate) fn body_of(block: &syn::ExprAsync) -> Expr {
    Expr::Block(syn::ExprBlock { attrs: Vec::new(), label: None, block: block.block.clone() })
}

/// The arguments of a macro in a closure, where those are expressions, and what it does with them.
pub(super) fn arguments(mac: &syn::Macro) -> Vec<(Expr, Mode)> {
    if mac.path.is_ident("dbg") {
        let parser = Punctuated::<Expr, Token![,]>::parse_terminated;
        let list = syn::parse::Parser::parse2(parser, mac.tokens.clone()).unwrap_or_default();
        return list.into_iter().map(|arg| (arg, Mode::Value)).collect();
    }
    let mut calls = Calls::default();
    match calls.parse(mac) {
        Some(Expr::Call(call)) => {
            let modes: Vec<Mode> = calls.get(&call.func).map(|call| call.modes().collect()).unwrap_or_default();
            call.args.into_iter().zip(modes).collect()
        }
        _ => Vec::new(),
    }
}

#[derive(Default)]
struct Wholes {
    found: BTreeSet<Local>,
    /// What is mentioned by a field, and where.
    fields: BTreeMap<Local, Span>,
}

impl Wholes {
    /// A place that patterns are matched with.
    fn matched(&mut self, place: &Expr, pats: &[&Pat]) {
        // A place that a wildcard is matched with is not even looked at.
        if looks_at(pats) || !is_place(place) {
            self.visit_expr(place);
        }
    }
}

impl<'ast> Visit<'ast> for Wholes {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Path(path) => self.found.extend(path.path.get_ident().and_then(local_of)),
            Expr::Field(field) => match bare_local(&field.base) {
                Some(local) => {
                    self.fields.entry(local).or_insert_with(|| field.base.span());
                }
                None => self.visit_expr(&field.base),
            },
            Expr::Let(test) => self.matched(&test.expr, &[&test.pat]),
            Expr::Match(inner) => {
                let pats: Vec<&Pat> = inner.arms.iter().map(|arm| &arm.pat).collect();
                self.matched(&inner.expr, &pats);
                for arm in inner.arms.iter().filter(|arm| attributes::configuring(&arm.attrs).is_none()) {
                    if let Some((_, guard)) = &arm.guard {
                        self.visit_expr(guard);
                    }
                    self.visit_expr(&arm.body);
                }
            }
            Expr::Assign(assign) if matches!(*assign.left, Expr::Infer(_)) && is_place(&assign.right) => {}
            _ => visit::visit_expr(self, expr),
        }
    }

    fn visit_stmt(&mut self, stmt: &'ast syn::Stmt) {
        // What may be configured out may capture nothing.
        if !attributes::is_configured(stmt) {
            visit::visit_stmt(self, stmt);
        }
    }

    fn visit_field_value(&mut self, field: &'ast syn::FieldValue) {
        if attributes::configuring(&field.attrs).is_none() {
            visit::visit_field_value(self, field);
        }
    }

    fn visit_local(&mut self, stmt: &'ast syn::Local) {
        let Some(init) = &stmt.init else { return };
        self.matched(&init.expr, &[&stmt.pat]);
        if let Some((_, diverge)) = &init.diverge {
            self.visit_expr(diverge);
        }
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        if let Some(closure) = coroutine_of(mac) {
            self.visit_expr(&closure.body);
        } else if let Some((scrutinee, pat)) = matched_by(mac) {
            self.matched(&scrutinee, &[&pat]);
        } else {
            arguments(mac).iter().for_each(|(arg, _)| self.visit_expr(arg));
        }
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

/// Whether matching a local with these patterns is certain to take or to look at it as a whole.
fn looks_at(pats: &[&Pat]) -> bool {
    fn cases<'a>(pat: &'a Pat, all: &mut Vec<&'a Pat>) {
        match pat {
            Pat::Or(or) => or.cases.iter().for_each(|case| cases(case, all)),
            Pat::Paren(inner) => cases(&inner.pat, all),
            Pat::Type(inner) => cases(&inner.pat, all),
            pat => all.push(pat),
        }
    }
    let mut all = Vec::new();
    pats.iter().for_each(|pat| cases(pat, &mut all));
    let variants: Vec<String> = all.iter().filter_map(|pat| variant(pat)).collect();
    let known = ["Some", "None", "Ok", "Err"];
    all.iter().any(|pat| match pat {
        Pat::Ident(binding) => local_of(&binding.ident).is_some(),
        Pat::Lit(_) | Pat::Range(_) => true,
        _ => false,
    }) || variants.iter().any(|name| known.contains(&name.as_str()) || *name != variants[0])
}

/// The name of the variant that a pattern is for, which may as well be a struct or a constant.
fn variant(pat: &Pat) -> Option<String> {
    let path = match pat {
        Pat::TupleStruct(tuple) => &tuple.path,
        Pat::Struct(pat) => &pat.path,
        Pat::Path(path) => &path.path,
        Pat::Ident(constant) => return Some(constant.ident.to_string()),
        _ => return None,
    };
    path.segments.last().map(|last| last.ident.to_string())
}

/// The scrutinee of a `matches!`, and its pattern.
fn matched_by(mac: &syn::Macro) -> Option<(Expr, Pat)> {
    let parser = |input: syn::parse::ParseStream<'_>| {
        let scrutinee: Expr = input.parse()?;
        input.parse::<Token![,]>()?;
        let pat = Pat::parse_multi_with_leading_vert(input)?;
        input.parse::<TokenStream>()?;
        Ok((scrutinee, pat))
    };
    let is_matches = mac.path.segments.last().is_some_and(|last| last.ident == "matches");
    is_matches.then(|| syn::parse::Parser::parse2(parser, mac.tokens.clone()).ok()).flatten()
}

/// The closure of a `coroutine!`, which captures as any closure does.
pub(crate) fn coroutine_of(mac: &syn::Macro) -> Option<syn::ExprClosure> {
    let parser = |input: syn::parse::ParseStream<'_>| {
        while !input.peek(syn::Token![move]) && !input.peek(syn::Token![|]) && !input.peek(syn::Token![||]) {
            input.parse::<TokenTree>()?;
        }
        input.parse()
    };
    let is_coroutine = mac.path.segments.last().is_some_and(|last| last.ident == "coroutine");
    is_coroutine.then(|| syn::parse::Parser::parse2(parser, mac.tokens.clone()).ok()).flatten()
}
