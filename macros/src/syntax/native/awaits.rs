//! The awaits of an `async fn`: each is the await of a library future around the user's, in which exceptions are raised.

use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::visit_mut::VisitMut;
use syn::{Expr, Lifetime, Macro, Stmt};

use super::{Native, Target};
use crate::function::Function;
use crate::names::{at, respan};
use crate::syntax::calls::Calls;
use crate::syntax::markers::keeps_its_markers;
use crate::syntax::suspends::has_marker;

pub(super) struct Awaits {
    private: TokenStream,
    /// The variable that has the activation.
    frame: Ident,
    /// The label of the block around the body, out of which what is raised breaks.
    pub(super) body: Lifetime,
    /// Where the suspension points stand, in order.
    pub(super) points: Vec<Span>,
    calls: Calls,
}

impl Awaits {
    pub(super) fn of(function: &Function, frame: Ident, body: Lifetime) -> Self {
        Awaits { private: function.private(), frame, body, points: Vec::new(), calls: Calls::default() }
    }

    /// The `Result` of an await that stands at `span`. The future is dropped as soon as it is over, as in native Rust, and
    /// what it borrows from lives to the end of the statement.
    pub(super) fn outcome(&mut self, span: Span, operand: &TokenStream) -> TokenStream {
        let (private, frame) = (&self.private, &self.frame);
        self.points.push(span);
        // As a frame's position counts them: 0 is that of one that has not begun.
        let point = Literal::usize_unsuffixed(self.points.len());
        let into_future = at(span, quote!(::core::future::IntoFuture::into_future));
        let into_future = [into_future, grouped(span, Delimiter::Parenthesis, operand.clone())];
        // The call is the user's, so that its place is that of the await.
        let mut awaited = respan(span, quote!(#private::AwaitOperand::new));
        let mut arguments =
            Group::new(Delimiter::Parenthesis, at(span, quote!(#frame, #point, ::core::pin::pin!(future))));
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
        let Target::Async(awaits) = &mut self.target else { return None };
        if !is_touched(&mac.tokens) {
            return None;
        }
        let mut expr = awaits.calls.parse(mac)?;
        let Expr::Call(call) = &mut expr else {
            self.visit_expr_mut(&mut expr);
            return Some(expr);
        };
        call.args.iter_mut().for_each(|argument| self.visit_expr_mut(argument));
        match &self.target {
            Target::Async(awaits) => awaits.calls.rebuild(&call.func, &call.args, self.private),
            Target::Checked(_) => None,
        }
    }

    /// [`known_call`](Native::known_call) that is a statement.
    pub(super) fn known_statement(&mut self, mac: &syn::StmtMacro) -> Option<Stmt> {
        Some(match self.known_call(&mac.mac)? {
            Expr::Macro(inner) => Stmt::Macro(syn::StmtMacro { mac: inner.mac, ..mac.clone() }),
            other => Stmt::Expr(other, mac.semi_token),
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
