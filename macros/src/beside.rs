//! The module beside a free function, which has its name and in it the code object.
//!
//! A `trait` and an `impl` have no modules, and an attribute does not see where it stands: `self` tells a method, but an
//! associated function without one looks like a free function. Nothing that can be expanded is a module in one place
//! and nothing in the other. So the source is asked (see `source`); where it cannot be read, a mention of `Self` tells.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{FnArg, Ident, Path, Signature};

use crate::args::Args;
use crate::emit::CodeObject;
use crate::function::Item;
use crate::source::{self, Surrounding};

/// Where a module stands that an item can have beside it.
pub(crate) struct Beside {
    name: Ident,
    vis: TokenStream,
    cfgs: TokenStream,
    krate: Path,
}

impl Beside {
    /// Before the signature is changed. `None` if there can be none, or is to be none.
    pub(crate) fn of(item: &Item, args: &Args) -> Option<Self> {
        if !args.code || item.body.is_none() || item.defaultness.is_some() || !is_free(item) {
            return None;
        }
        let cfgs = item.attrs.iter().filter(|attr| attr.path().is_ident("cfg"));
        Some(Beside {
            name: item.sig.ident.clone(),
            vis: item.vis.to_token_stream(),
            cfgs: cfgs.map(ToTokens::to_token_stream).collect(),
            krate: args.krate.clone(),
        })
    }

    /// The module. rustdoc does not see it: there a link to the function would be ambiguous.
    pub(crate) fn module(&self, code: &CodeObject) -> TokenStream {
        let Beside { name, vis, cfgs, krate } = self;
        let (import, krate) = further_in(krate);
        let code = code.expr(&krate, &quote!(::core::module_path!()));
        let doc = format!("The code object of `{name}`.");
        quote! {
            #cfgs
            #[cfg(not(doc))]
            #[allow(
                // Whether it is of use is not known here.
                dead_code,
                unused_imports,
                // It is as public as the function, and is named like it.
                unreachable_pub,
                non_snake_case,
                clippy::all,
                clippy::pedantic,
                clippy::nursery
            )]
            #[doc = #doc]
            #vis mod #name {
                #import
                #[doc = #doc]
                pub const CODE: &#krate::Code = &#code;
            }
        }
    }
}

/// The path of the runtime as it is written one module further in, and what must be imported for that.
fn further_in(krate: &Path) -> (TokenStream, TokenStream) {
    let rest = krate.segments.iter().skip(1);
    match krate.segments.first() {
        Some(first) if krate.leading_colon.is_none() && first.ident == "super" => (quote!(), quote!(super::#krate)),
        Some(first) if krate.leading_colon.is_none() && first.ident == "self" => (quote!(), quote!(super #(::#rest)*)),
        Some(first) if krate.leading_colon.is_some() || first.ident == "crate" => (quote!(), quote!(#krate)),
        // It may be the name of a crate, or of an import.
        _ => (
            quote!(
                use super::*;
            ),
            quote!(#krate),
        ),
    }
}

fn is_free(item: &Item) -> bool {
    if matches!(item.sig.inputs.first(), Some(FnArg::Receiver(_))) {
        return false;
    }
    match source::surrounding(item.sig.fn_token.span) {
        Some(surrounding) => surrounding == Surrounding::Module,
        None => !names_self(&item.sig) && !item.body.iter().any(|body| has_self(body.stream())),
    }
}

fn names_self(sig: &Signature) -> bool {
    has_self(sig.to_token_stream())
}

fn has_self(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == "Self",
        TokenTree::Group(group) => has_self(group.stream()),
        _ => false,
    })
}
