//! The module beside a free function, which has its name and in it the code object.
//!
//! A `trait` and an `impl` have no modules, and an attribute does not see where it stands: `self` tells a method, but an
//! associated function without one looks like a free function. Nothing that can be expanded is a module in one place
//! and nothing in the other. So the source is asked (see `source`), and where it does not tell there is no module, unless
//! the attribute asks for one.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{FnArg, Ident, Path};

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
        if item.body.is_none() || !args.code.unwrap_or_else(|| is_free(item)) {
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
    let is_method = matches!(item.sig.inputs.first(), Some(FnArg::Receiver(_)));
    !is_method && source::surrounding(item.sig.fn_token.span) == Some(Surrounding::Module)
}
