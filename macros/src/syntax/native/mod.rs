//! The native form of a body: the source as written, each marker in plain Rust.
//!
//! There are two. That of a frame stands in the expansion and is never run: its suspension points are calls. rustc checks
//! and lints it as the plain function it is: a moved value, an assignment to a local that is not `mut`, an unused variable
//! are reported there, in rustc's words and at the user's code, whatever the lowering made of the same lines. That of a
//! body that rustc compiles, to be polled, is what runs: its suspension points are awaits, and what is raised breaks out of
//! the body.

mod for_await;
mod indexed;
mod polled;
mod stubs;
mod tokens;

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::parse::{ParseStream, Parser};
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Block, Expr, Lifetime, Macro, Stmt, Token};

pub(crate) use self::for_await::ForAwait;
pub(crate) use self::polled::{Piece, SuspensionPoint, is_touched, pieces};
pub(crate) use self::tokens::{macro_call, named_markers};

use self::polled::{Polled, grouped, matched};
use self::stubs::Stubs;
use super::exits;
use super::markers::{Raised, raise_call};
use super::pauses::label;
use super::suspends::Marker;
use crate::function::{Function, Kind};
use crate::names::{at, respan};

/// The body with each marker as a call of its stand-in, and whether any of them delegates.
pub(crate) fn checked(body: &Block, function: &Function) -> (Block, bool) {
    let private = function.private();
    let (body, target) = run(body, &private, Target::Checked(Box::new(Stubs::of(function))));
    (body, matches!(target, Target::Checked(stubs) if stubs.delegates))
}

/// What a body is to be polled as.
pub(crate) struct PolledBody {
    pub(crate) block: Block,
    /// In the order of the text.
    pub(crate) points: Vec<SuspensionPoint>,
    /// Whether it may catch exceptions, or delegates.
    pub(crate) catches: bool,
}

/// The body with awaits in which exceptions are raised. `frame` is the variable that has the activation; what leaves the
/// body breaks out of the block `label`.
pub(crate) fn polled(body: &Block, function: &Function, frame: &Ident, label: &Lifetime) -> PolledBody {
    let private = function.private();
    let polled = Polled::of(function, frame.clone(), label.clone());
    match run(body, &private, Target::Polled(Box::new(polled))) {
        (block, Target::Polled(polled)) => PolledBody { block, points: polled.points, catches: polled.catches },
        (block, Target::Checked(_)) => PolledBody { block, points: Vec::new(), catches: false },
    }
}

fn run(body: &Block, private: &TokenStream, target: Target) -> (Block, Target) {
    let mut body = body.clone();
    let mut pass = Native { private, target, attempts: Vec::new(), loops: Vec::new(), count: 0 };
    pass.visit_block_mut(&mut body);
    (body, pass.target)
}

/// The function that warns where an outcome is dropped with its exit.
const DROPS_EXIT: &str = "drops_exit";

/// The attributes that a marker may have.
const LINTS: [&str; 5] = ["allow", "warn", "deny", "forbid", "expect"];

/// What suspension points become, and where exceptions go that no attempt catches.
enum Target {
    /// Calls, in a body that is not run.
    Checked(Box<Stubs>),
    /// Awaits.
    Polled(Box<Polled>),
}

struct Native<'a> {
    private: &'a TokenStream,
    target: Target,
    /// The labels of the attempts that are open, innermost last.
    attempts: Vec<Lifetime>,
    /// The loops that are open, innermost last.
    loops: Vec<Loop>,
    /// How many labels there are so far.
    count: usize,
}

struct Loop {
    label: Lifetime,
    /// How many attempts were open around it.
    attempts: usize,
    /// Whether something names it.
    is_named: bool,
}

