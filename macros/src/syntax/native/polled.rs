//! The suspension points of a body that is polled: each is the await of a library future, in which exceptions are raised.

use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::visit_mut::VisitMut;
use syn::{Expr, Lifetime, Macro, Stmt, Type, parse_quote};

use super::{Native, Target, name_span};
use crate::function::{Function, Kind};
use crate::graph::pauses::delegate_call;
use crate::names::{at, respan};
use crate::per_resume::{inferred, is_nameable};
use crate::syntax::calls::Calls;
use crate::syntax::markers::keeps_its_markers;
use crate::syntax::suspends::{Marker, has_marker};

pub(super) struct Polled {
    pub(super) kind: Kind,
    private: TokenStream,
    /// The variable that has the activation.
    frame: Ident,
    /// The label of the block around the body, out of which what is raised breaks.
    pub(super) body: Lifetime,
    yields: Type,
    sends: Type,
    /// What a marker hands out that has no operand.
    nothing: TokenStream,
    pub(super) points: Vec<SuspensionPoint>,
    pub(super) catches: bool,
    calls: Calls,
}

/// Where a body can be paused.
pub(crate) struct SuspensionPoint {
    /// The name of its `PointKind`.
    pub(crate) kind: &'static str,
    pub(crate) span: Span,
}

impl Polled {
    pub(super) fn of(function: &Function, frame: Ident, body: Lifetime) -> Self {
        Polled {
            kind: function.kind,
            private: function.private(),
            frame,
            body,
            yields: if is_nameable(&function.yields) { inferred(&function.yields) } else { parse_quote!(_) },
            sends: inferred(&function.sends_written),
            nothing: function.nothing().into_token_stream(),
            points: Vec::new(),
            catches: false,
            calls: Calls::default(),
        }
    }

    /// The number of a new suspension point. As a frame's position counts them: 0 is that of one that has not begun.
    fn point(&mut self, kind: &'static str, span: Span) -> Literal {
        self.points.push(SuspensionPoint { kind, span });
        Literal::u32_unsuffixed(u32::try_from(self.points.len()).unwrap_or(u32::MAX))
    }

    /// The `Result` of a marker that suspends. Which of them a body may have was checked where markers are read.
    pub(super) fn outcome(&mut self, mac: &Macro, marker: Marker, operand: &TokenStream) -> TokenStream {
        let name = name_span(mac);
        self.catches |= marker.tries();
        match marker {
            Marker::TryAwait => self.awaited(name, operand),
            Marker::YieldFrom | Marker::TryYieldFrom => self.delegation(mac, operand),
            _ => self.pause(name, operand),
        }
    }

