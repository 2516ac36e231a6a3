//! What yields: `pinned` coroutines and async generators. The body is a closure that is given its activation.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::{Parts, allowed_lint};
use crate::emit::{Sent, named};
use crate::function::{Function, Kind};
use crate::per_resume::{inferred, is_nameable};

pub(super) fn emit(parts: &Parts<'_>) -> TokenStream {
    let Parts { function, private, frame, block, code, catches } = parts;
    let krate = &function.krate;
    let body = Ident::new("Body", Span::mixed_site());
    let (make, types) = constructor(function, &quote!(#body));
    let sends = Sent::of(&function.sends_written).marker();
    let body_of = if function.is_item {
        let managed = (function.kind == Kind::AsyncGenerator && function.owns).then(|| quote!(.managed()));
        quote!(#make::<#types>(move |mut #frame| async move { #block })#managed)
    } else {
        // What it captures is captured as the user's closure would capture it.
        let by_move = function.by_move.then(|| quote!(move));
        let params: Vec<&Ident> = function.arguments.iter().map(|argument| &argument.param).collect();
        let (made, allowed) = (Ident::new("made", Span::mixed_site()), allowed_lint(function));
        quote! {
            #allowed
            let #made = #private::pinned_with::<#types, _>(
                (#(#params,)*),
                async #by_move |mut #frame, (#(#params,)*)| { #block },
            );
            #made
        }
    };
    quote! {
        {
            struct #body;

            impl<S> #private::Body<S> for #body
            where
                #private::#sends: #private::Receives<S>,
            {
                const CODE: &'static #krate::Code = &#code;
                const CATCHES: bool = #catches;
                type Sends = #private::#sends;
            }

            #[allow(unused_imports)]
            use #private::{
                FallibleInPlace as _, FutureInPlace as _, IterableInPlace as _, NoneInPlace as _, PinnedInPlace as _,
            };
            #body_of
        }
    }
}

/// What makes a coroutine of a body, and the types that it is given.
fn constructor(function: &Function, body: &TokenStream) -> (TokenStream, TokenStream) {
    let (private, returns) = (function.private(), named(&function.returns));
    let yields = if is_nameable(&function.yields) { inferred(&function.yields) } else { syn::parse_quote!(_) };
    let sends = inferred(&function.sends_written);
    let make = match function.kind {
        Kind::AsyncGenerator => quote!(async_generator),
        _ => quote!(pinned),
    };
    (quote!(#private::#make), quote!(#body, #sends, #yields, #returns, _))
}

/// A body that only has the right type, for a function that could not be compiled.
pub(crate) fn fallback(function: &Function) -> TokenStream {
    let private = function.private();
    let (make, types) = constructor(function, &quote!(#private::NoBody));
    quote!(#make::<#types>(|_| async { ::core::unreachable!() }))
}
