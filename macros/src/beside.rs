//! The module beside a free function, which has its name and in it the code object.
//!
//! A `trait` and an `impl` have no modules, and an attribute does not see where it stands: `self` tells a method, but an
//! associated function without one looks like a free function. Nothing that can be expanded is a module in one place
//! and nothing in the other. So the source is asked (see `source`), and where it does not tell there is no module, unless
//! the attribute asks for one.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{FnArg, Ident, Path, Visibility};

use crate::args::Args;
use crate::emit::CodeObject;
use crate::function::Item;
use crate::source::{self, Surrounding};

/// Where a module stands that an item can have beside it.
pub(crate) struct Beside {
    name: Ident,
    vis: Visibility,
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
            vis: item.vis.clone(),
            cfgs: cfgs.map(ToTokens::to_token_stream).collect(),
            krate: args.krate.clone(),
        })
    }

    /// The module. rustdoc does not see it: there a link to the function would be ambiguous.
    pub(crate) fn module(&self, code: &CodeObject) -> TokenStream {
        let Beside { name, vis, cfgs, krate } = self;
        let (import, krate) = further_in(krate);
        let code = code.expr(&krate, &quote!(::core::module_path!()));
        let (doc, code_vis) = (format!("The code object of `{name}`."), inside(vis));
        let cased = name.to_string().chars().any(char::is_uppercase).then(|| quote!(#[allow(non_snake_case)]));
        quote! {
            #cfgs
            #[cfg(not(doc))]
            // The module around it may have the same name.
            #[allow(clippy::module_inception)]
            #cased
            #[doc = #doc]
            #vis mod #name {
                #import
                #[doc = #doc]
                #code_vis const CODE: &#krate::Code = &#code;
                // It is there to be used, or not.
                const _: &#krate::Code = CODE;
            }
        }
    }
}

/// A visibility as it is written one module further in.
fn inside(vis: &Visibility) -> TokenStream {
    match vis {
        Visibility::Inherited => quote!(pub(super)),
        Visibility::Restricted(restricted) => match restricted.path.segments.first() {
            Some(first) if first.ident == "self" => quote!(pub(super)),
            Some(first) if first.ident == "super" => {
                let path = &restricted.path;
                quote!(pub(in super::#path))
            }
            _ => quote!(#vis),
        },
        Visibility::Public(_) => quote!(#vis),
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
