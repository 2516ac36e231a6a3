//! The first pass: markers become `yield` expressions, known macros become calls.
//!
//! Input: the body as written. Output: the same body in which every suspension is an `Expr::Yield` and the only macro
//! calls left are opaque. Invariant: no marker is left in tokens, closures, async blocks or items; each such marker was
//! reported.

use proc_macro2::Span;
use syn::parse::{ParseStream, Parser};
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, ExprYield, Macro, Stmt, Token, parse_quote};

use super::calls::Calls;
use super::suspends::{has_marker, is_marker};
use crate::message;
use crate::report::Report;

/// Rewrites a body; the calls are needed to write its macros again.
pub(crate) fn normalise(body: &mut Block, report: &mut Report) -> Calls {
    let mut pass = Markers { calls: Calls::default(), refused: None, report };
    pass.visit_block_mut(body);
    pass.calls
}

/// Reports the markers of an item, which do not belong to the function around it.
pub(crate) fn refuse_in_item(item: &syn::Item, report: &mut Report) {
    let mut item = item.clone();
    Markers { calls: Calls::default(), refused: None, report }.visit_item_mut(&mut item);
}

struct Markers<'a> {
    calls: Calls,
    /// Why a marker cannot stand here.
    refused: Option<&'static str>,
    report: &'a mut Report,
}

impl Markers<'_> {
    fn refusing(&mut self, why: &'static str, visit: impl FnOnce(&mut Self)) {
        let outer = self.refused.replace(why);
        visit(self);
        self.refused = outer;
    }

    /// What a macro call is to the compiler, or `None` if it stays as it is.
    fn macro_expr(&mut self, mac: &Macro) -> Option<Expr> {
        if is_marker(mac) {
            return Some(self.marker(mac));
        }
        if self.refused.is_some() {
            // Inside a closure nothing is rewritten; a marker in the tokens is refused all the same.
            self.check_tokens(mac);
            return None;
        }
        if let Some(call) = self.calls.parse(mac) {
            return Some(call);
        }
        self.check_tokens(mac);
        None
    }

    fn check_tokens(&mut self, mac: &Macro) {
        if has_marker(mac.tokens.clone()) && !keeps_its_markers(mac) {
            self.report.at(&mac.path, self.refused.unwrap_or(message::MARKER_IN_MACRO));
        }
    }

    fn marker(&mut self, mac: &Macro) -> Expr {
        let span = mac.path.segments.last().map_or_else(Span::call_site, |segment| segment.ident.span());
        let parser = |input: ParseStream<'_>| {
            if input.is_empty() {
                return Ok(parse_quote!(()));
            }
            let value: Expr = input.parse()?;
            let _: Option<Token![,]> = input.parse()?;
            if !input.is_empty() {
                return Err(input.error(message::MARKER_ARGUMENTS));
            }
            Ok(value)
        };
        let value = parser.parse2(mac.tokens.clone()).unwrap_or_else(|error| {
            self.report.push(error);
            parse_quote!(())
        });
        // The parentheses are those of the marker: errors about its value point at all of it.
        let expr = Expr::Paren(syn::ExprParen {
            attrs: Vec::new(),
            paren_token: syn::token::Paren(mac.delimiter.span().join()),
            expr: Box::new(value),
        });
        Expr::Yield(ExprYield { attrs: Vec::new(), yield_token: Token![yield](span), expr: Some(Box::new(expr)) })
    }
}

/// Macros that do not evaluate what stands in them: `coroutine!` has markers of its own.
fn keeps_its_markers(mac: &Macro) -> bool {
    const OTHERS: [&str; 3] = ["coroutine", "macro_rules", "stringify"];
    mac.path.segments.last().is_some_and(|segment| OTHERS.iter().any(|name| segment.ident == name))
}

impl VisitMut for Markers<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if let Expr::Macro(mac) = expr
            && let Some(mut other) = self.macro_expr(&mac.mac)
        {
            if let Expr::Yield(inner) = &mut other {
                inner.attrs = std::mem::take(&mut mac.attrs);
            }
            *expr = other;
        }
        match expr {
            Expr::Yield(inner) => {
                if let Some(why) = self.refused {
                    self.report.at_span(inner.yield_token.span, why);
                }
                if let Some(value) = &mut inner.expr {
                    self.visit_expr_mut(value);
                }
            }
            Expr::Closure(closure) => {
                self.refusing(message::MARKER_IN_CLOSURE, |pass| visit_mut::visit_expr_closure_mut(pass, closure));
            }
            Expr::Async(block) => {
                self.refusing(message::MARKER_IN_ASYNC, |pass| visit_mut::visit_expr_async_mut(pass, block));
            }
            Expr::Await(inner) if self.refused.is_none() => {
                self.report.at(&inner.await_token, message::AWAIT);
                visit_mut::visit_expr_await_mut(self, inner);
            }
            Expr::TryBlock(inner) => self.report.at(inner, message::TRY_BLOCK),
            _ => visit_mut::visit_expr_mut(self, expr),
        }
    }

    fn visit_stmt_mut(&mut self, stmt: &mut Stmt) {
        if let Stmt::Macro(mac) = stmt
            && let Some(mut other) = self.macro_expr(&mac.mac)
        {
            if let Expr::Yield(inner) = &mut other {
                inner.attrs = std::mem::take(&mut mac.attrs);
            } else if !mac.attrs.is_empty() {
                // The attribute belongs to a statement that stays a macro call.
                visit_mut::visit_stmt_mut(self, stmt);
                return;
            }
            *stmt = Stmt::Expr(other, mac.semi_token);
        }
        visit_mut::visit_stmt_mut(self, stmt);
    }

    fn visit_item_mut(&mut self, item: &mut syn::Item) {
        // A nested coroutine has markers of its own.
        if let syn::Item::Fn(function) = item
            && function.attrs.iter().any(|attr| attr.path().segments.last().is_some_and(|s| s.ident == "coroutine"))
        {
            return;
        }
        if matches!(item, syn::Item::Macro(_)) {
            return;
        }
        self.refusing(message::MARKER_IN_ITEM, |pass| visit_mut::visit_item_mut(pass, item));
    }

    fn visit_pat_mut(&mut self, pat: &mut syn::Pat) {
        self.refusing(message::MARKER_IN_PATTERN, |pass| visit_mut::visit_pat_mut(pass, pat));
    }

    fn visit_type_mut(&mut self, ty: &mut syn::Type) {
        self.refusing(message::MARKER_IN_PATTERN, |pass| visit_mut::visit_type_mut(pass, ty));
    }

    fn visit_macro_mut(&mut self, mac: &mut Macro) {
        self.check_tokens(mac);
    }
}
