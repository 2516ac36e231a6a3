//! `#[pinned(…)]`, which is `#[coframe::coroutine(pinned, …)]`.
//!
//! A module of tests writes `#[super::coroutine(…)]` on its bodies and is compiled twice, under a module whose `coroutine` is
//! the library's attribute and under one whose `coroutine` is this.

use proc_macro::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};

/// `#[coframe::coroutine(pinned, …)]` with the arguments that are given.
#[proc_macro_attribute]
pub fn pinned(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut all = word("pinned");
    all.extend([punct(',', Spacing::Alone)]);
    all.extend(arguments);

    let mut attribute = word("coframe");
    attribute.extend([punct(':', Spacing::Joint), punct(':', Spacing::Alone)]);
    attribute.extend(word("coroutine"));
    attribute.extend([TokenTree::Group(Group::new(Delimiter::Parenthesis, all))]);

    let mut output = TokenStream::from(punct('#', Spacing::Alone));
    output.extend([TokenTree::Group(Group::new(Delimiter::Bracket, attribute))]);
    output.extend(item);
    output
}

fn word(text: &str) -> TokenStream {
    TokenTree::Ident(Ident::new(text, Span::call_site())).into()
}

fn punct(character: char, spacing: Spacing) -> TokenTree {
    Punct::new(character, spacing).into()
}