impl Native<'_> {
    /// The value of an outcome, whose exception goes where it goes. In a body that is not run nothing has to be said of
    /// what leaves it.
    fn caught(&self, name: Span, outcome: TokenStream) -> TokenStream {
        let ok = quote!(::core::result::Result::Ok(value) => value,);
        let err = quote!(::core::result::Result::Err(exception) =>);
        match (&self.target, self.attempts.last()) {
            (Target::Checked(_), None) => outcome,
            (Target::Checked(_), Some(_)) => {
                let leave = self.leave(name, &quote!(exception));
                quote!(match #outcome { #ok #err #leave, })
            }
            (Target::Polled(_), _) => {
                let (ok, err, leave) = (at(name, ok), at(name, err), self.leave(name, &at(name, quote!(exception))));
                matched(name, &outcome, quote!(#ok #err #leave,))
            }
        }
    }

    /// The operand of a marker, or nothing. What is no operand was reported where markers are read.
    fn operand(&mut self, mac: &Macro) -> TokenStream {
        let parser = |input: ParseStream<'_>| {
            label(input)?;
            let operand = if input.is_empty() { None } else { Some(input.parse::<Expr>()?) };
            let _: Option<Token![,]> = input.parse()?;
            Ok(operand)
        };
        let mut operand = parser.parse2(mac.tokens.clone()).ok().flatten();
        operand.iter_mut().for_each(|operand| self.visit_expr_mut(operand));
        operand.into_token_stream()
    }

    fn attempt(&mut self, mac: &Macro) -> TokenStream {
        let Ok(mut stmts) = Block::parse_within.parse2(mac.tokens.clone()) else {
            return quote!(::core::unreachable!());
        };
        self.count += 1;
        if let Target::Polled(polled) = &mut self.target {
            polled.catches = true;
        }
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
        self.leave(name_span(mac), &call)
    }

    /// Out of the innermost attempt, or of the body.
    fn leave(&self, name: Span, exception: &TokenStream) -> TokenStream {
        let private = self.private;
        match (self.attempts.last(), &self.target) {
            (Some(label), Target::Checked(_)) => quote!(break #label ::core::result::Result::Err(#exception)),
            (None, Target::Checked(_)) => quote!(return #private::raised(#exception)),
            (last, Target::Polled(polled)) => {
                let body = &polled.body;
                let leave = match last {
                    Some(label) => quote!(break #label ::core::result::Result::Err),
                    None => quote!(break #body),
                };
                let leave = at(name, leave);
                let exception = grouped(name, Delimiter::Parenthesis, exception.clone());
                quote!(#leave #exception)
            }
        }
    }

    /// A suspension point. What is refused in this kind of function was reported where markers are read.
    fn pause(&mut self, mac: &Macro, marker: Marker) -> TokenStream {
        let operand = self.operand(mac);
        let (name, arguments) = (name_span(mac), mac.delimiter.span().join());
        let tries = marker.tries();
        let as_result = tries || !self.attempts.is_empty();
        let outcome = match (&mut self.target, marker) {
            (Target::Checked(stubs), Marker::Yield | Marker::TryYield) => {
                stubs.pause(name, arguments, operand, as_result)
            }
            (Target::Checked(stubs), _) => stubs.delegation(mac, &operand, as_result),
            (Target::Polled(polled), _) => polled.outcome(mac, marker, &operand),
        };
        if tries { outcome } else { self.caught(name, outcome) }
    }

    /// An `.await` of an `async fn`.
    fn awaited(&mut self, inner: &mut syn::ExprAwait) -> TokenStream {
        self.visit_expr_mut(&mut inner.base);
        let span = inner.await_token.span;
        let Target::Polled(polled) = &mut self.target else { return inner.to_token_stream() };
        let outcome = polled.awaited(span, &inner.base.to_token_stream());
        let value = self.stands_at(span, self.caught(span, outcome));
        let attrs = &inner.attrs;
        quote!(#(#attrs)* #value)
    }

    /// A call around what an await has become, as if the user had written it: rustc says there what is to be said of the
    /// value. A `match` at the start of a statement would end it, and parentheses would be one too many to a linter.
    fn stands_at(&self, span: Span, value: TokenStream) -> TokenStream {
        let private = self.private;
        let mut call = respan(span, quote!(#private::resumed));
        let mut value = Group::new(Delimiter::Parenthesis, value);
        value.set_span(span);
        call.extend(value.into_token_stream());
        call
    }

    /// An expression with the attributes that stood on a macro call. Those of a body that is not run were looked at where
    /// its markers are read: only lints are left.
    fn with_attributes(&self, attrs: &[Attribute], value: TokenStream) -> Expr {
        let is_kept = |attr: &&Attribute| !self.is_checked() || LINTS.iter().any(|lint| attr.path().is_ident(lint));
        let attrs = attrs.iter().filter(is_kept);
        Expr::Verbatim(quote!(#(#attrs)* #value))
    }

    fn is_checked(&self) -> bool {
        matches!(self.target, Target::Checked(_))
    }

    /// Whether what drops an exit unseen keeps a coroutine alive that is being closed.
    fn is_closed_by_exit(&self) -> bool {
        match &self.target {
            Target::Checked(_) => true,
            Target::Polled(polled) => polled.kind != Kind::Async,
        }
    }

    fn marker(&mut self, mac: &Macro, marker: Marker) -> TokenStream {
        let (name, arguments) = (name_span(mac), mac.delimiter.span().join());
        match marker {
            Marker::Yield | Marker::TryYield | Marker::YieldFrom | Marker::TryYieldFrom | Marker::TryAwait => {
                self.pause(mac, marker)
            }
            Marker::ForAwait => self.for_await(mac),
            Marker::Attempt => self.attempt(mac),
            Marker::Raise => self.raise(mac),
            Marker::OrRaise => {
                let result = self.operand(mac);
                let parens = syn::token::Paren(arguments);
                let raised = raise_call(self.private, name, parens, &at(name, quote!(exception)), None::<&Expr>);
                let leave = self.leave(name, &raised);
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
        if self.is_closed_by_exit()
            && let Some(mac) = exits::outcome(expr)
        {
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
            Marker::Yield | Marker::YieldFrom | Marker::TryYield | Marker::TryYieldFrom | Marker::TryAwait
                if !self.is_checked() =>
            {
                self.stands_at(name_span(mac), tokens)
            }
            Marker::Yield | Marker::YieldFrom if !self.attempts.is_empty() => quote!((#tokens)),
            _ => tokens,
        }
    }
}

fn name_span(mac: &Macro) -> Span {
    mac.path.segments.last().map_or_else(Span::call_site, |last| last.ident.span())
}

impl VisitMut for Native<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if !self.is_checked() {
            indexed::keep_references(expr);
        }
        match expr {
            Expr::Macro(mac) if let Some(marker) = Marker::of(&mac.mac) => {
                let value = self.operand_marker(&mac.mac, marker);
                *expr = self.with_attributes(&mac.attrs, value);
            }
            Expr::Macro(mac) if let Some(call) = self.known_call(&mac.mac) => {
                *expr = self.with_attributes(&mac.attrs, call.to_token_stream());
            }
            Expr::Await(inner) if !self.is_checked() => *expr = Expr::Verbatim(self.awaited(inner)),
            // They are plain Rust, and were left by whoever awaits or calls them.
            Expr::Closure(_) | Expr::Async(_) if !self.is_checked() => {}
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
                // What an async generator returns is raised.
                if !matches!(&self.target, Target::Polled(polled) if polled.kind == Kind::AsyncGenerator) {
                    self.warn_of_exit(&mut inner.expr, "returns_exit");
                }
                visit_mut::visit_expr_mut(self, expr);
            }
            Expr::Yield(inner) => {
                let mut operand = inner.expr.take();
                if let Some(operand) = &mut operand {
                    self.visit_expr_mut(operand);
                }
                let operand = operand.map_or_else(TokenStream::new, |e| e.to_token_stream());
                let span = inner.yield_token.span;
                let as_result = !self.attempts.is_empty();
                let outcome = match &mut self.target {
                    Target::Checked(stubs) => stubs.pause(span, span, operand, as_result),
                    Target::Polled(polled) => polled.pause(span, &operand),
                };
                let value = self.caught(span, outcome);
                *expr = Expr::Verbatim(if self.is_checked() { value } else { self.stands_at(span, value) });
            }
            _ => visit_mut::visit_expr_mut(self, expr),
        }
    }

    fn visit_local_mut(&mut self, local: &mut syn::Local) {
        if !self.is_checked() {
            indexed::bound(local);
        }
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
                let value = self.marker(&mac.mac, marker);
                *stmt = Stmt::Expr(self.with_attributes(&mac.attrs, value), mac.semi_token);
            }
            Stmt::Macro(mac) if let Some(call) = self.known_statement(mac) => *stmt = call,
            _ => visit_mut::visit_stmt_mut(self, stmt),
        }
    }

    fn visit_macro_mut(&mut self, mac: &mut Macro) {
        if mac.path.segments.last().is_some_and(|segment| segment.ident == "coroutine") {
            return;
        }
        if self.is_checked() {
            mac.tokens = self.tokens(mac.tokens.clone());
        } else {
            self.unknown_call(mac);
        }
    }

    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}
