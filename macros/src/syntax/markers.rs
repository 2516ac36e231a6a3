//! The first pass: markers become `yield` expressions, known macros become calls.
//!
//! Input: the body as written. Output: the same body in which every suspension is an `Expr::Yield` and the only macro
//! calls left are opaque. Invariant: no marker is left in tokens, closures, async blocks or items; each such marker was
//! reported.

use std::collections::HashSet;

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::parse::{ParseStream, Parser};
use syn::token::Brace;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Arm, Attribute, Block, Expr, ExprBlock, ExprBreak, ExprMatch, Label, Lifetime, Macro, Stmt, Token, parse_quote,
};

use super::attributes;
use super::calls::Calls;
use super::pauses::{self, Pause};
use super::suspends::{Marker, first_marker};
use crate::function::Function;
use crate::message::{self, Place};
use crate::names::{Stub, at, respan};
use crate::report::Report;

/// Rewrites a body; the calls are needed to write its macros again.
pub(crate) fn normalise(body: &mut Block, function: &Function, report: &mut Report) -> Calls {
    let private = function.private();
    let mut pass = Markers::new(&private, function.nothing(), report);
    pass.visit_block_mut(body);
    pass.calls
}

/// Reports the markers of an item, which do not belong to the function around it.
pub(crate) fn refuse_in_item(item: &syn::Item, report: &mut Report) {
    let mut item = item.clone();
    Markers::new(&TokenStream::new(), parse_quote!(()), report).visit_item_mut(&mut item);
}

struct Markers<'a> {
    calls: Calls,
    /// Where a marker cannot stand.
    refused: Option<Place>,
    /// The attempts that are open, innermost last.
    attempts: Vec<Lifetime>,
    /// How many attempts there are so far.
    count: usize,
    /// The names of suspension points so far.
    labels: HashSet<String>,
    private: &'a TokenStream,
    /// What a marker hands out that has no operand.
    nothing: Expr,
    report: &'a mut Report,
}

/// What a marker hands out, one value or nothing, and the name that it has.
pub(super) fn operand(mac: &Macro) -> syn::Result<(Option<Lifetime>, Option<Expr>)> {
    let parser = |input: ParseStream<'_>| {
        let label = pauses::label(input)?;
        if input.is_empty() {
            return Ok((label, None));
        }
        let value: Expr = input.parse()?;
        let _: Option<Token![,]> = input.parse()?;
        if !input.is_empty() {
            return Err(input.error(format!("`{}` {}", marker_name(mac), message::MARKER_ARGUMENTS)));
        }
        Ok((label, Some(value)))
    };
    parser.parse2(mac.tokens.clone())
}

/// The operands of a `raise!`.
pub(super) struct Raised {
    pub(super) exception: Expr,
    pub(super) cause: Option<Expr>,
}

impl Raised {
    pub(super) fn parse(mac: &Macro) -> syn::Result<Self> {
        let parser = |input: ParseStream<'_>| {
            if input.is_empty() {
                return Err(syn::Error::new_spanned(&mac.path, format!("`raise!` {}", message::RAISE_ARGUMENTS)));
            }
            let exception = input.parse()?;
            let _: Option<Token![,]> = input.parse()?;
            let cause = if input.is_empty() {
                None
            } else {
                let name: syn::Ident = input.parse()?;
                if name != "from" {
                    return Err(syn::Error::new(name.span(), format!("`raise!` {}", message::RAISE_ARGUMENTS)));
                }
                input.parse::<Token![=]>()?;
                let cause = input.parse()?;
                let _: Option<Token![,]> = input.parse()?;
                Some(cause)
            };
            if input.is_empty() {
                Ok(Raised { exception, cause })
            } else {
                Err(input.error(format!("`raise!` {}", message::RAISE_ARGUMENTS)))
            }
        };
        parser.parse2(mac.tokens.clone())
    }
}

