//! What a body that is polled cannot have: markers of another kind of function, and markers where they would have to leave
//! something else.

use proc_macro2::{TokenStream, TokenTree};
use syn::parse::Parser;
use syn::visit::{self, Visit};
use syn::{Block, Expr, Macro};

use super::markers::{Raised, keeps_its_markers, labelled, marker_name, name_span, operand, refuse_in_item, single};
use super::native::{ForAwait, Piece, is_touched, macro_call, pieces};
use super::suspends::{Marker, first_marker};
use crate::function::Kind;
use crate::message::{self, Place};
use crate::report::Report;

/// Reports the markers of a body that cannot stand where they do, or whose operands are wrong.
pub(crate) fn check(body: &Block, kind: Kind, report: &mut Report) {
    Check { kind, refused: None, report }.visit_block(body);
}

struct Check<'a> {
    kind: Kind,
    /// Where a marker cannot stand.
    refused: Option<Place>,
    report: &'a mut Report,
}

impl Check<'_> {
    fn refusing(&mut self, place: Place, visit: impl FnOnce(&mut Self)) {
        let outer = self.refused.replace(place);
        visit(self);
        self.refused = outer;
    }

    /// Why a marker cannot stand in this kind of function.
    fn refusal(&self, marker: Marker) -> Option<&'static str> {
        Some(match (self.kind, marker) {
            (Kind::Async, Marker::Yield | Marker::TryYield) => message::ASYNC_YIELD,
            (Kind::Async, Marker::YieldFrom) => message::ASYNC_YIELD_FROM,
            (Kind::Async, Marker::TryYieldFrom) => message::ASYNC_TRY_YIELD_FROM,
            (Kind::AsyncGenerator, Marker::YieldFrom | Marker::TryYieldFrom) => message::ASYNC_DELEGATE,
            (Kind::Frame | Kind::Pinned, Marker::TryAwait) => message::TRY_AWAIT,
            (Kind::Frame | Kind::Pinned, Marker::ForAwait) => message::FOR_AWAIT,
            _ => return None,
        })
    }

    fn marker(&mut self, mac: &Macro, marker: Marker) -> syn::Result<()> {
        if let Some(text) = self.refusal(marker) {
            return Err(syn::Error::new(name_span(mac), text));
        }
        match marker {
            Marker::Yield | Marker::TryYield => {
                operand(mac).map(|(_, operand)| operand.iter().for_each(|operand| self.visit_expr(operand)))
            }
            Marker::YieldFrom | Marker::TryYieldFrom => {
                labelled(mac, message::DELEGATE_ARGUMENTS).map(|(_, operand)| self.visit_expr(&operand))
            }
            Marker::TryAwait => single(mac, message::AWAIT_ARGUMENTS).map(|operand| self.visit_expr(&operand)),
            Marker::ForAwait => ForAwait::parse(mac).map(|ForAwait { pat, stream, body, .. }| {
                self.visit_pat(&pat);
                self.visit_expr(&stream);
                self.visit_block(&body);
            }),
            Marker::OrRaise => single(mac, message::OR_RAISE_ARGUMENTS).map(|operand| self.visit_expr(&operand)),
            Marker::Raise => Raised::parse(mac).map(|Raised { exception, cause }| {
                self.visit_expr(&exception);
                cause.iter().for_each(|cause| self.visit_expr(cause));
            }),
            Marker::Attempt => Block::parse_within.parse2(mac.tokens.clone()).map(|stmts| {
                stmts.iter().for_each(|stmt| self.visit_stmt(stmt));
            }),
        }
    }

    /// The input of any other macro.
    fn input(&mut self, mac: &Macro) {
        if keeps_its_markers(mac) || !is_touched(&mac.tokens) {
            return;
        }
        if let Some(place) = self.refused {
            if let Some(marker) = first_marker(mac.tokens.clone()) {
                self.report.at(&mac.path, message::marker_in(place, &marker));
            }
            return;
        }
        for piece in pieces(mac.tokens.clone()) {
            if let Piece::Between(tokens) = piece {
                match syn::parse2::<Expr>(tokens.clone()) {
                    Ok(expr) => self.visit_expr(&expr),
                    Err(_) => self.tokens(tokens),
                }
            }
        }
    }

    fn tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (index, token) in tokens.iter().enumerate() {
            match (token, tokens.get(index + 1), tokens.get(index + 2)) {
                (TokenTree::Ident(name), Some(TokenTree::Punct(bang)), Some(TokenTree::Group(group)))
                    if bang.as_char() == '!' && Marker::named(name).is_some() =>
                {
                    self.visit_macro(&macro_call(name, group));
                }
                (TokenTree::Group(group), ..) => self.tokens(group.stream()),
                _ => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for Check<'_> {
    fn visit_macro(&mut self, mac: &'ast Macro) {
        let Some(marker) = Marker::of(mac) else {
            self.input(mac);
            return;
        };
        let checked = match self.refused {
            Some(place) => Err(syn::Error::new(name_span(mac), message::marker_in(place, &marker_name(mac)))),
            None => self.marker(mac, marker),
        };
        if let Err(error) = checked {
            self.report.push(error);
        }
    }

    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Yield(inner) => match (self.refused, self.refusal(Marker::Yield)) {
                (Some(place), _) => self.report.at(&inner.yield_token, message::marker_in(place, "yield")),
                (None, Some(text)) => self.report.at(&inner.yield_token, text),
                (None, None) => visit::visit_expr(self, expr),
            },
            Expr::Await(inner) if self.refused.is_none() && !self.kind.is_async() => {
                self.report.at(&inner.await_token, message::AWAIT);
            }
            Expr::Closure(_) => self.refusing(Place::Closure, |check| visit::visit_expr(check, expr)),
            Expr::Async(_) => self.refusing(Place::Async, |check| visit::visit_expr(check, expr)),
            _ => visit::visit_expr(self, expr),
        }
    }

    fn visit_item(&mut self, item: &'ast syn::Item) {
        refuse_in_item(item, self.report);
    }

    fn visit_pat(&mut self, pat: &'ast syn::Pat) {
        self.refusing(Place::Pattern, |check| visit::visit_pat(check, pat));
    }

    fn visit_type(&mut self, ty: &'ast syn::Type) {
        self.refusing(Place::Pattern, |check| visit::visit_type(check, ty));
    }
}
