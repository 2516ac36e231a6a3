//! The item that stands for an erroneous function, so that its callers still compile and the user sees one error.

use proc_macro2::TokenStream;
use quote::quote;

use crate::emit::named;
use crate::function::Function;
use crate::per_resume::Sends;

/// A body that only has the right type. The native form, where there is one, keeps what the user imported in use.
pub(crate) fn body(function: &Function, native: &TokenStream) -> TokenStream {
    let private = function.private();
    let returns = named(&function.returns);
    let make = match &function.sends {
        Sends::Plain(sends) => {
            let yields = named(&function.yields);
            quote!(#private::generator::<#sends, #yields, #returns, _, _>)
        }
        Sends::Lent { lifetime, sends } => {
            let yields = &function.yields;
            quote! {
                #private::lending::<
                    dyn for<#lifetime> #private::Lend<#lifetime, Send = #sends, Yield = #yields>, #returns, _, _
                >
            }
        }
    };
    quote!(#native #make(#private::NoLocals, |_, _, _, _, _| ::core::unreachable!()))
}
