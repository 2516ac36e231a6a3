//! The native form of a body: the source as written, each marker a call.
//!
//! It stands in the expansion and is never run. rustc checks and lints it as the plain function it is: a moved value, an
//! assignment to a local that is not `mut`, an unused variable are reported there, in rustc's words and at the user's
//! code, whatever the lowering made of the same lines.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::parse::{ParseStream, Parser};
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, Lifetime, Macro, MacroDelimiter, Stmt, Token, Type};

use super::exits;
use super::markers::{Raised, raise_call};
use super::suspends::Marker;
use crate::function::Function;
use crate::graph::pauses::delegate_call;
use crate::names::{at, generic, respan};
use crate::per_resume;

/// The body with each marker as a call of its stand-in, and whether any of them delegates.
pub(crate) fn native(body: &Block, function: &Function) -> (Block, bool) {
    let mut body = body.clone();
    let yields = per_resume::inferred(&function.yields);
    let sends = per_resume::inferred(&function.sends_written);
    let (private, operand) = (&function.private(), function.operand());
    let nothing = if function.task { function.nothing().into_token_stream() } else { TokenStream::new() };
    let mut pass = Native {
        private,
        operand,
        yields,
        sends,
        nothing,
        attempts: Vec::new(),
        loops: Vec::new(),
        count: 0,
        delegates: false,
    };
    pass.visit_block_mut(&mut body);
    (body, pass.delegates)
}

/// The markers that are written without a path, so that they may have been imported.
pub(crate) fn named_markers(tokens: TokenStream) -> Vec<Ident> {
    fn collect(tokens: TokenStream, found: &mut Vec<Ident>) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (index, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Group(group) => collect(group.stream(), found),
                TokenTree::Ident(name) if Marker::named(name).is_some() => {
                    let punct =
                        |token: Option<&TokenTree>, c| matches!(token, Some(TokenTree::Punct(p)) if p.as_char() == c);
                    let before = index.checked_sub(1).and_then(|before| tokens.get(before));
                    if !punct(before, ':') && punct(tokens.get(index + 1), '!') && !found.contains(name) {
                        found.push(name.clone());
                    }
                }
                _ => {}
            }
        }
    }
    let mut found = Vec::new();
    collect(tokens, &mut found);
    found
}

/// The function that warns where an outcome is dropped with its exit.
const DROPS_EXIT: &str = "drops_exit";

/// The attributes that a marker may have.
const LINTS: [&str; 5] = ["allow", "warn", "deny", "forbid", "expect"];

struct Native<'a> {
    private: &'a TokenStream,
    /// The path of what probes the operand of a delegation.
    operand: TokenStream,
    yields: Type,
    sends: Type,
    /// What a marker hands out that has no operand; nothing if that is `()`.
    nothing: TokenStream,
    /// The labels of the attempts that are open, innermost last.
    attempts: Vec<Lifetime>,
    /// The loops that are open, innermost last.
    loops: Vec<Loop>,
    /// How many labels there are so far.
    count: usize,
    /// Whether there is a `yield_from!`.
    delegates: bool,
}

struct Loop {
    label: Lifetime,
    /// How many attempts were open around it.
    attempts: usize,
    /// Whether something names it.
    is_named: bool,
}