impl<'a> Markers<'a> {
    fn new(private: &'a TokenStream, nothing: Expr, report: &'a mut Report) -> Self {
        Markers {
            calls: Calls::default(),
            refused: None,
            attempts: Vec::new(),
            count: 0,
            labels: HashSet::new(),
            private,
            nothing,
            report,
        }
    }

    fn refusing(&mut self, place: Place, visit: impl FnOnce(&mut Self)) {
        let outer = self.refused.replace(place);
        visit(self);
        self.refused = outer;
    }

    /// What a macro call is to the compiler, or `None` if it stays as it is.
    fn macro_expr(&mut self, mac: &Macro) -> Option<Expr> {
        if let Some(marker) = Marker::of(mac) {
            if let Some(place) = self.refused {
                self.report.at_span(name_span(mac), message::marker_in(place, &marker_name(mac)));
                return Some(parse_quote!(()));
            }
            return Some(self.marker(mac, marker));
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
        if let Some(marker) = first_marker(mac.tokens.clone())
            && !keeps_its_markers(mac)
        {
            self.report.at(&mac.path, message::marker_in(self.refused.unwrap_or(Place::Macro), &marker));
        }
    }

    /// A marker as an expression. One that is wrong is reported, and stands for nothing.
    fn marker(&mut self, mac: &Macro, marker: Marker) -> Expr {
        let span = name_span(mac);
        let parens = syn::token::Paren(mac.delimiter.span().join());
        let made = match marker {
            Marker::Yield => operand(mac).map(|(label, operand)| self.pause(Pause::Yield, mac, label, operand)),
            Marker::TryYield => operand(mac).map(|(label, operand)| self.pause(Pause::TryYield, mac, label, operand)),
            Marker::YieldFrom => labelled(mac, message::DELEGATE_ARGUMENTS).map(|(label, operand)| {
                let outcome = self.pause(Pause::Delegate, mac, label, Some(operand));
                // The delegation records its place itself.
                self.value_or_raise(span, parens, outcome, at(span, quote!(exception)))
            }),
            Marker::TryYieldFrom => labelled(mac, message::DELEGATE_ARGUMENTS)
                .map(|(label, operand)| self.pause(Pause::Delegate, mac, label, Some(operand))),
            Marker::TryAwait => Err(syn::Error::new(span, message::TRY_AWAIT)),
            Marker::ForAwait => Err(syn::Error::new(span, message::FOR_AWAIT)),
            Marker::Attempt => Block::parse_within.parse2(mac.tokens.clone()).map(|stmts| self.attempt(span, stmts)),
            Marker::OrRaise => single(mac, message::OR_RAISE_ARGUMENTS).map(|result| {
                let raised = raise_call(self.private, span, parens, &at(span, quote!(exception)), None::<&Expr>);
                self.value_or_raise(span, parens, result, raised)
            }),
            Marker::Raise => Raised::parse(mac).map(|raised| self.raise(span, parens, raised.exception, raised.cause)),
        };
        made.unwrap_or_else(|error| {
            self.report.push(error);
            parse_quote!(())
        })
    }

    /// A suspension point. Its name is its own.
    fn pause(&mut self, kind: Pause, mac: &Macro, label: Option<Lifetime>, operand: Option<Expr>) -> Expr {
        if let Some(label) = &label
            && !self.labels.insert(label.ident.to_string())
        {
            self.report.at(label, message::same_label(label));
        }
        let operand = operand.unwrap_or_else(|| self.nothing.clone());
        kind.expr(name_span(mac), label.as_ref(), syn::token::Paren(mac.delimiter.span().join()), operand)
    }

    /// Reports elements of a list that may be configured out and may name a local: the expansion writes a local anew, and
    /// would have to know whether it is moved. A constant stays as it is.
    fn elements(&mut self, expr: &Expr) {
        let elements = match expr {
            Expr::Array(list) => &list.elems,
            Expr::Tuple(list) => &list.elems,
            Expr::Call(call) => &call.args,
            Expr::MethodCall(call) => &call.args,
            _ => return,
        };
        let is_constant = |element: &&Expr| match element {
            Expr::Lit(_) => true,
            Expr::Path(path) => path.path.segments.len() > 1,
            _ => false,
        };
        for element in elements.iter().filter(|element| !is_constant(element)) {
            if let Some(attr) = attributes::configuring(attributes::of(element)) {
                self.report.at(attr, message::CFG);
            }
        }
    }

    /// `attempt!` is a labelled block, out of which what is raised breaks. Its own value is the `Ok`.
    fn attempt(&mut self, span: Span, stmts: Vec<Stmt>) -> Expr {
        let label = pauses::attempt_label(self.count, span);
        self.count += 1;
        let private = self.private;
        let inner =
            Expr::Block(ExprBlock { attrs: Vec::new(), label: None, block: Block { brace_token: Brace(span), stmts } });
        let ok = at(span, quote!(::core::result::Result::<_, #private::Exception>::Ok));
        let value: Expr = parse_quote!(#ok(#inner));
        Expr::Block(ExprBlock {
            attrs: Vec::new(),
            label: Some(Label { name: label, colon_token: Token![:](span) }),
            block: Block { brace_token: Brace(span), stmts: vec![Stmt::Expr(value, None)] },
        })
    }

    /// The value of a `Result`; its error, as `exception`, is raised.
    fn value_or_raise(&self, span: Span, parens: syn::token::Paren, result: Expr, exception: TokenStream) -> Expr {
        let raise = self.leave(span, parens, exception);
        Expr::Match(ExprMatch {
            attrs: Vec::new(),
            match_token: Token![match](span),
            expr: Box::new(result),
            brace_token: Brace(span),
            arms: vec![
                placed_arm(span, quote!(::core::result::Result::Ok(value) => value,)),
                Arm {
                    body: Box::new(raise),
                    ..placed_arm(span, quote!(::core::result::Result::Err(exception) => (),))
                },
            ],
        })
    }

    fn raise(&self, span: Span, parens: syn::token::Paren, exception: Expr, cause: Option<Expr>) -> Expr {
        self.leave(span, parens, raise_call(self.private, span, parens, &exception, cause.as_ref()))
    }

    /// What is raised breaks out of the innermost attempt, or else returns.
    fn leave(&self, span: Span, parens: syn::token::Paren, exception: TokenStream) -> Expr {
        match self.attempts.last() {
            Some(label) => Expr::Break(ExprBreak {
                attrs: Vec::new(),
                break_token: Token![break](span),
                label: Some(label.clone()),
                expr: Some(parse_quote!(::core::result::Result::Err(#exception))),
            }),
            None => {
                let stub = Stub::Raise.call(span, parens, Some(parse_quote!(#exception)));
                parse_quote!(return #stub)
            }
        }
    }
}

/// The call that makes an exception of the operands of a `raise!`, as if the user had written it at the marker: there it
/// is found in tracebacks.
pub(super) fn raise_call(
    private: &TokenStream,
    span: Span,
    parens: syn::token::Paren,
    exception: &impl ToTokens,
    cause: Option<&impl ToTokens>,
) -> TokenStream {
    let (name, arguments) = match cause {
        Some(cause) => (quote!(#private::raise_from), quote!(#exception, #cause)),
        None => (quote!(#private::raise), exception.to_token_stream()),
    };
    let mut arguments = Group::new(Delimiter::Parenthesis, arguments);
    arguments.set_span(parens.span.join());
    let mut call = respan(span, name);
    call.extend(arguments.to_token_stream());
    call
}

/// The span of a marker's name.
pub(super) fn name_span(mac: &Macro) -> Span {
    mac.path.segments.last().map_or_else(Span::call_site, |segment| segment.ident.span())
}

pub(super) fn marker_name(mac: &Macro) -> String {
    mac.path.segments.last().map(|segment| format!("{}!", segment.ident)).unwrap_or_default()
}

/// The one operand that a marker must have.
pub(super) fn single(mac: &Macro, wanted: &str) -> syn::Result<Expr> {
    operand_behind(mac, wanted, |_| Ok(())).map(|((), operand)| operand)
}

/// [`single`] of a suspension point, which may have a name.
pub(super) fn labelled(mac: &Macro, wanted: &str) -> syn::Result<(Option<Lifetime>, Expr)> {
    operand_behind(mac, wanted, pauses::label)
}

fn operand_behind<T>(
    mac: &Macro,
    wanted: &str,
    first: impl FnOnce(ParseStream<'_>) -> syn::Result<T>,
) -> syn::Result<(T, Expr)> {
    let parser = |input: ParseStream<'_>| {
        let first = first(input)?;
        let text = || format!("`{}` {wanted}", marker_name(mac));
        if input.is_empty() {
            return Err(syn::Error::new_spanned(&mac.path, text()));
        }
        let value: Expr = input.parse()?;
        let _: Option<Token![,]> = input.parse()?;
        if !input.is_empty() {
            return Err(input.error(text()));
        }
        Ok((first, value))
    };
    parser.parse2(mac.tokens.clone())
}

/// An arm of the expansion's own that stands at a marker, where an error about it should point.
fn placed_arm(span: Span, arm: TokenStream) -> Arm {
    let arm = at(span, arm);
    parse_quote!(#arm)
}

/// The attributes of what a marker became.
fn attrs(expr: &mut Expr) -> Option<&mut Vec<Attribute>> {
    Some(match expr {
        Expr::Yield(inner) => &mut inner.attrs,
        Expr::Match(inner) => &mut inner.attrs,
        Expr::Block(inner) => &mut inner.attrs,
        Expr::Return(inner) => &mut inner.attrs,
        Expr::Break(inner) => &mut inner.attrs,
        _ => return None,
    })
}

/// Macros that do not evaluate what stands in them: `coroutine!` has markers of its own.
pub(super) fn keeps_its_markers(mac: &Macro) -> bool {
    const OTHERS: [&str; 3] = ["coroutine", "macro_rules", "stringify"];
    mac.path.segments.last().is_some_and(|segment| OTHERS.iter().any(|name| segment.ident == name))
}

impl VisitMut for Markers<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if let Expr::Macro(mac) = expr
            && let Some(mut other) = self.macro_expr(&mac.mac)
        {
            if let Some(attrs) = attrs(&mut other) {
                attrs.append(&mut mac.attrs);
            }
            *expr = other;
        }
        self.elements(expr);
        match expr {
            Expr::Yield(inner) => {
                // The keyword: a marker that cannot stand here is none any more.
                if let Some(place) = self.refused {
                    self.report.at_span(inner.yield_token.span, message::marker_in(place, "yield"));
                }
                if let Some(value) = &mut inner.expr {
                    self.visit_expr_mut(value);
                }
            }
            Expr::Block(block) => {
                let attempt = pauses::attempt_of(block).map(|label| label.name.clone());
                let inside = attempt.is_some();
                self.attempts.extend(attempt);
                visit_mut::visit_expr_block_mut(self, block);
                if inside {
                    self.attempts.pop();
                }
            }
            Expr::Closure(closure) => {
                self.refusing(Place::Closure, |pass| visit_mut::visit_expr_closure_mut(pass, closure));
            }
            Expr::Async(block) => {
                self.refusing(Place::Async, |pass| visit_mut::visit_expr_async_mut(pass, block));
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
            if let Some(attrs) = attrs(&mut other) {
                attrs.append(&mut mac.attrs);
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
        self.refusing(Place::Item, |pass| visit_mut::visit_item_mut(pass, item));
    }

    fn visit_pat_mut(&mut self, pat: &mut syn::Pat) {
        self.refusing(Place::Pattern, |pass| visit_mut::visit_pat_mut(pass, pat));
    }

    fn visit_type_mut(&mut self, ty: &mut syn::Type) {
        self.refusing(Place::Pattern, |pass| visit_mut::visit_type_mut(pass, ty));
    }

    fn visit_macro_mut(&mut self, mac: &mut Macro) {
        self.check_tokens(mac);
    }
}
