//! The pipeline, on one screen.

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::{ToTokens, quote};
use syn::{Block, parse_quote};

use crate::args::{Args, ExprInput};
use crate::beside::Beside;
use crate::dump::Dump;
use crate::emit::{CodeObject, Emit, Frame, Names, Sent, fingerprint, named};
use crate::function::{Function, Item, Kind};
use crate::graph::print;
use crate::layout::Layout;
use crate::model::Model;
use crate::report::Report;
use crate::{check, fallback, per_resume, polled, solve, stored};

/// A body that was refused: why, and what of it rustc can check all the same.
struct Refused {
    error: syn::Error,
    native: TokenStream,
}

impl From<syn::Error> for Refused {
    fn from(error: syn::Error) -> Self {
        Refused { error, native: TokenStream::new() }
    }
}

/// From a body to the block that makes the coroutine, and its code object.
fn compile(function: &Function, written: Block) -> Result<(TokenStream, CodeObject), Refused> {
    if function.kind != Kind::Frame {
        return Ok(polled::compile(function, &written)?);
    }
    let dump = Dump::of(&function.name);
    let saves = function.saves.then(|| fingerprint([&function.written, &written.to_token_stream()]));
    let mut model = Model::read(function, written)?;
    dump.section("model", || model.body.to_token_stream().to_string());
    let refused = |error| Refused { error, native: model.native.clone() };

    let yields = per_resume::is_nameable(&function.yields).then(|| per_resume::inferred(&function.yields));
    let sends = per_resume::inferred(&function.sends_written);
    let solved = solve::solve(&model, function, yields.as_ref(), &sends).map_err(refused)?;
    let (graph, locals, facts) = (&solved.graph, &solved.locals, &solved.facts);
    dump.section("graph", || print::text(graph, facts, locals));
    check::borrows(graph, facts, locals, &model.calls).map_err(refused)?;

    let layout = Layout::of(graph, facts, locals, model.locals.len(), &mut model.used);
    let names = Names::new(&mut model.used);
    let (calls, sent) = (&model.calls, Sent::of(&function.sends_written));
    let emit = Emit {
        graph,
        facts,
        locals,
        layout: &layout,
        calls,
        private: function.private(),
        recursive: function.recursive,
        saves,
        tracked: function.tracked,
        yields,
        returns: named(&function.returns),
        sends,
        sent,
        names,
    };
    let own = model.locals.len();
    let object = CodeObject::of(function).with_graph(graph, facts, locals, own, &model.source);
    let frame = emit.frame(&Frame::of(function, &object, &model.source));
    let (items, native) = (&model.items, &model.native);
    let code = quote!(#(#items)* #native #frame);
    dump.section("expansion", || code.to_string());
    Ok((code, object))
}

/// `#[coroutine(args)] item`.
pub(crate) fn attribute(args: TokenStream, input: TokenStream) -> TokenStream {
    let mut item: Item = match syn::parse2(input.clone()) {
        Ok(item) => item,
        Err(error) => {
            let error = error.into_compile_error();
            return quote!(#error #input);
        }
    };
    let mut errors = TokenStream::new();
    let mut report = Report::default();
    let args = Args::of(args, &mut report);
    let beside = Beside::of(&item, &args);
    let function = Function::of(&mut item.sig, &args, &mut report);
    let (mut module, mut stored) = (TokenStream::new(), None);
    let signature = report.finish();
    let body = match item.body.take() {
        None => {
            errors.extend(signature.err().map(syn::Error::into_compile_error));
            quote!(;)
        }
        Some(body) => {
            let braces = body.span();
            let block = signature.and_then(|()| syn::parse2(body.to_token_stream()));
            let compiled = block.map_err(Refused::from).and_then(|block| compile(&function, block));
            let (compiled, code) = compiled.unwrap_or_else(|refused| {
                errors.extend(refused.error.into_compile_error());
                (fallback::body(&function, &refused.native), CodeObject::of(&function))
            });
            if function.is_stored() {
                stored = Some(code);
            } else {
                module.extend(beside.map(|beside| beside.module(&code)));
            }
            // The braces are the user's, so that lints about the function point at it.
            let mut body = Group::new(Delimiter::Brace, compiled);
            body.set_span(braces);
            body.into_token_stream()
        }
    };
    let allowed = if errors.is_empty() { polled::allowed_lint(&function) } else { quote!(#[allow(unused)]) };
    if let Some(code) = stored {
        let items = stored::items(&function, &item, &allowed, body, &code);
        return quote!(#errors #items);
    }
    let Item { attrs, vis, defaultness, sig, .. } = item;
    quote!(#errors #(#attrs)* #allowed #vis #defaultness #sig #body #module)
}

/// `coroutine!(args, closure)`.
pub(crate) fn expression(input: TokenStream) -> TokenStream {
    let ExprInput { args, mut closure } = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.into_compile_error(),
    };
    let mut report = Report::default();
    let function = Function::of_closure(&mut closure, &args, &mut report);
    let head = report.finish();
    let block: Block = match *closure.body {
        syn::Expr::Block(block) if block.label.is_none() && block.attrs.is_empty() => block.block,
        ref other => parse_quote!({ #other }),
    };
    let compiled = head.map_err(Refused::from).and_then(|()| compile(&function, block));
    let code = compiled.map(|(code, _)| code).unwrap_or_else(|refused| {
        let error = refused.error.into_compile_error();
        let body = fallback::body(&function, &refused.native);
        quote!(#error #body)
    });
    *closure.body = syn::Expr::Verbatim(quote!({ #code }));
    closure.to_token_stream()
}