impl Native<'_> {
    /// A call that reads as the marker: its path at the marker's name, its arguments at the marker's.
    fn pause(&self, name: Span, arguments: Span, operand: TokenStream, tries: bool) -> TokenStream {
        let (private, yields, sends) = (self.private, &self.yields, &self.sends);
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

    /// What a `yield_!` hands out; nothing if that is `()`.
    fn yielded(&mut self, mac: &Macro) -> TokenStream {
        match self.operand(mac) {
            operand if operand.is_empty() => self.nothing.clone(),
            operand => operand,
        }
    }

    /// A suspension point whose exceptions go where they go.
    fn yields(&self, name: Span, arguments: Span, operand: TokenStream) -> TokenStream {
        self.caught(self.pause(name, arguments, operand, !self.attempts.is_empty()))
    }

    /// In an attempt what is raised ends it.
    fn caught(&self, outcome: TokenStream) -> TokenStream {
        let Some(label) = self.attempts.last() else { return outcome };
        quote! {
            match #outcome {
                ::core::result::Result::Ok(value) => value,
                ::core::result::Result::Err(exception) => break #label ::core::result::Result::Err(exception),
            }
        }
    }

    /// The operand of a marker, or nothing. What is no operand was reported where markers are read.
    fn operand(&mut self, mac: &Macro) -> TokenStream {
        let parser = |input: ParseStream<'_>| {
            let operand = if input.is_empty() { None } else { Some(input.parse::<Expr>()?) };
            let _: Option<Token![,]> = input.parse()?;
            Ok(operand)
        };
        let mut operand = parser.parse2(mac.tokens.clone()).ok().flatten();
        operand.iter_mut().for_each(|operand| self.visit_expr_mut(operand));
        operand.into_token_stream()
    }

    fn delegation(&mut self, mac: &Macro, tries: bool) -> TokenStream {
        self.delegates = true;
        let (private, sends) = (self.private, self.sends.clone());
        let operand = self.operand(mac);
        let operand = Expr::Verbatim(quote!({ let value = #operand; value }));
        let parens = syn::token::Paren(mac.delimiter.span().join());
        let delegate = delegate_call(&self.operand, name_span(mac), parens, (Some(&self.yields), &sends), operand);
        let stub = if tries { quote!(try_delegated) } else { quote!(delegated) };
        let name = name_span(mac);
        let mut arguments = Group::new(Delimiter::Parenthesis, delegate.into_token_stream());
        arguments.set_span(name);
        let mut call = at(name, quote!(#private::#stub::<#sends, _>));
        call.extend(arguments.into_token_stream());
        call
    }

    fn attempt(&mut self, mac: &Macro) -> TokenStream {
        let Ok(mut stmts) = Block::parse_within.parse2(mac.tokens.clone()) else {
            return quote!(::core::unreachable!());
        };
        self.count += 1;
        // No name that a user could write, and no warning where nothing is raised.
        let label = Lifetime::new(&format!("'_attempt{}", self.count), Span::mixed_site());
        self.attempts.push(label.clone());
        stmts.iter_mut().for_each(|stmt| self.visit_stmt_mut(stmt));
        self.attempts.pop();
        let private = self.private;
        let mut block = Group::new(Delimiter::Brace, quote!(#(#stmts)*));
        block.set_span(mac.delimiter.span().join());
        // It stands at the marker, where rustc says that its value is not used or of another type.
        let name = name_span(mac);
        let mut outcome = at(name, quote!(#[allow(clippy::diverging_sub_expression)] let value =));
        outcome.extend(block.into_token_stream());
        outcome.extend(at(
            name,
            quote! {
                ;
                #[allow(unreachable_code)]
                ::core::result::Result::<_, #private::Exception>::Ok(value)
            },
        ));
        let mut outcome = Group::new(Delimiter::Brace, outcome);
        outcome.set_span(name.resolved_at(Span::call_site()));
        quote!(#label: #outcome)
    }

    fn raise(&mut self, mac: &Macro) -> TokenStream {
        let Ok(mut raised) = Raised::parse(mac) else { return quote!(::core::unreachable!()) };
        self.visit_expr_mut(&mut raised.exception);
        if let Some(cause) = &mut raised.cause {
            self.visit_expr_mut(cause);
        }
        let (private, parens) = (self.private, syn::token::Paren(mac.delimiter.span().join()));
        let call = raise_call(private, name_span(mac), parens, &raised.exception, raised.cause.as_ref());
        self.leave(&call)
    }

    /// Out of the innermost attempt, or of the body.
    fn leave(&self, exception: &TokenStream) -> TokenStream {
        let private = self.private;
        match self.attempts.last() {
            Some(label) => quote!(break #label ::core::result::Result::Err(#exception)),
            None => quote!(return #private::raised(#exception)),
        }
    }

    fn marker(&mut self, mac: &Macro, marker: Marker) -> TokenStream {
        let (name, arguments) = (name_span(mac), mac.delimiter.span().join());
        match marker {
            Marker::Yield => {
                let operand = self.yielded(mac);
                self.yields(name, arguments, operand)
            }
            Marker::TryYield => {
                let operand = self.yielded(mac);
                self.pause(name, arguments, operand, true)
            }
            Marker::YieldFrom => {
                let outcome = self.delegation(mac, !self.attempts.is_empty());
                self.caught(outcome)
            }
            Marker::TryYieldFrom => self.delegation(mac, true),
            Marker::Attempt => self.attempt(mac),
            Marker::Raise => self.raise(mac),
            Marker::OrRaise => {
                let result = self.operand(mac);
                let parens = syn::token::Paren(arguments);
                let raised = raise_call(self.private, name, parens, &at(name, quote!(exception)), None::<&Expr>);
                let leave = self.leave(&raised);
                let ok = at(name, quote!(::core::result::Result::Ok(value) => value,));
                let err = at(name, quote!(::core::result::Result::Err(exception)));
                quote!(match #result { #ok #err => #leave, })
            }
        }
    }

    /// A loop. It gets a label if a `break` or `continue` in an attempt leads to it.
    fn looped(&mut self, label: &mut Option<syn::Label>, visit: impl FnOnce(&mut Self)) {
        self.count += 1;
        let own = match label {
            Some(label) => label.name.clone(),
            None => Lifetime::new(&format!("'_loop{}", self.count), Span::mixed_site()),
        };
        self.loops.push(Loop { label: own, attempts: self.attempts.len(), is_named: false });
        visit(self);
        if let Some(Loop { label: own, is_named: true, .. }) = self.loops.pop()
            && label.is_none()
        {
            *label = Some(syn::Label { name: own, colon_token: Default::default() });
        }
    }

    /// An attempt is a labelled block here, out of which only a label leads.
    fn name_loop(&mut self, label: &mut Option<Lifetime>) {
        if let (None, Some(target)) = (&label, self.loops.last_mut())
            && target.attempts < self.attempts.len()
        {
            target.is_named = true;
            *label = Some(target.label.clone());
        }
    }

    /// Around an outcome whose exit is dropped unseen: a call that rustc warns of, at the marker.
    fn warn_of_exit(&mut self, expr: &mut Expr, warning: &str) {
        let warning = format_ident!("{warning}");
        if let Some(mac) = exits::outcome(expr) {
            let private = self.private;
            let warned = respan(name_span(mac), quote!(#private::#warning));
            self.visit_expr_mut(expr);
            *expr = Expr::Verbatim(quote!(#warned(#expr)));
        }
    }

    /// A marker that may be an operand. A `match` or a block at the start of a statement would end it, and a `return` would
    /// take what follows for its value. No lint looks at parentheses of an expansion.
    fn operand_marker(&mut self, mac: &Macro, marker: Marker) -> TokenStream {
        let tokens = self.marker(mac, marker);
        match marker {
            Marker::Attempt | Marker::Raise | Marker::OrRaise => quote!((#tokens)),
            Marker::Yield | Marker::YieldFrom if !self.attempts.is_empty() => quote!((#tokens)),
            _ => tokens,
        }
    }

    /// Markers in the tokens of a macro call.
    fn tokens(&mut self, tokens: TokenStream) -> TokenStream {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut out: Vec<TokenTree> = Vec::new();
        let mut index = 0;
        while let Some(token) = tokens.get(index) {
            match (token, tokens.get(index + 1), tokens.get(index + 2)) {
                (TokenTree::Ident(name), Some(TokenTree::Punct(bang)), Some(TokenTree::Group(group)))
                    if bang.as_char() == '!' && Marker::named(name).is_some() =>
                {
                    drop_path(&mut out);
                    let mac = macro_call(name, group);
                    if let Some(marker) = Marker::named(name) {
                        out.extend(self.operand_marker(&mac, marker));
                    }
                    index += 3;
                }
                (TokenTree::Group(group), ..) => {
                    let mut inner = Group::new(group.delimiter(), self.tokens(group.stream()));
                    inner.set_span(group.span());
                    out.push(inner.into());
                    index += 1;
                }
                _ => {
                    out.push(token.clone());
                    index += 1;
                }
            }
        }
        out.into_iter().collect()
    }
}

fn name_span(mac: &Macro) -> Span {
    mac.path.segments.last().map_or_else(Span::call_site, |last| last.ident.span())
}

fn macro_call(name: &Ident, group: &Group) -> Macro {
    let delimiter = match group.delimiter() {
        Delimiter::Brace => MacroDelimiter::Brace(syn::token::Brace(group.span())),
        Delimiter::Bracket => MacroDelimiter::Bracket(syn::token::Bracket(group.span())),
        Delimiter::Parenthesis | Delimiter::None => MacroDelimiter::Paren(syn::token::Paren(group.span())),
    };
    Macro { path: name.clone().into(), bang_token: Default::default(), delimiter, tokens: group.stream() }
}

/// Removes `coframe::` or `::coframe::` from before a marker.
fn drop_path(out: &mut Vec<TokenTree>) {
    let colon = |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Punct(p)) if p.as_char() == ':');
    while colon(out.last()) && colon(out.len().checked_sub(2).and_then(|index| out.get(index))) {
        out.pop();
        out.pop();
        if matches!(out.last(), Some(TokenTree::Ident(ident)) if is_path_segment(ident)) {
            out.pop();
        } else {
            break;
        }
    }
}

fn is_path_segment(ident: &Ident) -> bool {
    !matches!(ident.to_string().as_str(), "return" | "break" | "in" | "if" | "match" | "while" | "else" | "mut")
}

impl VisitMut for Native<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Macro(mac) if let Some(marker) = Marker::of(&mac.mac) => {
                *expr = Expr::Verbatim(self.operand_marker(&mac.mac, marker));
            }
            Expr::MethodCall(call) if exits::is_dropping_method(&call.method) => {
                self.warn_of_exit(&mut call.receiver, DROPS_EXIT);
                visit_mut::visit_expr_mut(self, expr);
            }
            Expr::Match(inner) if exits::is_dropping_match(&inner.arms) => {
                self.warn_of_exit(&mut inner.expr, DROPS_EXIT);
                visit_mut::visit_expr_mut(self, expr);
            }
            Expr::Assign(assign) if matches!(*assign.left, Expr::Infer(_)) => {
                self.warn_of_exit(&mut assign.right, DROPS_EXIT);
                visit_mut::visit_expr_mut(self, expr);
            }
            Expr::Loop(syn::ExprLoop { label, body, .. }) => self.looped(label, |pass| pass.visit_block_mut(body)),
            Expr::While(syn::ExprWhile { label, cond, body, .. }) => self.looped(label, |pass| {
                pass.visit_expr_mut(cond);
                pass.visit_block_mut(body);
            }),
            Expr::ForLoop(syn::ExprForLoop { label, expr, body, .. }) => {
                self.visit_expr_mut(expr);
                self.looped(label, |pass| pass.visit_block_mut(body));
            }
            Expr::Break(syn::ExprBreak { label, expr: value, .. }) => {
                value.iter_mut().for_each(|value| self.visit_expr_mut(value));
                self.name_loop(label);
            }
            Expr::Continue(syn::ExprContinue { label, .. }) => self.name_loop(label),
            // A closure's loops are its own.
            Expr::Closure(_) | Expr::Async(_) => {
                let loops = std::mem::take(&mut self.loops);
                visit_mut::visit_expr_mut(self, expr);
                self.loops = loops;
            }
            Expr::Try(inner) => {
                self.warn_of_exit(&mut inner.expr, "returns_exit");
                visit_mut::visit_expr_mut(self, expr);
            }
            Expr::Yield(inner) => {
                let mut operand = inner.expr.take();
                if let Some(operand) = &mut operand {
                    self.visit_expr_mut(operand);
                }
                let operand = operand.map_or_else(TokenStream::new, |e| e.to_token_stream());
                let span = inner.yield_token.span;
                *expr = Expr::Verbatim(self.yields(span, span, operand));
            }
            _ => visit_mut::visit_expr_mut(self, expr),
        }
    }

    fn visit_local_mut(&mut self, local: &mut syn::Local) {
        if matches!(local.pat, syn::Pat::Wild(_))
            && let Some(init) = &mut local.init
        {
            self.warn_of_exit(&mut init.expr, DROPS_EXIT);
        }
        visit_mut::visit_local_mut(self, local);
    }

    fn visit_stmt_mut(&mut self, stmt: &mut Stmt) {
        match stmt {
            Stmt::Macro(mac) if let Some(marker) = Marker::of(&mac.mac) => {
                let expr = self.marker(&mac.mac, marker);
                // Any other attribute was refused where markers are read.
                let attrs = mac.attrs.iter().filter(|attr| LINTS.iter().any(|lint| attr.path().is_ident(lint)));
                *stmt = Stmt::Expr(Expr::Verbatim(quote!(#(#attrs)* #expr)), mac.semi_token);
            }
            _ => visit_mut::visit_stmt_mut(self, stmt),
        }
    }

    fn visit_macro_mut(&mut self, mac: &mut Macro) {
        if mac.path.segments.last().is_some_and(|segment| segment.ident == "coroutine") {
            return;
        }
        let tokens = self.tokens(mac.tokens.clone());
        mac.tokens = tokens;
    }

    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}
