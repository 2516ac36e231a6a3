//! Residual code as it stands in an arm: users' names back, mentions by binding, exits of the closure's kind.

use std::collections::HashMap;

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprAssign, Pat, Stmt, parse_quote, parse_quote_spanned};

use super::bind::Binding;
use super::{Emit, Sent};
use crate::graph::make;
use crate::names::{Local, Stub, bare_local, generic, local_of, replace_in_text, respan};
use crate::syntax::assignee;
use crate::tags;

/// The bindings that are in force.
pub(super) type Bindings = HashMap<Local, Binding>;

impl Emit<'_> {
    pub(super) fn stmt(&self, stmt: &Stmt, bindings: &Bindings) -> Stmt {
        let mut stmt = stmt.clone();
        Rewrite { emit: self, bindings, nested: 0 }.visit_stmt_mut(&mut stmt);
        stmt
    }

    pub(super) fn expr(&self, expr: &Expr, bindings: &Bindings) -> Expr {
        let mut expr = expr.clone();
        Rewrite { emit: self, bindings, nested: 0 }.visit_expr_mut(&mut expr);
        expr
    }

    pub(super) fn pat(&self, pat: &Pat, bindings: &Bindings) -> Pat {
        let mut pat = pat.clone();
        Rewrite { emit: self, bindings, nested: 0 }.visit_pat_mut(&mut pat);
        pat
    }

    /// What the closure returns where the body returns a value. The value is coerced as it is at a `return`.
    pub(super) fn step_returned(&self, value: &Expr) -> TokenStream {
        let (private, returns) = (&self.private, &self.returns);
        match value {
            Expr::Call(call) if matches!(Stub::of(&call.func), Some((Stub::Raise, _))) => {
                let exception = &call.args;
                quote!(::core::result::Result::Err(#exception))
            }
            Expr::Tuple(tuple) if tuple.elems.is_empty() => {
                quote!(::core::result::Result::Ok(#private::Step::Returned(())))
            }
            _ => quote!({ let value: #returns = #value; ::core::result::Result::Ok(#private::Step::Returned(value)) }),
        }
    }
}

struct Rewrite<'a> {
    emit: &'a Emit<'a>,
    bindings: &'a Bindings,
    /// How many closures and async blocks are around: their `return` and `?` are their own.
    nested: usize,
}

impl Rewrite<'_> {
    fn binding(&self, local: Local) -> Binding {
        self.bindings.get(&local).copied().unwrap_or(Binding::Variable)
    }

    /// A local under its name in the expansion, at the place where it is mentioned.
    fn ident(&self, local: Local, mention: &Ident) -> Ident {
        self.emit.layout.mention(local, mention.span())
    }

    fn mention(&self, ident: &Ident) -> Option<Expr> {
        let local = local_of(ident)?;
        let name = self.ident(local, ident);
        Some(match self.binding(local) {
            Binding::Variable | Binding::Held | Binding::Saved => parse_quote!(#name),
            // Placed where the local is mentioned, so that rustc reports an error in both forms once.
            Binding::Place => {
                let mut inner = respan(ident.span(), quote!(*));
                inner.extend(name.to_token_stream());
                let mut place = Group::new(Delimiter::Parenthesis, inner);
                place.set_span(ident.span());
                parse_quote!(#place)
            }
            Binding::MovedSlot | Binding::MovedTaken => {
                let (private, optional) = (&self.emit.private, self.optional(local));
                parse_quote!(#private::take(&mut #optional))
            }
            Binding::Slot if self.emit.layout.slot(local).is_some_and(|slot| slot.plain) => {
                let slot = self.emit.slot(local);
                parse_quote!(#slot)
            }
            Binding::Slot | Binding::Taken => {
                let (private, slot) = (&self.emit.private, self.optional(local));
                parse_quote!((*#private::place(&mut #slot)))
            }
        })
    }

    fn tokens(&self, tokens: TokenStream) -> TokenStream {
        let tokens = tokens.into_iter().map(|token| match token {
            TokenTree::Ident(ident) => match local_of(&ident) {
                Some(local) => TokenTree::Ident(self.ident(local, &ident)),
                None => TokenTree::Ident(ident),
            },
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), self.tokens(group.stream()));
                inner.set_span(group.span());
                TokenTree::Group(inner)
            }
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                let renamed = replace_in_text(&text, |local| self.emit.layout.name(local).to_string());
                if renamed == text {
                    return TokenTree::Literal(literal);
                }
                let span = literal.span();
                let mut literal = renamed.parse().unwrap_or(literal);
                literal.set_span(span);
                TokenTree::Literal(literal)
            }
            other => other,
        });
        tokens.collect()
    }

    /// What only the emission can write, where a stub stands for it.
    fn stub(&self, stub: Stub, marker: Span, call: &syn::ExprCall) -> Expr {
        let (private, names) = (&self.emit.private, &self.emit.names);
        let (sent, raised, turn) = (&names.sent, &names.raised, &names.turn);
        let arguments = |tokens: TokenStream| {
            let mut group = Group::new(Delimiter::Parenthesis, tokens);
            group.set_span(call.paren_token.span.join());
            group
        };
        let take = match self.emit.sent {
            Sent::Unit => quote!(sent_unit),
            Sent::Option => quote!(sent_option),
            Sent::Value => quote!(sent),
        };
        // At the marker, for tracebacks.
        let pending = self.emit.pending();
        let take = respan(marker, quote!(#private::#take(&mut #sent, &mut #pending)));
        match stub {
            // A call that reads as the marker, as in the native form.
            Stub::Sent => {
                let resumed = generic(marker, &quote!(#private::resumed), &[&self.emit.sends]);
                let arguments = arguments(quote!(#take?));
                Expr::Verbatim(quote!(#resumed #arguments))
            }
            Stub::TrySent => Expr::Verbatim(take),
            Stub::Begin => {
                let (call, sends) = (&call.args, &self.emit.sends);
                let begin = if self.emit.tracked { quote!(begin_apart) } else { quote!(begin) };
                Expr::Verbatim(quote!(#private::#begin::<#sends, _, _>(#call, #turn)))
            }
            Stub::Forward => {
                let (delegate, sends) = (&call.args, &self.emit.sends);
                let sent = match self.emit.sent {
                    Sent::Unit => quote!(::core::option::Option::None),
                    Sent::Option | Sent::Value => quote!(#sent.take()),
                };
                Expr::Verbatim(if self.emit.recursive {
                    quote!(#private::drive::<#sends, _, _>(#delegate, #sent, #turn))
                } else {
                    quote! {
                        #private::forward::<#sends, _>(#delegate, #sent, ::core::option::Option::take(&mut #raised))
                    }
                })
            }
            Stub::Raise => unreachable!("a raise stands in a `return`"),
        }
    }

    fn inside(&mut self, visit: impl FnOnce(&mut Self)) {
        self.nested += 1;
        visit(self);
        self.nested -= 1;
    }

    /// Where a local is that may or may not hold a value.
    fn optional(&self, local: Local) -> TokenStream {
        match self.binding(local) {
            Binding::Taken | Binding::MovedTaken => self.emit.layout.name(local).into_token_stream(),
            _ => self.emit.slot(local),
        }
    }

    fn is_slot(&self, target: &Expr) -> bool {
        let slot =
            |binding| matches!(binding, Binding::Slot | Binding::Taken | Binding::MovedSlot | Binding::MovedTaken);
        bare_local(target).is_some_and(|local| slot(self.binding(local)))
    }

    /// An assignment to a local that may or may not hold a value.
    fn slot_assign(&self, expr: &Expr) -> Option<(TokenStream, Expr)> {
        let Expr::Assign(assign) = expr else { return None };
        let local = bare_local(&assign.left)?;
        let plain = self.emit.layout.slot(local).is_some_and(|slot| slot.plain);
        (self.is_slot(&assign.left) && !plain).then(|| (self.optional(local), (*assign.right).clone()))
    }
}

impl VisitMut for Rewrite<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if let Some((slot, mut value)) = self.slot_assign(expr) {
            self.visit_expr_mut(&mut value);
            *expr = parse_quote!(#slot = ::core::option::Option::Some(#value));
            return;
        }
        if let Expr::Assign(assign) = expr
            && assignee::is_taken_apart(&assign.left)
            && assignee::any_place(&assign.left, &|place| self.is_slot(place))
        {
            *expr = one_by_one(assign);
        }
        match expr {
            Expr::Path(path) => {
                if let Some(mention) = path.path.get_ident().and_then(|ident| self.mention(ident)) {
                    *expr = mention;
                }
                return;
            }
            Expr::Call(call) if matches!(Stub::of(&call.func), Some((stub, _)) if stub != Stub::Raise) => {
                call.args.iter_mut().for_each(|arg| self.visit_expr_mut(arg));
                if let Some((stub, marker)) = Stub::of(&call.func) {
                    *expr = self.stub(stub, marker, call);
                }
                return;
            }
            Expr::Try(inner) if self.nested == 0 => {
                self.visit_expr_mut(&mut inner.expr);
                let (private, operand) = (&self.emit.private, &inner.expr);
                let span = inner.question_token.span();
                *expr = parse_quote_spanned! {span=>
                    match #private::branch(#operand) {
                        ::core::ops::ControlFlow::Continue(value) => value,
                        ::core::ops::ControlFlow::Break(residual) => return #private::returned(residual),
                    }
                };
                return;
            }
            Expr::Return(inner) if self.nested == 0 => {
                let mut value = inner.expr.take().map_or_else(|| parse_quote!(()), |value| *value);
                self.visit_expr_mut(&mut value);
                let step = self.emit.step_returned(&value);
                inner.expr = Some(parse_quote!(#step));
                return;
            }
            Expr::Closure(_) | Expr::Async(_) => {
                self.inside(|rewrite| visit_mut::visit_expr_mut(rewrite, expr));
                return;
            }
            _ => {}
        }
        visit_mut::visit_expr_mut(self, expr);
        if let Expr::Call(call) = expr
            && let Some(rebuilt) = self.emit.calls.rebuild(&call.func, &call.args, &self.emit.private)
        {
            *expr = rebuilt;
        }
    }

    fn visit_pat_ident_mut(&mut self, binding: &mut syn::PatIdent) {
        if let Some(local) = local_of(&binding.ident) {
            binding.ident = self.ident(local, &binding.ident);
        }
        visit_mut::visit_pat_ident_mut(self, binding);
    }

    fn visit_field_value_mut(&mut self, field: &mut syn::FieldValue) {
        visit_mut::visit_field_value_mut(self, field);
        let shorthand = matches!((&field.member, &field.expr), (syn::Member::Named(name), Expr::Path(path)) if path.path.is_ident(name));
        if shorthand {
            field.colon_token = None;
        }
    }

    fn visit_field_pat_mut(&mut self, field: &mut syn::FieldPat) {
        visit_mut::visit_field_pat_mut(self, field);
        let shorthand = matches!((&field.member, &*field.pat),
            (syn::Member::Named(name), Pat::Ident(binding)) if binding.ident == *name && binding.subpat.is_none());
        if shorthand {
            field.colon_token = None;
        }
    }

    fn visit_macro_mut(&mut self, mac: &mut syn::Macro) {
        mac.tokens = self.tokens(mac.tokens.clone());
    }

    fn visit_attributes_mut(&mut self, attrs: &mut Vec<syn::Attribute>) {
        tags::strip(attrs);
    }

    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}

/// `(x, y) = value` as `{ let (part0, part1) = value; x = part0; y = part1; }`, which is what it stands for.
fn one_by_one(assign: &ExprAssign) -> Expr {
    let mut assigns = Vec::new();
    let pat = assignee::pattern((*assign.left).clone(), &mut |place| {
        let part = Ident::new(&format!("part{}", assigns.len()), Span::mixed_site());
        assigns.push(make::assign(place, parse_quote!(#part)));
        part
    });
    assigns.insert(0, make::binding(pat, (*assign.right).clone()));
    make::block_expr(assigns)
}
