//! The body as the compiler works on it.
//!
//! Input: the function as written. Output: its body with markers as `yield` expressions, known macros as calls and a name
//! of its own for every local; beside it the native form and the items, which go into the expansion as they are.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Block, Pat, Stmt, parse_quote};

use crate::function::{Argument, Function};
use crate::graph;
use crate::names::{Local, Used};
use crate::report::Report;
use crate::scope::{Keep, Locals, constructors, resolve};
use crate::syntax::calls::Calls;
use crate::syntax::{arguments, items, markers, native};
use crate::tags;

/// A body, read.
pub(crate) struct Model {
    pub(crate) items: Vec<syn::Item>,
    /// The statement that shows the body as written to rustc.
    pub(crate) native: TokenStream,
    pub(crate) body: Block,
    pub(crate) arguments: Vec<graph::Argument>,
    pub(crate) locals: Locals,
    pub(crate) calls: Calls,
    /// The names that are taken.
    pub(crate) used: Used,
    /// The names in the body as it was written, and in the patterns of the arguments.
    pub(crate) source: Used,
}

impl Model {
    pub(crate) fn read(function: &Function, mut written: Block) -> syn::Result<Self> {
        let mut report = Report::default();
        let mut used = Used::default();
        used.scan(written.to_token_stream());
        for argument in &function.arguments {
            used.scan(argument.pat.to_token_stream());
            used.insert(&argument.param.to_string());
        }
        let mut source = Used::default();
        source.scan(written.to_token_stream());
        function.arguments.iter().for_each(|argument| source.scan(argument.pat.to_token_stream()));

        let items = items::hoist(&mut written, &mut report);
        let patterns: Vec<Vec<Stmt>> = function.arguments.iter().map(|arg| taken_apart(function, arg)).collect();
        let mut body = written.clone();
        body.stmts.splice(..0, patterns.iter().flatten().cloned());
        let calls = markers::normalise(&mut body, function, &mut report);
        report.finish()?;
        // What markers became binds names as well, which temporaries must not shadow.
        used.scan(body.to_token_stream());
        let native = native_form(function, &written);

        let mut params: Vec<(Pat, Keep, Option<syn::Type>)> =
            function.arguments.iter().map(|arg| (parameter(arg), arg.keep, arg.ty.clone())).collect();
        let locals = resolve::resolve(&mut params, &mut body, &function.sends_written);
        tags::number(&mut body);
        let mut resolved = std::mem::take(&mut body.stmts).into_iter();
        let arguments = patterns.iter().enumerate().map(|(index, stmts)| graph::Argument {
            local: Local(index),
            patterns: resolved.by_ref().take(stmts.len()).collect(),
        });
        let arguments = arguments.collect();
        body.stmts = resolved.collect();
        Ok(Model { items, native, body, arguments, locals, calls, used, source })
    }
}

/// The statements that take the pattern of an argument apart.
fn taken_apart(function: &Function, argument: &Argument) -> Vec<Stmt> {
    if argument.plain || matches!(argument.pat, Pat::Wild(_)) {
        return Vec::new();
    }
    let (private, param) = (function.private(), &argument.param);
    let mut pat = argument.pat.clone();
    // What a pattern leaves of an argument drops with it, at the end: the wildcards get names. What has a name drops
    // before what has none.
    let named = arguments::name_wildcards(&mut pat);
    let mut stmts: Vec<Stmt> = Vec::new();
    if arguments::leaves_some(&pat) {
        stmts.push(parse_quote!(#private::assert_no_drop(&#param);));
    }
    if let Some(demand) = constructors::demand(&private, param, &[&pat], Pat::clone) {
        stmts.push(parse_quote!(#demand));
    }
    stmts.push(parse_quote!(let #pat = #param;));
    stmts.extend(named.iter().map(|pat| {
        let name = &pat.ident;
        parse_quote!(let #pat = #name;)
    }));
    stmts
}

fn parameter(argument: &Argument) -> Pat {
    let ident = argument.param.clone();
    let mutability = match &argument.pat {
        Pat::Ident(binding) if argument.plain => binding.mutability,
        _ => None,
    };
    Pat::Ident(syn::PatIdent { attrs: Vec::new(), by_ref: None, mutability, ident, subpat: None })
}

/// The statement that shows the body as written to the compiler.
fn native_form(function: &Function, written: &Block) -> TokenStream {
    let private = function.private();
    let (body, delegates) = native::checked(written, function);
    let lets = function.arguments.iter().filter(|argument| argument.param != "self").map(|argument| {
        let (pat, param) = (&argument.pat, &argument.param);
        quote! {
            #[allow(clippy::used_underscore_binding, clippy::no_effect_underscore_binding)]
            let #pat = #param;
        }
    });
    let returns = crate::emit::named(&function.returns);
    let capture = function.is_item.then(|| quote!(move));
    let markers = native::named_markers(written.to_token_stream());
    let import = (!markers.is_empty()).then(|| used_import(&function.krate, &markers));
    let probing = delegates.then(|| crate::emit::probing(function));
    // The tail is what the lowered form makes of it too, so that rustc reports an error in both once.
    let stmts = match body.stmts.split_last() {
        Some((Stmt::Expr(tail, None), stmts)) if !has_attribute(tail) => {
            quote! {
                #(#stmts)*
                #[allow(clippy::diverging_sub_expression)]
                let value: #returns = #tail;
                #[allow(unreachable_code)]
                value
            }
        }
        _ => body.stmts.iter().map(ToTokens::to_token_stream).collect(),
    };
    quote! {
        if false {
            #import
            #probing
            match #private::native(#capture || -> #returns { #(#lets)* #stmts }) {}
        }
    }
}

/// Whether an expression starts with an attribute, which an initialiser must not.
pub(crate) fn has_attribute(expr: &impl ToTokens) -> bool {
    matches!(expr.to_token_stream().into_iter().next(), Some(TokenTree::Punct(punct)) if punct.as_char() == '#')
}

/// Makes imports of markers used ones, and works as well where they are not imported.
pub(crate) fn used_import(krate: &syn::Path, markers: &[Ident]) -> TokenStream {
    // One module further in.
    let krate = match krate.segments.first() {
        Some(first) if krate.leading_colon.is_none() && first.ident == "super" => quote!(super::#krate),
        Some(first) if krate.leading_colon.is_none() && first.ident == "self" => {
            let rest = krate.segments.iter().skip(1);
            quote!(super #(::#rest)*)
        }
        _ => quote!(#krate),
    };
    let unused = (0..markers.len()).map(|index| quote::format_ident!("_marker{index}"));
    quote! {
        mod markers {
            #![allow(unused_imports, clippy::wildcard_imports)]
            use super::*;
            use #krate::private::markers::*;
            use self::{#(#markers as #unused),*};
        }
    }
}
