//! The pipeline, on one screen.

use std::collections::HashSet;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Block, Pat, Type, parse_quote};

use crate::analysis::Facts;
use crate::args::Args;
use crate::dump::Dump;
use crate::emit::{Emit, Frame, Names};
use crate::function::{Function, Item};
use crate::graph::{self, Built, spills, validate};
use crate::layout::Layout;
use crate::names::{Local, Used};
use crate::report::Report;
use crate::scope::resolve;
use crate::syntax::{arguments, items, markers, native};
use crate::{fallback, message, per_resume, tags};

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
    let args: Args = syn::parse2(args).unwrap_or_else(|error| {
        errors = error.into_compile_error();
        Args::default()
    });
    let mut report = Report::default();
    let function = Function::of(&mut item.sig, &args, &mut report);
    let body = item.body.take().map(|body| {
        let compiled = report.finish().and_then(|()| syn::parse2(body.to_token_stream()));
        let compiled =
            compiled.and_then(|block| if errors.is_empty() { compile(&function, block) } else { Ok(quote!()) });
        match compiled {
            Ok(code) if errors.is_empty() => code,
            Ok(_) => fallback::body(&function),
            Err(error) => {
                errors.extend(error.into_compile_error());
                fallback::body(&function)
            }
        }
    });
    if let Err(error) = report.finish() {
        errors.extend(error.into_compile_error());
    }
    let Item { attrs, vis, defaultness, sig, .. } = item;
    let allowed = (!errors.is_empty()).then(|| quote!(#[allow(unused)]));
    let body = body.unwrap_or_else(|| quote!(;));
    quote!(#errors #(#attrs)* #allowed #vis #defaultness #sig #body)
}

/// `coroutine!(args, closure)`.
pub(crate) fn expression(input: TokenStream) -> TokenStream {
    let parsed = syn::parse2::<crate::args::ExprInput>(input);
    let compiled = parsed.and_then(|input| {
        let mut closure = input.closure;
        let function = Function::of_closure(&mut closure, &input.args);
        let block: Block = match *closure.body {
            syn::Expr::Block(block) if block.label.is_none() && block.attrs.is_empty() => block.block,
            ref other => parse_quote!({ #other }),
        };
        let code = compile(&function, block)?;
        *closure.body = syn::Expr::Verbatim(code);
        Ok(closure.to_token_stream())
    });
    compiled.unwrap_or_else(syn::Error::into_compile_error)
}

/// From a body to the block that makes the coroutine.
fn compile(function: &Function, written: Block) -> syn::Result<TokenStream> {
    let dump = Dump::of(&function.name);
    let mut report = Report::default();
    let mut used = Used::default();
    used.scan(written.to_token_stream());
    function.arguments.iter().for_each(|argument| used.scan(argument.pat.to_token_stream()));
    function.arguments.iter().for_each(|argument| used.insert(&argument.param.to_string()));

    // Syntax: items, markers and known macros.
    let mut written = written;
    let items = items::hoist(&mut written, &mut report);
    let patterns = argument_patterns(function);
    let mut body = written.clone();
    body.stmts.splice(..0, patterns.iter().flatten().cloned());
    let native = native_form(function, &written);
    let calls = markers::normalise(&mut body, &mut report);
    report.finish()?;

    // Scopes: a name of its own for every local.
    let mut params: Vec<(Pat, crate::scope::Keep)> =
        function.arguments.iter().map(|a| (param_pattern(a), a.keep)).collect();
    let locals = resolve::resolve(&mut params, &mut body, &function.sends_written);
    tags::number(&mut body);
    let mut resolved = body.stmts.drain(..patterns.iter().map(Vec::len).sum::<usize>());
    let args = patterns.iter().enumerate().map(|(index, stmts)| graph::Argument {
        local: Local(index),
        patterns: resolved.by_ref().take(stmts.len()).collect(),
    });
    let args: Vec<_> = args.collect();
    drop(resolved);
    dump.section("model", || body.to_token_stream().to_string());

    // The graph, again until no construct in it leaves it uncertain what must be dropped.
    let written_locals = locals.len();
    let yields = per_resume::is_nameable(&function.yields).then(|| per_resume::inferred(&function.yields));
    let context = graph::Context { calls: &calls, yields: yields.as_ref(), private: function.private() };
    let mut marked = HashSet::new();
    let (graph, locals, facts) = loop {
        let Built { mut graph, locals } = graph::build(&args, &body, locals.clone(), &context, &marked, &mut report);
        report.finish()?;
        let mut facts = Facts::of(&graph, &calls);
        if spills::resolve(&mut graph, &facts, &locals) {
            facts = Facts::of(&graph, &calls);
        }
        if cfg!(debug_assertions) {
            validate::graph(&graph);
        }
        let splits = facts.to_split(&graph, &locals);
        let before = marked.len();
        for (local, tag) in splits {
            match tag {
                Some(tag) => drop(marked.insert(tag)),
                None => report.at_span(locals[local].span, message::MAYBE_MOVED),
            }
        }
        report.finish()?;
        if marked.len() == before {
            break (graph, locals, facts);
        }
    };
    dump.section("graph", || graph::print::text(&graph, &facts, &locals));

    // Layout and code.
    let layout = Layout::of(&graph, &facts, &locals, written_locals, &mut used);
    let emit = Emit {
        graph: &graph,
        facts: &facts,
        locals: &locals,
        layout: &layout,
        calls: &calls,
        private: function.private(),
        yields,
        sends_unit: is_unit(&function.sends_written),
        names: Names::new(&mut used),
    };
    let args =
        args.iter().zip(&function.arguments).map(|(arg, argument)| (arg.local, argument.param.to_token_stream()));
    let frame = emit.frame(&Frame {
        krate: &function.krate,
        name: function.name.clone(),
        span: function.span,
        args: args.collect(),
        sends: &function.sends,
        yields: &function.yields,
        returns: &function.returns,
        clone: function.clone,
        by_move: function.by_move,
    });
    let code = quote!({ #(#items)* #native #frame });
    dump.section("expansion", || code.to_string());
    Ok(code)
}

/// The statements that take the pattern of an argument apart.
fn argument_patterns(function: &Function) -> Vec<Vec<syn::Stmt>> {
    let private = function.private();
    let patterns = function.arguments.iter().map(|argument| {
        if argument.plain || is_wild(&argument.pat) {
            return Vec::new();
        }
        let (mut pat, param) = (argument.pat.clone(), &argument.param);
        let mut stmts: Vec<syn::Stmt> = Vec::new();
        // What a pattern leaves of an argument drops with it, at the end: the wildcards get names.
        // What has a name drops before what has none.
        let named = arguments::name_wildcards(&mut pat);
        if arguments::leaves_some(&pat) {
            stmts.push(parse_quote!(#private::assert_no_drop(&#param);));
        }
        stmts.push(parse_quote!(let #pat = #param;));
        stmts.extend(named.iter().map(|pat| {
            let name = &pat.ident;
            parse_quote!(let #pat = #name;)
        }));
        stmts
    });
    patterns.collect()
}

fn param_pattern(argument: &crate::function::Argument) -> Pat {
    let param = &argument.param;
    Pat::Ident(syn::PatIdent { attrs: Vec::new(), by_ref: None, mutability: None, ident: param.clone(), subpat: None })
}

fn is_wild(pat: &Pat) -> bool {
    matches!(pat, Pat::Wild(_))
}

/// The statement that shows the body as written to the compiler.
fn native_form(function: &Function, written: &Block) -> TokenStream {
    let private = function.private();
    let body = native::native(written, &function.krate, &function.yields, &function.sends_written);
    let lets = function.arguments.iter().filter(|argument| argument.param != "self").map(|argument| {
        let (pat, param) = (&argument.pat, &argument.param);
        quote!(let #pat = #param;)
    });
    let returns = per_resume::is_nameable(&function.returns).then(|| {
        let returns = &function.returns;
        quote!(-> #returns)
    });
    let capture = (!function.name.starts_with('<')).then(|| quote!(move));
    let stmts = &body.stmts;
    let import = native::names_marker(written.to_token_stream()).then(|| used_import(&private));
    quote! {
        if false {
            #import
            match #private::native(#capture || #returns { #(#lets)* #(#stmts)* }) {}
        }
    }
}

/// Makes an import of the marker a used one, and works as well where it is not imported.
fn used_import(private: &TokenStream) -> TokenStream {
    quote! {
        mod markers {
            #![allow(unused_imports, clippy::wildcard_imports)]
            use super::*;
            use #private::markers::*;
            use self::yield_ as _marker;
        }
    }
}

fn is_unit(ty: &Type) -> bool {
    matches!(ty, Type::Tuple(tuple) if tuple.elems.is_empty())
}
