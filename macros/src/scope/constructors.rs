//! The constructors that a pattern names, of each of which the expansion demands that its type leaves nothing.
//!
//! `Fd(n)` takes all of a struct of one field; but if the struct has a destructor, and the field is `Copy`, all of it stays
//! and would be dropped too early. So no such type may have a destructor of its own. What is matched through a reference is
//! one for the demand as well, and has none.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Ident, Pat, Path, Token, parse_quote};

use super::resolve::is_constant;
use crate::names::at;

/// The demand of patterns that a value is matched with, if they name a constructor. The patterns are emitted by `emitted`.
pub(crate) fn demand(
    private: &TokenStream,
    value: &impl ToTokens,
    pats: &[&Pat],
    emitted: impl Fn(&Pat) -> Pat,
) -> Option<TokenStream> {
    let whole = Ident::new("whole", Span::mixed_site());
    let nodes: Vec<Node> = pats.iter().flat_map(|pat| nodes(pat, &whole)).collect();
    let arms = nodes.iter().map(|node| {
        let (check, pat) = (quote!(#private::Parted(#whole).leaves_nothing()), emitted(&node.pat));
        let check = at(node.span, check);
        quote!(#pat => #check)
    });
    (!nodes.is_empty()).then(|| {
        quote! {
            if false {
                use #private::LeavesNothing as _;
                match #private::imagined(#private::witness(&#value)) {
                    #(#arms,)*
                    _ => {}
                }
                ::core::unreachable!()
            }
        }
    })
}

/// A pattern in which one constructor is bound, with what is in it.
struct Node {
    pat: Pat,
    /// Where the constructor stands.
    span: Span,
}

/// The pattern, once for each constructor in it, which is bound to `whole`. Nothing else is bound.
fn nodes(pat: &Pat, whole: &Ident) -> Vec<Node> {
    type Pats = Punctuated<Pat, Token![,]>;
    let own =
        |path: &Path, pat: Pat| (!is_known(path)).then(|| Node { pat: parse_quote!(#whole @ #pat), span: path.span() });
    let inside = |pats: &Pats, with: &dyn Fn(Pats) -> Pat| -> Vec<Node> {
        let one = |index: usize| {
            let replaced = move |node: Node| {
                let mut all = blank(pats);
                all[index] = node.pat;
                Node { pat: with(all), span: node.span }
            };
            nodes(&pats[index], whole).into_iter().map(replaced)
        };
        (0..pats.len()).flat_map(one).collect()
    };
    match pat {
        Pat::TupleStruct(tuple) => {
            let with = |elems| Pat::TupleStruct(syn::PatTupleStruct { elems, ..tuple.clone() });
            own(&tuple.path, with(blank(&tuple.elems))).into_iter().chain(inside(&tuple.elems, &with)).collect()
        }
        Pat::Struct(inner) => {
            let pats: Pats = inner.fields.iter().map(|field| (*field.pat).clone()).collect();
            // What binds nothing is not named, as lints would have it.
            let with = |pats: Pats| {
                let (path, named) = (&inner.path, inner.fields.iter().zip(pats));
                let named = named.filter(|(_, pat)| !matches!(pat, Pat::Wild(_)));
                let fields = named.map(|(syn::FieldPat { attrs, member, .. }, pat)| quote!(#(#attrs)* #member: #pat,));
                parse_quote!(#path { #(#fields)* .. })
            };
            own(&inner.path, with(blank(&pats))).into_iter().chain(inside(&pats, &with)).collect()
        }
        Pat::Path(path) => own(&path.path, pat.clone()).into_iter().collect(),
        Pat::Ident(binding) => match &binding.subpat {
            Some((_, inner)) => nodes(inner, whole),
            // A constant or a struct without fields.
            None if is_constant(&binding.ident) => {
                own(&binding.ident.clone().into(), pat.clone()).into_iter().collect()
            }
            None => Vec::new(),
        },
        Pat::Tuple(tuple) => inside(&tuple.elems, &|elems| Pat::Tuple(syn::PatTuple { elems, ..tuple.clone() })),
        Pat::Slice(slice) => inside(&slice.elems, &|elems| Pat::Slice(syn::PatSlice { elems, ..slice.clone() })),
        Pat::Or(or) => or.cases.iter().flat_map(|case| nodes(case, whole)).collect(),
        Pat::Paren(inner) => nodes(&inner.pat, whole),
        Pat::Type(inner) => nodes(&inner.pat, whole),
        _ => Vec::new(),
    }
}

/// The same number of patterns, which bind nothing.
fn blank(pats: &Punctuated<Pat, Token![,]>) -> Punctuated<Pat, Token![,]> {
    pats.iter().map(|pat| if matches!(pat, Pat::Rest(_)) { pat.clone() } else { parse_quote!(_) }).collect()
}

/// Whether a constructor is one of the standard library's, whose types have no destructor of their own.
fn is_known(path: &Path) -> bool {
    path.segments.last().is_some_and(|last| ["Some", "None", "Ok", "Err"].iter().any(|name| last.ident == name))
}
