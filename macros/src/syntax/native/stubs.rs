//! The markers of a body that is checked and never run: each is a call that reads as the marker.

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{Expr, Macro, Type};

use super::name_span;
use crate::function::Function;
use crate::graph::pauses::delegate_call;
use crate::names::{at, generic};
use crate::per_resume;

pub(super) struct Stubs {
    private: TokenStream,
    /// The path of what probes the operand of a delegation.
    operand: TokenStream,
    yields: Type,
    sends: Type,
    /// What a marker hands out that has no operand; nothing if that is `()`.
    nothing: TokenStream,
    /// Whether there is a `yield_from!`.
    pub(super) delegates: bool,
}

impl Stubs {
    pub(super) fn of(function: &Function) -> Self {
        Stubs {
            private: function.private(),
            operand: function.operand(),
            yields: per_resume::inferred(&function.yields),
            sends: per_resume::inferred(&function.sends_written),
            nothing: if function.task { function.nothing().into_token_stream() } else { TokenStream::new() },
            delegates: false,
        }
    }

    /// A call of the stub of a suspension point: its path at the marker's name, its arguments at the marker's.
    pub(super) fn pause(&self, name: Span, arguments: Span, operand: TokenStream, tries: bool) -> TokenStream {
        let (private, yields, sends) = (&self.private, &self.yields, &self.sends);
        let operand = if operand.is_empty() { self.nothing.clone() } else { operand };
        let callee = |stub: &str, types: &[&Type]| {
            let stub = if tries { format_ident!("try_{stub}") } else { format_ident!("{stub}") };
            generic(name, &quote!(#private::#stub), types)
        };
        let (callee, operand) = if operand.is_empty() {
            (callee("pause_unit", &[sends]), TokenStream::new())
        } else {
            // The operand is evaluated as an initialiser is. The block is the expansion's, so that no lint takes its
            // braces for the user's.
            (callee("pause", &[yields, sends]), quote!({ let value: #yields = #operand; value }))
        };
        let mut group = Group::new(Delimiter::Parenthesis, operand);
        group.set_span(arguments);
        quote!(#callee #group)
    }

    pub(super) fn delegation(&mut self, mac: &Macro, operand: &TokenStream, tries: bool) -> TokenStream {
        self.delegates = true;
        let (private, sends) = (&self.private, &self.sends);
        let operand = Expr::Verbatim(quote!({ let value = #operand; value }));
        let parens = syn::token::Paren(mac.delimiter.span().join());
        let name = name_span(mac);
        let delegate = delegate_call((&self.operand, "delegate"), name, parens, (Some(&self.yields), sends), operand);
        let stub = if tries { quote!(try_delegated) } else { quote!(delegated) };
        let mut arguments = Group::new(Delimiter::Parenthesis, delegate.into_token_stream());
        arguments.set_span(name);
        let mut call = at(name, quote!(#private::#stub::<#sends, _>));
        call.extend(arguments.into_token_stream());
        call
    }
}
