//! Hygiene: how a local is named inside the macro, and which names of our own are free.
//!
//! Between `scope::resolve` and `emit` every local of the body has a name that is its id, so that no pass needs to
//! think of shadowing. The last pass gives the users' names back.

use std::collections::HashSet;

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};

/// A local of the coroutine: an argument, a binding or a temporary.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Local(pub(crate) usize);

const LOCAL: &str = "__co_local_";
const CALL: &str = "__co_call_";

/// The internal name of a local.
pub(crate) fn local_ident(local: Local, span: Span) -> Ident {
    Ident::new(&format!("{LOCAL}{}", local.0), span)
}

/// The local that an internal name stands for.
pub(crate) fn local_of(ident: &Ident) -> Option<Local> {
    ident.to_string().strip_prefix(LOCAL)?.parse().ok().map(Local)
}

/// The locals that internal names inside a text, such as a format string, stand for.
pub(crate) fn locals_in_text(text: &str) -> Vec<Local> {
    let pieces = text.split(LOCAL).skip(1);
    pieces.filter_map(|piece| digits(piece).parse().ok().map(Local)).collect()
}

/// A text with the internal names in it replaced.
pub(crate) fn replace_in_text(text: &str, name: impl Fn(Local) -> String) -> String {
    let mut pieces = text.split(LOCAL);
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let number = digits(piece);
        out.push_str(&number.parse().map(|number| name(Local(number))).unwrap_or_default());
        out.push_str(&piece[number.len()..]);
    }
    out
}

fn digits(text: &str) -> &str {
    &text[..text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len())]
}

/// The local that an expression consists of, if it is nothing else.
pub(crate) fn bare_local(expr: &syn::Expr) -> Option<Local> {
    match expr {
        syn::Expr::Path(path) if path.qself.is_none() => path.path.get_ident().and_then(local_of),
        syn::Expr::Paren(inner) => bare_local(&inner.expr),
        syn::Expr::Group(inner) => bare_local(&inner.expr),
        _ => None,
    }
}

/// The callee that stands for a macro call with parsed arguments.
pub(crate) fn call_ident(index: usize, span: Span) -> Ident {
    Ident::new(&format!("{CALL}{index}"), span)
}

/// The macro call that a callee stands for.
pub(crate) fn call_of(callee: &syn::Expr) -> Option<usize> {
    match callee {
        syn::Expr::Path(path) => path.path.get_ident()?.to_string().strip_prefix(CALL)?.parse().ok(),
        _ => None,
    }
}

/// Callees that stand for what only the emission can write.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Stub {
    /// What a suspension point was sent; what was thrown in leaves the body.
    Sent,
    /// What a suspension point was sent, or what was thrown in.
    TrySent,
    /// Begins the call that its argument may be.
    Begin,
    /// One step of the delegate that is its argument.
    Forward,
    /// In a `return`: raises its argument.
    Raise,
}

impl Stub {
    const ALL: [Stub; 5] = [Stub::Sent, Stub::TrySent, Stub::Begin, Stub::Forward, Stub::Raise];

    const fn name(self) -> &'static str {
        match self {
            Stub::Sent => "__co_sent",
            Stub::TrySent => "__co_try_sent",
            Stub::Begin => "__co_begin",
            Stub::Forward => "__co_forward",
            Stub::Raise => "__co_raise",
        }
    }

    /// A call of the stub, at the marker it comes from.
    pub(crate) fn call(self, span: Span, parens: syn::token::Paren, arg: Option<syn::Expr>) -> syn::Expr {
        let path = syn::Path::from(Ident::new(self.name(), span));
        let func = syn::Expr::Path(syn::ExprPath { attrs: Vec::new(), qself: None, path });
        syn::Expr::Call(syn::ExprCall {
            attrs: Vec::new(),
            func: Box::new(func),
            paren_token: parens,
            args: arg.into_iter().collect(),
        })
    }

    /// The stub that a callee is, and the span of its marker.
    pub(crate) fn of(callee: &syn::Expr) -> Option<(Stub, Span)> {
        let syn::Expr::Path(path) = callee else { return None };
        let ident = path.path.get_ident()?;
        Stub::ALL.into_iter().find(|stub| ident == stub.name()).map(|stub| (stub, ident.span()))
    }
}

/// Every identifier in a piece of source.
#[derive(Clone, Default)]
pub(crate) struct Used(HashSet<String>);

impl Used {
    pub(crate) fn scan(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    self.0.insert(ident.to_string());
                }
                TokenTree::Group(group) => self.scan(group.stream()),
                TokenTree::Literal(literal) => {
                    // An inline capture, `"{x}"`, is a mention too.
                    let text = literal.to_string();
                    if text.contains('{') {
                        let words = text.split(|c: char| !(c.is_alphanumeric() || c == '_'));
                        self.0.extend(words.map(str::to_owned));
                    }
                }
                TokenTree::Punct(_) => {}
            }
        }
    }

    /// `name`, or `name` with the first number that makes it unused. It is used from then on.
    pub(crate) fn fresh(&mut self, name: &str, span: Span) -> Ident {
        let mut candidate = name.to_owned();
        let mut number = 2;
        while !self.0.insert(candidate.clone()) {
            candidate = format!("{name}_{number}");
            number += 1;
        }
        format_ident!("{candidate}", span = span)
    }

    /// Whether `name` is used.
    pub(crate) fn contains(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    /// Marks `name` as used.
    pub(crate) fn insert(&mut self, name: &str) {
        self.0.insert(name.to_owned());
    }
}

/// All tokens as if the user had written them at one place.
pub(crate) fn respan(span: Span, tokens: TokenStream) -> TokenStream {
    let place = |mut token: TokenTree| {
        token.set_span(span);
        token
    };
    tokens.into_iter().map(place).collect()
}

/// A path with type arguments, as if the user had written all but the types at one place.
pub(crate) fn generic(span: Span, path: &TokenStream, types: &[&syn::Type]) -> TokenStream {
    let mut tokens = respan(span, quote!(#path::<));
    for ty in types {
        ty.to_tokens(&mut tokens);
        tokens.extend(respan(span, quote!(,)));
    }
    tokens.extend(respan(span, quote!(>)));
    tokens
}

/// Tokens of ours, placed where the user wrote what they stand for; they keep their own hygiene.
pub(crate) fn at(span: Span, tokens: TokenStream) -> TokenStream {
    let place = |token: TokenTree| match token {
        TokenTree::Group(group) => {
            let mut placed = Group::new(group.delimiter(), at(span, group.stream()));
            placed.set_span(group.span().located_at(span));
            TokenTree::Group(placed)
        }
        mut other => {
            other.set_span(other.span().located_at(span));
            other
        }
    };
    tokens.into_iter().map(place).collect()
}
