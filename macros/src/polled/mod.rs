//! A body that rustc compiles, as the `async` block that it is in its native form: `pinned` coroutines and `async fn`s.
//!
//! Input: the body as written. Output: the block that makes the coroutine. Invariant: `return` and `?` leave the `async`
//! block, with the value that was written; what is raised breaks out of the body, locals dropped, and leaves the block by
//! way of the activation, `frame`.

mod asynchronous;
mod pinned;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Block, Lifetime, Pat, Stmt, Type};

use crate::dump::Dump;
use crate::emit::{CodeObject, named};
use crate::function::{Argument, Function, Kind};
use crate::model::{has_attribute, used_import};
use crate::report::Report;
use crate::syntax::native::{self, PolledBody};
use crate::syntax::polled;

pub(crate) use self::pinned::fallback;

/// The parts that the kinds put together in their own ways.
struct Parts<'a> {
    function: &'a Function,
    private: TokenStream,
    /// The variable that has the activation.
    frame: Ident,
    /// What stands in the `async` block.
    block: TokenStream,
    /// The code object.
    code: TokenStream,
    /// Whether the body may catch exceptions, or delegates.
    catches: bool,
}

/// The body of the function.
pub(crate) fn compile(function: &Function, written: &Block) -> syn::Result<(TokenStream, CodeObject)> {
    let mut report = Report::default();
    polled::check(written, function.kind, &mut report);
    report.finish()?;

    let frame = Ident::new("frame", Span::mixed_site());
    // No name that a user could write, and no warning where nothing is raised.
    let label = Lifetime::new("'_body", Span::mixed_site());
    let PolledBody { block, points, catches } = native::polled(written, function, &frame, &label);
    let object = CodeObject::of(function).with_points(points.iter().map(|point| (point.span, point.kind)));
    let object = object.with_names(function, written);
    let parts = Parts {
        function,
        private: function.private(),
        block: activated(function, &block, &frame, &label),
        frame,
        code: object.inside(function),
        catches,
    };
    let made = match function.kind {
        Kind::Async => asynchronous::emit(&parts),
        _ => pinned::emit(&parts),
    };
    let markers = native::named_markers(written.to_token_stream());
    let import = (!markers.is_empty()).then(|| used_import(&function.krate, &markers));
    let import = import.map(|import| quote!(if false { #import }));
    let expansion = quote!(#import #made);
    Dump::of(&function.name).section("expansion", || expansion.to_string());
    Ok((expansion, object))
}

/// What stands in the `async` block: the arguments, the body, and the way out of what is raised.
fn activated(function: &Function, body: &Block, frame: &Ident, label: &Lifetime) -> TokenStream {
    let (krate, returns) = (&function.krate, named(&function.returns));
    let exception = Ident::new("exception", Span::mixed_site());
    let arguments = function.arguments.iter().map(bound);
    let body = returning(body, &function.returns);
    quote! {
        let #exception: #krate::Exception = #label: {
            if false {
                return #frame.never::<#returns>();
            }
            #(#arguments)*
            #body
        };
        #[allow(unreachable_code)]
        #frame.raise(#exception).await
    }
}

/// The lints that are off for the whole function, since they ask about what the user has not written: a `Result`, or an
/// `.await`, which the pause of a generator is not. What is held over that of a task is held while others run.
pub(crate) fn allowed_lint(function: &Function) -> TokenStream {
    let is_result = matches!(&function.returns, Type::Path(path)
        if path.path.segments.last().is_some_and(|last| last.ident.to_string().ends_with("Result")));
    match function.kind {
        Kind::Async if !is_result => quote!(#[allow(clippy::missing_errors_doc)]),
        Kind::Pinned if !function.task => {
            quote!(#[allow(clippy::await_holding_lock, clippy::await_holding_refcell_ref)])
        }
        _ => TokenStream::new(),
    }
}

/// The arguments belong to the body, as in native Rust: each as it was given, and then what its pattern binds.
fn bound(argument: &Argument) -> TokenStream {
    let Argument { pat, param, plain, .. } = argument;
    if param == "self" {
        return quote!(let _ = &#param;);
    }
    let allowed = quote!(#[allow(clippy::used_underscore_binding, clippy::no_effect_underscore_binding)]);
    if *plain {
        return quote!(#allowed let #pat = #param;);
    }
    let given = Ident::new("_given", Span::mixed_site());
    let pattern = (!matches!(pat, Pat::Wild(_))).then(|| quote!(#allowed let #pat = #given;));
    quote!(let #given = #param; #pattern)
}

/// The statements of the body, and its value returned.
fn returning(body: &Block, returns: &Type) -> TokenStream {
    let value = Ident::new("value", Span::mixed_site());
    let returned = |tail: &dyn ToTokens| {
        let returns = named(returns);
        quote! {
            #[allow(clippy::diverging_sub_expression)]
            let #value: #returns = #tail;
            #[allow(unreachable_code)]
            return #value;
        }
    };
    let has_value = |stmt: &Stmt| match stmt {
        Stmt::Expr(_, semi) => semi.is_none(),
        Stmt::Macro(mac) => mac.semi_token.is_none(),
        Stmt::Local(_) | Stmt::Item(_) => false,
    };
    let is_unit = matches!(returns, Type::Tuple(tuple) if tuple.elems.is_empty());
    match body.stmts.split_last() {
        Some((tail, stmts)) if has_value(tail) && !has_attribute(tail) => {
            let returned = returned(tail);
            quote!(#(#stmts)* #returned)
        }
        last if is_unit && !last.is_some_and(|(tail, _)| has_value(tail)) => {
            let stmts = &body.stmts;
            quote!(#(#stmts)* #[allow(unreachable_code)] return;)
        }
        // It has no end, or a type that is an alias of `()`.
        _ => returned(body),
    }
}
