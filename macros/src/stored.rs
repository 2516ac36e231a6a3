//! A recursive function that can be saved: the items that it becomes.
//!
//! Beside the function stands a type of its name, which says of what function a level is. It is the last parameter of the
//! `Recursive` that the function gives, so that the type of a frame that calls itself does not have that frame in it. The
//! body moves into a function of that type, which gives the bare frame: so the type can name it, and the frames of it.

use proc_macro2::{Group, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, FnArg, GenericParam, Ident, Pat, Signature, Type};

use crate::args::Args;
use crate::emit::CodeObject;
use crate::function::{Function, Item};
use crate::message;
use crate::report::Report;
use crate::source::{self, Surrounding};

/// Reports what a recursive coroutine cannot be that is saved.
pub(crate) fn check(sig: &Signature, args: &Args, report: &mut Report) -> bool {
    let save = args.save.unwrap_or_else(Span::call_site);
    let is_method = matches!(sig.inputs.first(), Some(FnArg::Receiver(_)));
    if is_method || source::surrounding(sig.fn_token.span) == Some(Surrounding::Type) {
        report.at_span(save, message::RECURSIVE_SAVE_METHOD);
        return false;
    }
    if args.code == Some(false) {
        report.at_span(save, message::RECURSIVE_SAVE_CODE);
        return false;
    }
    if let Some(token) = &sig.unsafety {
        report.at(token, message::RECURSIVE_SAVE_UNSAFE);
        return false;
    }
    let mut given = Given::default();
    visit::visit_signature(&mut given, sig);
    given.visit_type(&args.yields);
    given.visit_type(&args.sends);
    match given {
        Given { opaque: Some(span), .. } => report.at_span(span, message::RECURSIVE_SAVE_OPAQUE),
        Given { borrowed: Some(span), .. } => report.at_span(span, message::RECURSIVE_SAVE_BORROW),
        _ => return true,
    }
    false
}

/// What a signature is given that cannot be saved.
#[derive(Default)]
struct Given {
    borrowed: Option<Span>,
    opaque: Option<Span>,
}

impl<'ast> Visit<'ast> for Given {
    fn visit_type_reference(&mut self, reference: &'ast syn::TypeReference) {
        if reference.lifetime.is_none() {
            self.borrowed.get_or_insert(reference.span());
        }
        visit::visit_type_reference(self, reference);
    }

    fn visit_lifetime(&mut self, lifetime: &'ast syn::Lifetime) {
        if lifetime.ident != "static" {
            self.borrowed.get_or_insert(lifetime.span());
        }
    }

    fn visit_type_impl_trait(&mut self, ty: &'ast syn::TypeImplTrait) {
        self.opaque.get_or_insert(ty.span());
    }

