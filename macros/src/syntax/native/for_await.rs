//! `for_await!`: the loop over a stream, whose step is an await.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::token::Brace;
use syn::visit_mut::VisitMut;
use syn::{Block, Expr, Label, Macro, Pat, Token};

use super::{Native, Target, name_span};
use crate::message;

/// What stands in a `for_await!`: a `for` loop without its keyword.
pub(crate) struct ForAwait {
    pub(crate) label: Option<Label>,
    pub(crate) pat: Pat,
    pub(crate) stream: Expr,
    pub(crate) body: Block,
}

impl Parse for ForAwait {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let label = input.parse()?;
        let pat = Pat::parse_multi_with_leading_vert(input)?;
        input.parse::<Token![in]>()?;
        let stream = Expr::parse_without_eager_brace(input)?;
        let body = input.parse()?;
        if input.is_empty() { Ok(ForAwait { label, pat, stream, body }) } else { Err(input.error("expected the end")) }
    }
}

impl ForAwait {
    pub(crate) fn parse(mac: &Macro) -> syn::Result<Self> {
        mac.parse_body().map_err(|error| {
            let span = if mac.tokens.is_empty() { name_span(mac) } else { error.span() };
            syn::Error::new(span, format!("`for_await!` {}", message::FOR_AWAIT_ARGUMENTS))
        })
    }
}

impl Native<'_> {
    /// The loop. As in a `for` loop, the temporaries of its head live as long as it does.
    pub(super) fn for_await(&mut self, mac: &Macro) -> TokenStream {
        let Ok(ForAwait { mut label, pat, mut stream, mut body }) = ForAwait::parse(mac) else {
            return quote!(::core::unreachable!());
        };
        self.visit_expr_mut(&mut stream);
        self.looped(&mut label, |pass| pass.visit_block_mut(&mut body));
        // It stands where braces are for nothing, which rustc says of those that the user wrote, and here they must be.
        body.brace_token = Brace(Span::mixed_site().located_at(body.brace_token.span.join()));
        let span = name_span(mac);
        // Here it is found out, at the stream, if it is none.
        let checked = {
            let private = self.private;
            quote_spanned!(stream.span()=> #private::stream(#stream))
        };
        let local = |name| Ident::new(name, Span::mixed_site().located_at(span));
        let (source, item) = (local("stream"), local("item"));
        let private = self.private;
        let Target::Polled(polled) = &mut self.target else { return mac.to_token_stream() };
        let next = polled.awaited(span, &quote!(#private::StreamOperand::new(#source.as_mut()).next_item()));
        let next = self.caught(span, next);
        quote! {
            match #checked {
                #source => {
                    let mut #source = ::core::pin::pin!(#source);
                    #label while let ::core::option::Option::Some(#item) = #next {
                        let #pat = #item;
                        #body
                    }
                }
            }
        }
    }
}
