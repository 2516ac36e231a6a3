//! The closure that looks at the locals of a frame.
//!
//! It stands behind the closure of the body, by which the types of the locals are known, and finds out by method probing
//! which of them can be printed. At a position it shows those that are saved there: what else is in a slot may be stale.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::{Expr, Member};

use super::code::is_users;
use super::{Emit, Names};
use crate::graph::{BlockId, End, Graph};
use crate::layout::{Place, Slot};
use crate::names::{Local, Used, bare_local};
use crate::scope::Keep;

impl Emit<'_> {
    /// The closure. `arguments` are the names of the arguments as they are written, `source` has the names in the body.
    pub(super) fn look(&self, arguments: &[String], source: &Used) -> TokenStream {
        let Names { locals, position, state: what, value, .. } = &self.names;
        let private = &self.private;
        let mut arms = TokenStream::new();
        let mut count = 0;
        for local in &self.layout.order {
            let Some(slot) = self.layout.slot(*local).filter(|slot| slot.place == Place::Frame) else { continue };
            let name = match arguments.get(local.0) {
                Some(name) => name.as_str(),
                None => self.locals[*local].name.trim_start_matches("r#"),
            };
            let is_users = local.0 < arguments.len() || is_users(name, source);
            let positions = self.shown_at(*local);
            if self.layout.is_temporary(*local) || !is_users || positions.is_empty() {
                continue;
            }
            let number = Literal::u32_unsuffixed(count);
            count += 1;
            let held = slot.held.then(|| quote!(.held()));
            let seen = self.seen(slot, &quote!(#private::Probe(#value).local(#name) #held));
            arms.extend(quote!((#number, #(#positions)|*) => #seen,));
        }
        for (index, _) in self.graph.points.iter().enumerate().filter(|(_, point)| point.delegates) {
            if let Some(seen) = self.delegation(index + 1) {
                let number = Literal::u32_unsuffixed(u32::try_from(index + 1).unwrap_or(u32::MAX));
                arms.extend(quote!((#private::DELEGATE, #number) => #seen,));
            }
        }
        if self.tracked {
            let identity = &self.names.identity;
            arms.extend(quote!((#private::IDENTITY, _) => #private::Seen::Identity(#locals.#identity.id()),));
        }
        let count = Literal::u32_unsuffixed(count);
        quote! {
            |#locals, #position, #what| {
                use #private::{MaybeInspectable as _, NotInspectable as _, Opaque as _};
                match (#what, #position) {
                    #arms
                    _ => #private::Seen::nothing(#what, #count),
                }
            }
        }
    }

    /// What is seen of a slot, if it holds a value.
    fn seen(&self, slot: &Slot, seen: &TokenStream) -> TokenStream {
        let (Names { locals, value, .. }, private, field) = (&self.names, &self.private, &slot.name);
        if slot.plain {
            return quote!({ let #value = &#locals.#field; #seen });
        }
        quote! {
            match &#locals.#field {
                ::core::option::Option::Some(#value) => #seen,
                ::core::option::Option::None => #private::Seen::Nothing,
            }
        }
    }

    /// The positions at which a local is bound, and in its slot.
    fn shown_at(&self, local: Local) -> Vec<Literal> {
        let is_saved = |start: &BlockId| {
            let state = self.facts.state_in(*start);
            let status = state.get(local);
            state.0.is_some()
                && self.facts.in_scope(self.graph, *start).contains(&local)
                && self.facts.is_needed(*start, local, status, self.locals)
                // A slot that is never empty does not tell.
                && !(self.locals[local].keep == Keep::Scalar && status.is_maybe())
        };
        let resumed = self.graph.reachable().into_iter().filter(|id| self.graph.block(*id).resumes.is_some());
        let starts = std::iter::once(Graph::ENTRY).chain(resumed);
        starts.filter(is_saved).filter_map(|start| self.position(start)).map(Literal::u32_unsuffixed).collect()
    }

    /// What is waited on at a suspension point: a delegate that is a local, or the place that one borrows.
    fn delegation(&self, point: usize) -> Option<TokenStream> {
        let block = self.graph.blocks.iter().find(|block| block.resumes == Some(point))?;
        let End::Match { scrutinee: Expr::Call(forward), .. } = &block.end else { return None };
        let Expr::Reference(delegate) = forward.args.first()? else { return None };
        let place = match &*delegate.expr {
            // It is borrowed anew for each step.
            Expr::MethodCall(made) => match &*made.receiver {
                Expr::Call(new) => match new.args.first()? {
                    Expr::Reference(borrow) => &*borrow.expr,
                    _ => return None,
                },
                _ => return None,
            },
            delegate => delegate,
        };
        let (value, private, sends) = (&self.names.value, &self.private, &self.sends);
        // What is pointed to is looked into through the pointer: it may be of a `dyn` type.
        let place = match place {
            Expr::Unary(inner) if matches!(inner.op, syn::UnOp::Deref(_)) => &*inner.expr,
            place => place,
        };
        let (local, place) = path(place, quote!((*#value)))?;
        let slot = self.layout.slot(local).filter(|slot| slot.place == Place::Frame && !slot.held)?;
        Some(self.seen(slot, &quote!(#private::Delegating::<#sends, _>::new(&#place).delegation())))
    }
}

/// A local, or a field of one, of which `root` stands for the local.
fn path(place: &Expr, root: TokenStream) -> Option<(Local, TokenStream)> {
    if let Some(local) = bare_local(place) {
        return Some((local, root));
    }
    match place {
        Expr::Field(field) => {
            let (local, base) = path(&field.base, root)?;
            let member: &Member = &field.member;
            Some((local, quote!(#base.#member)))
        }
        Expr::Paren(inner) => path(&inner.expr, root),
        Expr::Group(inner) => path(&inner.expr, root),
        Expr::Unary(inner) if matches!(inner.op, syn::UnOp::Deref(_)) => {
            let (local, base) = path(&inner.expr, root)?;
            Some((local, quote!((*#base))))
        }
        _ => None,
    }
}