    // They declare their own.
    fn visit_type_bare_fn(&mut self, _: &'ast syn::TypeBareFn) {}
    fn visit_parenthesized_generic_arguments(&mut self, _: &'ast syn::ParenthesizedGenericArguments) {}
    fn visit_bound_lifetimes(&mut self, _: &'ast syn::BoundLifetimes) {}
    fn visit_predicate_type(&mut self, predicate: &'ast syn::PredicateType) {
        if predicate.lifetimes.is_none() {
            visit::visit_predicate_type(self, predicate);
        }
    }
    fn visit_trait_bound(&mut self, bound: &'ast syn::TraitBound) {
        if bound.lifetimes.is_none() {
            visit::visit_trait_bound(self, bound);
        }
    }
}

/// The function, its type, and what that can do. `body` is the block that makes the frame.
pub(crate) fn items(
    function: &Function,
    item: &Item,
    allowed: &TokenStream,
    body: TokenStream,
    code: &CodeObject,
) -> TokenStream {
    let Item { attrs, vis, sig, .. } = item;
    let (krate, private, name) = (&function.krate, function.private(), &sig.ident);
    let Function { yields, returns, sends_written: sends, .. } = function;
    let (declared, given, bounds) = sig.generics.split_for_impl();
    let params: Vec<&Ident> = sig.inputs.iter().filter_map(param).collect();
    let kept: Vec<TokenStream> = sig.generics.params.iter().filter_map(kept).collect();

    let (outer, inner): (Vec<TokenStream>, Vec<TokenStream>) = attrs.iter().map(attribute).unzip();
    let cfgs: Vec<&Attribute> = attrs.iter().filter(|attr| attr.path().is_ident("cfg")).collect();
    let kind_doc = format!("What `{name}` gives, as the last parameter of its `Recursive`.");
    let code_doc = format!("The code object of `{name}`.");
    let object = code.inside(function);
    let frame = format_ident!("frame");
    let inputs = &sig.inputs;
    let arguments: Vec<Ident> = (0..params.len()).map(|index| format_ident!("a{index}")).collect();
    let by = quote!(|(#(#arguments,)*)| Self::#frame(#(#arguments),*));
    let forks = function.clone.then(|| {
        quote! {
            #(#cfgs)*
            impl #declared #private::Forks for #name #given #bounds {}
        }
    });
    let made = quote!(<#name #given>::#frame(#(#params),*));
    // The frame is made where it is to run, but one that is tracked has its identity at once.
    let made = if function.tracked { quote!({ let #frame = #made; move || #frame }) } else { quote!(move || #made) };
    let mut call = Group::new(proc_macro2::Delimiter::Brace, quote!(#private::stored(#made)));
    call.set_span(sig.fn_token.span);
    quote! {
        #(#outer)* #vis #sig #call

        #(#cfgs)*
        #[allow(
            non_camel_case_types, dead_code, missing_debug_implementations, missing_copy_implementations, private_bounds,
            clippy::multiple_bound_locations
        )]
        #[doc = #kind_doc]
        #vis struct #name #declared #bounds {
            kind: ::core::marker::PhantomData<fn() -> (#(#kept,)*)>,
        }

        #(#cfgs)*
        impl #declared #name #given #bounds {
            #[allow(dead_code)]
            #[doc = #code_doc]
            #vis const CODE: &'static #krate::Code = &#object;

            #(#inner)* #allowed
            fn #frame(#inputs) -> impl #private::StoredFrame<#yields, #returns, #sends> #body
        }

        #(#cfgs)*
        impl #declared #private::Saves<#yields, #returns, #sends> for #name #given #bounds {
            const NAME: &'static str = <#name #given>::CODE.name();

            fn save<__W: #private::serde::ser::SerializeSeq>(
                level: ::core::option::Option<&dyn ::core::any::Any>,
                levels: &mut #private::Writer<__W>,
            ) -> ::core::result::Result<::core::option::Option<#private::SaveCallee<__W>>, __W::Error> {
                #private::save_level(#by, level, levels)
            }

            fn load<'de, __A: #private::serde::de::SeqAccess<'de>>(
                levels: &mut #private::Reader<'_, __A>,
            ) -> ::core::result::Result<#private::LoadedLevel<'de, __A>, __A::Error> {
                #private::load_level::<#yields, #returns, #sends, _, _, _>(#by, levels)
            }

            fn start() -> (&'static #krate::Code, #private::Sends) {
                #private::start_level::<#yields, #returns, #sends, _, _>(#by)
            }
        }

        #forks
    }
}

fn param(input: &FnArg) -> Option<&Ident> {
    match input {
        FnArg::Typed(typed) => match &*typed.pat {
            Pat::Ident(binding) => Some(&binding.ident),
            _ => None,
        },
        FnArg::Receiver(_) => None,
    }
}

/// A type parameter, as a type that need not have a size.
fn kept(param: &GenericParam) -> Option<TokenStream> {
    match param {
        GenericParam::Type(param) => {
            let name = &param.ident;
            Some(quote!(::core::marker::PhantomData<#name>))
        }
        GenericParam::Lifetime(_) | GenericParam::Const(_) => None,
    }
}

/// An attribute, as it stands on the function and where the body is. A lint that is expected is met in the body.
fn attribute(attr: &Attribute) -> (TokenStream, TokenStream) {
    let is = |name: &str| attr.path().is_ident(name);
    let both = attr.to_token_stream();
    if is("expect") {
        let lints = attr.meta.require_list().map(|list| list.tokens.clone()).unwrap_or_default();
        (quote!(#[allow(#lints)]), both)
    } else if ["allow", "warn", "deny", "forbid", "cfg", "cfg_attr"].into_iter().any(is) {
        (both.clone(), both)
    } else {
        (both, TokenStream::new())
    }
}

/// The last parameter of what the function gives.
pub(crate) fn kind(sig: &Signature) -> Type {
    let (name, (_, given, _)) = (&sig.ident, sig.generics.split_for_impl());
    syn::parse_quote!(#name #given)
}
