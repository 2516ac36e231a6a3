//! Markers in the tokens of a macro call, which is not parsed.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use syn::{Macro, MacroDelimiter};

use super::Native;
use crate::syntax::suspends::Marker;

/// The markers that are written without a path, so that they may have been imported.
pub(crate) fn named_markers(tokens: TokenStream) -> Vec<Ident> {
    fn collect(tokens: TokenStream, found: &mut Vec<Ident>) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (index, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Group(group) => collect(group.stream(), found),
                TokenTree::Ident(name) if Marker::named(name).is_some() => {
                    let punct =
                        |token: Option<&TokenTree>, c| matches!(token, Some(TokenTree::Punct(p)) if p.as_char() == c);
                    let before = index.checked_sub(1).and_then(|before| tokens.get(before));
                    if !punct(before, ':') && punct(tokens.get(index + 1), '!') && !found.contains(name) {
                        found.push(name.clone());
                    }
                }
                _ => {}
            }
        }
    }
    let mut found = Vec::new();
    collect(tokens, &mut found);
    found
}

impl Native<'_> {
    /// Markers in the tokens of a macro call.
    pub(super) fn tokens(&mut self, tokens: TokenStream) -> TokenStream {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut out: Vec<TokenTree> = Vec::new();
        let mut index = 0;
        while let Some(token) = tokens.get(index) {
            match (token, tokens.get(index + 1), tokens.get(index + 2)) {
                (TokenTree::Ident(name), Some(TokenTree::Punct(bang)), Some(TokenTree::Group(group)))
                    if bang.as_char() == '!' && Marker::named(name).is_some() =>
                {
                    drop_path(&mut out);
                    let mac = macro_call(name, group);
                    if let Some(marker) = Marker::named(name) {
                        out.extend(self.operand_marker(&mac, marker));
                    }
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
}

/// The call of a macro whose name stands before a group.
pub(crate) fn macro_call(name: &Ident, group: &Group) -> Macro {
    let delimiter = match group.delimiter() {
        Delimiter::Brace => MacroDelimiter::Brace(syn::token::Brace(group.span())),
        Delimiter::Bracket => MacroDelimiter::Bracket(syn::token::Bracket(group.span())),
        Delimiter::Parenthesis | Delimiter::None => MacroDelimiter::Paren(syn::token::Paren(group.span())),
    };
    Macro { path: name.clone().into(), bang_token: Default::default(), delimiter, tokens: group.stream() }
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
