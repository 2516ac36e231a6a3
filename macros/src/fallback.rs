//! The item that stands for an erroneous function, so that its callers still compile and the user sees one error.

use proc_macro2::TokenStream;
use quote::quote;

use crate::function::{Function, Kind};
use crate::polled;

/// A body that only has the right type. The native form, where there is one, keeps what the user imported in use.
pub(crate) fn body(function: &Function, native: &TokenStream) -> TokenStream {
    if function.kind == Kind::Async {
        return quote!(::core::unreachable!());
    }
    if function.kind != Kind::Frame {
        return polled::fallback(function);
    }
    let (private, make) = (function.private(), function.constructor(false));
    let made = quote! {
        #make(#private::NoLocals, |_, _, _, _, _| ::core::unreachable!(), |_, _, _| #private::Seen::End)
    };
    if function.is_stored() {
        let saved = function.saved();
        return quote!(#native #saved(::core::marker::PhantomData::<()>, #made));
    }
    if function.saves { quote!(#native #private::unsaved(#made)) } else { quote!(#native #made) }
}