    /// The `Result` of a `yield_!` that stands at `span`.
    pub(super) fn pause(&mut self, span: Span, operand: &TokenStream) -> TokenStream {
        let point = self.point("Yield", span);
        let (yields, frame) = (&self.yields, &self.frame);
        let operand = if operand.is_empty() { &self.nothing } else { operand };
        // It is evaluated as an initialiser is, before the frame is borrowed.
        let operand = quote!({ let value: #yields = #operand; value });
        let paused = at(span, quote!(#frame.pause(value, #point).await));
        self.received(span, &operand, &at(span, quote!(value)), paused)
    }

    fn delegation(&mut self, mac: &Macro, operand: &TokenStream) -> TokenStream {
        self.catches = true;
        let name = name_span(mac);
        let point = self.point("YieldFrom", name);
        let frame = &self.frame;
        let private = &self.private;
        let operand = Expr::Verbatim(quote!({ let value = #operand; value }));
        let parens = syn::token::Paren(mac.delimiter.span().join());
        let delegate = delegate_call(
            (&quote!(#private::Operand), "in_place"),
            name,
            parens,
            (Some(&self.yields), &self.sends),
            operand,
        );
        let delegate = quote!({ let delegate = #delegate; delegate });
        let delegated = at(name, quote!(#frame.delegate(::core::pin::pin!(delegate), #point).await));
        self.received(name, &delegate, &at(name, quote!(delegate)), delegated)
    }

    /// A suspension whose operand has a name, with the marker in the traceback of what is raised.
    fn received(&self, span: Span, operand: &TokenStream, name: &TokenStream, awaited: TokenStream) -> TokenStream {
        let private = &self.private;
        let mut arm = at(span, quote!(#name =>));
        // The call is the user's, so that its place is that of the marker.
        arm.extend(respan(span, quote!(#private::received)));
        let mut awaited = Group::new(Delimiter::Parenthesis, awaited);
        awaited.set_span(span);
        arm.extend(awaited.into_token_stream());
        arm.extend(at(span, quote!(,)));
        matched(span, operand, arm)
    }

    /// The `Result` of an await that stands at `span`. The future is dropped as soon as it is over, as in native Rust, and
    /// what it borrows from lives to the end of the statement.
    pub(super) fn awaited(&mut self, span: Span, operand: &TokenStream) -> TokenStream {
        let point = self.point("Await", span);
        let (private, frame) = (&self.private, &self.frame);
        let into_future = at(span, quote!(::core::future::IntoFuture::into_future));
        let into_future = [into_future, grouped(span, Delimiter::Parenthesis, operand.clone())];
        // The call is the user's, so that its place is that of the await.
        let mut awaited = respan(span, quote!(#private::AwaitOperand::new));
        let mut arguments =
            Group::new(Delimiter::Parenthesis, at(span, quote!(#frame.at(#point), ::core::pin::pin!(future))));
        arguments.set_span(span);
        awaited.extend(arguments.into_token_stream());
        awaited.extend(at(span, quote!(.outcome().await)));
        let arm = at(span, quote!(future =>));
        matched(span, &quote!(#(#into_future)*), quote!(#arm #awaited,))
    }
}

/// A `match` at `span`, around tokens of the user's and of ours.
pub(super) fn matched(span: Span, scrutinee: &TokenStream, arms: TokenStream) -> TokenStream {
    let mut tokens = at(span, quote!(match));
    tokens.extend(scrutinee.clone());
    tokens.extend(grouped(span, Delimiter::Brace, arms));
    tokens
}

/// A group of the expansion's own, placed at `span`.
pub(super) fn grouped(span: Span, delimiter: Delimiter, tokens: TokenStream) -> TokenStream {
    let mut group = Group::new(delimiter, tokens);
    group.set_span(Span::call_site().located_at(span));
    group.into_token_stream()
}

impl Native<'_> {
    /// A call of a macro that evaluates its arguments. `None` if it stays as it is: nothing in it awaits, or it is not known.
    pub(super) fn known_call(&mut self, mac: &Macro) -> Option<Expr> {
        let Target::Polled(polled) = &mut self.target else { return None };
        if !is_touched(&mac.tokens) {
            return None;
        }
        let mut expr = polled.calls.parse(mac)?;
        let Expr::Call(call) = &mut expr else {
            self.visit_expr_mut(&mut expr);
            return Some(expr);
        };
        call.args.iter_mut().for_each(|argument| self.visit_expr_mut(argument));
        match &self.target {
            Target::Polled(polled) => polled.calls.rebuild(&call.func, &call.args, self.private),
            Target::Checked(_) => None,
        }
    }

    /// [`known_call`](Native::known_call) that is a statement.
    pub(super) fn known_statement(&mut self, mac: &syn::StmtMacro) -> Option<Stmt> {
        Some(match self.known_call(&mac.mac)? {
            Expr::Macro(inner) => Stmt::Macro(syn::StmtMacro { mac: inner.mac, ..mac.clone() }),
            other => Stmt::Expr(self.with_attributes(&mac.attrs, other.to_token_stream()), mac.semi_token),
        })
    }

    /// The input of a macro that is not known: what in it is an expression between separators awaits as one.
    pub(super) fn unknown_call(&mut self, mac: &mut Macro) {
        if keeps_its_markers(mac) || !is_touched(&mac.tokens) {
            return;
        }
        let mut out = TokenStream::new();
        for piece in pieces(mac.tokens.clone()) {
            match piece {
                Piece::Separator(tokens) => out.extend(tokens),
                Piece::Between(tokens) if !is_touched(&tokens) => out.extend(tokens),
                Piece::Between(tokens) => match syn::parse2::<Expr>(tokens.clone()) {
                    Ok(mut expr) => {
                        self.visit_expr_mut(&mut expr);
                        expr.to_tokens(&mut out);
                    }
                    Err(_) => out.extend(self.tokens(tokens)),
                },
            }
        }
        mac.tokens = out;
    }
}

/// Whether something in these tokens awaits or is a marker.
pub(crate) fn is_touched(tokens: &TokenStream) -> bool {
    fn awaits(tokens: TokenStream) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(ident) => ident == "await",
            TokenTree::Group(group) => awaits(group.stream()),
            _ => false,
        })
    }
    awaits(tokens.clone()) || has_marker(tokens.clone())
}

/// A part of a macro's input.
pub(crate) enum Piece {
    Between(TokenStream),
    /// `,`, `;` or `=>`.
    Separator(TokenStream),
}

/// A macro's input, taken apart at its separators.
pub(crate) fn pieces(tokens: TokenStream) -> Vec<Piece> {
    let is = |token: &TokenTree, c| matches!(token, TokenTree::Punct(punct) if punct.as_char() == c);
    let (mut pieces, mut between) = (Vec::new(), TokenStream::new());
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let arrow = is(&token, '=') && tokens.peek().is_some_and(|next| is(next, '>'));
        if !(arrow || is(&token, ',') || is(&token, ';')) {
            between.extend([token]);
            continue;
        }
        pieces.push(Piece::Between(std::mem::take(&mut between)));
        let rest = if arrow { tokens.next() } else { None };
        pieces.push(Piece::Separator([Some(token), rest].into_iter().flatten().collect()));
    }
    pieces.push(Piece::Between(between));
    pieces
}
