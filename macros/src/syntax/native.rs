//! The native form of a body: the source as written, each marker a call.
//!
//! It stands in the expansion and is never run. rustc checks and lints it as the plain function it is: a moved value, an
//! assignment to a local that is not `mut`, an unused variable are reported there, in rustc's words and at the user's
//! code, whatever the lowering made of the same lines.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, Macro, Stmt, Type};

use super::suspends::is_marker;
use crate::names::generic;
use crate::per_resume;

/// The body with each marker as a call of `pause`.
pub(crate) fn native(body: &Block, krate: &syn::Path, yields: &Type, sends: &Type) -> Block {
    let mut body = body.clone();
    let (yields, sends) = (per_resume::inferred(yields), per_resume::inferred(sends));
    let (pause, pause_unit) = (quote!(#krate::private::pause), quote!(#krate::private::pause_unit));
    Native { pause, pause_unit, yields, sends }.visit_block_mut(&mut body);
    body
}

/// Whether a marker is written without a path, so that it may have been imported.
pub(crate) fn names_marker(tokens: TokenStream) -> bool {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    tokens.iter().enumerate().any(|(index, token)| match token {
        TokenTree::Group(group) => names_marker(group.stream()),
        TokenTree::Ident(name) if name == "yield_" => {
            !matches!(index.checked_sub(1).map(|before| &tokens[before]), Some(TokenTree::Punct(p)) if p.as_char() == ':')
        }
        _ => false,
    })
}

struct Native {
    pause: TokenStream,
    pause_unit: TokenStream,
    yields: Type,
    sends: Type,
}

impl Native {
    /// A call that reads as the marker: its path at the marker's name, its arguments at the marker's.
    fn call(&self, name: Span, arguments: Span, operand: TokenStream) -> TokenStream {
        let (yields, sends) = (&self.yields, &self.sends);
        let callee = generic(name, &self.pause, &[yields, sends]);
        if operand.is_empty() {
            let callee = generic(name, &self.pause_unit, &[sends]);
            let mut group = Group::new(Delimiter::Parenthesis, TokenStream::new());
            group.set_span(arguments);
            return quote!(#callee #group);
        }
        // The operand is evaluated as an initialiser is. The block is the expansion's, so that no lint takes its braces
        // for the user's.
        let block = quote!({ let value: #yields = #operand; value });
        let mut group = Group::new(Delimiter::Parenthesis, block);
        group.set_span(arguments);
        quote!(#callee #group)
    }

    /// Markers in the tokens of a macro call.
    fn tokens(&self, tokens: TokenStream) -> TokenStream {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut out: Vec<TokenTree> = Vec::new();
        let mut index = 0;
        while let Some(token) = tokens.get(index) {
            match (token, tokens.get(index + 1), tokens.get(index + 2)) {
                (TokenTree::Ident(name), Some(TokenTree::Punct(bang)), Some(TokenTree::Group(group)))
                    if name == "yield_" && bang.as_char() == '!' =>
                {
                    drop_path(&mut out);
                    out.extend(self.call(name.span(), group.span(), self.tokens(group.stream())));
                    index += 3;
                }
                (TokenTree::Group(group), ..) => {
                    let mut inner = Group::new(group.delimiter(), self.tokens(group.stream()));
                    inner.set_span(group.span());
                    out.push(inner.into());
                    index += 1;
                }
                _ => {
                    out.push(token.clone());
                    index += 1;
                }
            }
        }
        out.into_iter().collect()
    }

    fn marker(&self, mac: &Macro) -> Expr {
        let span = mac.path.segments.last().map_or_else(proc_macro2::Span::call_site, |last| last.ident.span());
        let call = self.call(span, mac.delimiter.span().join(), self.tokens(mac.tokens.clone()));
        Expr::Verbatim(call)
    }
}

/// Removes `coframe::` or `::coframe::` from before a marker.
fn drop_path(out: &mut Vec<TokenTree>) {
    let colon = |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Punct(p)) if p.as_char() == ':');
    while colon(out.last()) && colon(out.len().checked_sub(2).and_then(|index| out.get(index))) {
        out.pop();
        out.pop();
        if matches!(out.last(), Some(TokenTree::Ident(ident)) if is_path_segment(ident)) {
            out.pop();
        } else {
            break;
        }
    }
}

fn is_path_segment(ident: &Ident) -> bool {
    !matches!(ident.to_string().as_str(), "return" | "break" | "in" | "if" | "match" | "while" | "else" | "mut")
}

impl VisitMut for Native {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Macro(mac) if is_marker(&mac.mac) => *expr = self.marker(&mac.mac),
            Expr::Yield(inner) => {
                let mut operand = inner.expr.take();
                if let Some(operand) = &mut operand {
                    self.visit_expr_mut(operand);
                }
                let call = self.call(
                    inner.yield_token.span,
                    inner.yield_token.span,
                    operand.map_or_else(TokenStream::new, |e| e.to_token_stream()),
                );
                *expr = Expr::Verbatim(call);
            }
            _ => visit_mut::visit_expr_mut(self, expr),
        }
    }

    fn visit_stmt_mut(&mut self, stmt: &mut Stmt) {
        match stmt {
            Stmt::Macro(mac) if is_marker(&mac.mac) => *stmt = Stmt::Expr(self.marker(&mac.mac), mac.semi_token),
            _ => visit_mut::visit_stmt_mut(self, stmt),
        }
    }

    fn visit_macro_mut(&mut self, mac: &mut Macro) {
        if mac.path.segments.last().is_some_and(|segment| segment.ident == "coroutine") {
            return;
        }
        let tokens = self.tokens(mac.tokens.clone());
        mac.tokens = tokens;
    }

    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}
