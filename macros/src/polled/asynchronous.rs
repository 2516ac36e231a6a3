//! An `async fn` that does not yield. It stays `async`, and what it gives becomes a `Result`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::Parts;

pub(super) fn emit(parts: &Parts<'_>) -> TokenStream {
    let Parts { function, private, frame, block, code, .. } = parts;
    let krate = &function.krate;
    let local = |name| Ident::new(name, Span::mixed_site());
    let (body, returned) = (local("body"), local("returned"));
    quote! {
        let #frame = #private::AsyncFrame::new({
            const CODE: &#krate::Code = &#code;
            CODE
        });
        let #body = {
            let #frame = &#frame;
            async move { #block }
        };
        let #returned = #frame.run(::core::pin::pin!(#body)).await;
        #frame.result(#returned)
    }
}
