//! Suspension points and attempts as nodes of the tree, between the pass that reads markers and the graph.

use proc_macro2::Span;
use syn::parse::ParseStream;
use syn::parse::discouraged::Speculative;
use syn::{Expr, ExprBlock, ExprYield, Label, Lifetime, Token, parse_quote, token};

/// What a `yield` expression stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Pause {
    /// Its value is what is sent; what is thrown in is raised.
    Yield,
    /// Its value is a `Result` of the two.
    TryYield,
    /// Its operand is a delegate; its value is a `Result` of what that returns and raises.
    Delegate,
}

const TRY: &str = "__co_try";
const DELEGATE: &str = "__co_delegate";
const LABEL: &str = "__co_label";
const ATTEMPT: &str = "__co_attempt_";

impl Pause {
    /// A suspension point at a marker, whose arguments stand in `parens`. Errors about its operand point at all of them.
    pub(crate) fn expr(self, marker: Span, label: Option<&Lifetime>, parens: syn::token::Paren, operand: Expr) -> Expr {
        let operand = Expr::Paren(syn::ExprParen { attrs: Vec::new(), paren_token: parens, expr: Box::new(operand) });
        let mut attrs = match self {
            Pause::Yield => Vec::new(),
            Pause::TryYield => vec![parse_quote!(#[__co_try])],
            Pause::Delegate => vec![parse_quote!(#[__co_delegate])],
        };
        attrs.extend(label.map(|label| -> syn::Attribute {
            let name = label.ident.to_string();
            parse_quote!(#[__co_label = #name])
        }));
        Expr::Yield(ExprYield { attrs, yield_token: Token![yield](marker), expr: Some(Box::new(operand)) })
    }

    /// What a `yield` expression stands for.
    pub(crate) fn of(expr: &ExprYield) -> Self {
        let has = |name| expr.attrs.iter().any(|attr| attr.path().is_ident(name));
        match () {
            () if has(TRY) => Pause::TryYield,
            () if has(DELEGATE) => Pause::Delegate,
            () => Pause::Yield,
        }
    }
}

/// The name that its marker gives a suspension point.
pub(crate) fn label_of(expr: &ExprYield) -> Option<String> {
    expr.attrs.iter().find_map(|attr| match &attr.meta {
        syn::Meta::NameValue(syn::MetaNameValue {
            path,
            value: Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(name), .. }),
            ..
        }) if path.is_ident(LABEL) => Some(name.value()),
        _ => None,
    })
}

/// The name that the operand of a marker starts with: `'name: value`. A loop or a block behind it has it for itself.
pub(crate) fn label(input: ParseStream<'_>) -> syn::Result<Option<Lifetime>> {
    if !input.peek(Lifetime) || !input.peek2(Token![:]) {
        return Ok(None);
    }
    let ahead = input.fork();
    let label: Lifetime = ahead.parse()?;
    ahead.parse::<Token![:]>()?;
    if ahead.peek(Token![loop]) || ahead.peek(Token![while]) || ahead.peek(Token![for]) || ahead.peek(token::Brace) {
        return Ok(None);
    }
    input.advance_to(&ahead);
    Ok(Some(label))
}

/// Whether an attribute is one of those that tell the kind of a suspension point.
pub(crate) fn is_kind(attr: &syn::Attribute) -> bool {
    [TRY, DELEGATE, LABEL].iter().any(|name| attr.path().is_ident(name))
}

/// The label of an attempt.
pub(crate) fn attempt_label(number: usize, span: Span) -> Lifetime {
    Lifetime::new(&format!("'{ATTEMPT}{number}"), span)
}

/// Whether a label is that of an attempt.
pub(crate) fn is_attempt_label(label: &str) -> bool {
    label.starts_with(ATTEMPT)
}

/// The label of a block, if that is an attempt.
pub(crate) fn attempt_of(block: &ExprBlock) -> Option<&Label> {
    block.label.as_ref().filter(|label| is_attempt_label(&label.name.ident.to_string()))
}
