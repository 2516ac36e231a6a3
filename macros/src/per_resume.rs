//! Lifetimes in `send` and `yield`.
//!
//! An elided lifetime in `send`, and a named one that the function does not declare, is fresh at each resume; a named one
//! may stand in `yield` too. All of them become one lifetime of a `for<'r>` bound.

use std::collections::HashSet;

use proc_macro2::Span;
use syn::visit::Visit;
use syn::visit_mut::{self, VisitMut};
use syn::{GenericArgument, Generics, Lifetime, Type, TypeReference};

/// What is sent.
pub(crate) enum Sends {
    /// One type.
    Plain(Type),
    /// A type for each resume.
    Lent { lifetime: Lifetime, sends: Type },
}

impl Sends {
    /// Splits off the lifetimes that are fresh at each resume. They are renamed in `yields` too.
    pub(crate) fn of(sends: &Type, yields: &mut Type, generics: &Generics) -> Self {
        let mut declared: HashSet<String> =
            generics.lifetimes().map(|param| param.lifetime.ident.to_string()).collect();
        declared.insert("static".to_owned());
        let mut named = Named { declared: &declared, found: Vec::new() };
        named.visit_type(sends);
        let first = named.found.first().cloned();
        let lifetime = first.unwrap_or_else(|| Lifetime::new("'resume", Span::call_site()));
        let mut fresh = Fresh { lifetime: &lifetime, per_resume: named.found.clone(), changed: false, elided: true };
        let mut lent = sends.clone();
        fresh.visit_type_mut(&mut lent);
        if !fresh.changed {
            return Sends::Plain(sends.clone());
        }
        fresh.elided = false;
        fresh.visit_type_mut(yields);
        Sends::Lent { lifetime, sends: lent }
    }
}

/// Named lifetimes that the function does not declare.
struct Named<'a> {
    declared: &'a HashSet<String>,
    found: Vec<Lifetime>,
}

impl<'ast> Visit<'ast> for Named<'_> {
    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        if lifetime.ident != "_" && !self.declared.contains(&lifetime.ident.to_string()) {
            self.found.push(lifetime.clone());
        }
    }

    // `for<'a> fn(&'a T)` declares its own.
    fn visit_type_bare_fn(&mut self, _: &'ast syn::TypeBareFn) {}
}

struct Fresh<'a> {
    lifetime: &'a Lifetime,
    per_resume: Vec<Lifetime>,
    changed: bool,
    elided: bool,
}

impl VisitMut for Fresh<'_> {
    fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
        if reference.lifetime.is_none() && self.elided {
            reference.lifetime = Some(self.lifetime.clone());
            self.changed = true;
        }
        visit_mut::visit_type_reference_mut(self, reference);
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if (lifetime.ident == "_" && self.elided) || self.per_resume.contains(lifetime) {
            *lifetime = self.lifetime.clone();
            self.changed = true;
        }
    }

    fn visit_type_bare_fn_mut(&mut self, _: &mut syn::TypeBareFn) {}
}

/// A type with its lifetimes left to inference: for a body, where those of one resume have no name.
pub(crate) fn inferred(ty: &Type) -> Type {
    struct Infer;
    impl VisitMut for Infer {
        fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
            reference.lifetime = None;
            visit_mut::visit_type_reference_mut(self, reference);
        }
        fn visit_generic_argument_mut(&mut self, argument: &mut GenericArgument) {
            visit_mut::visit_generic_argument_mut(self, argument);
        }
        fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
            if lifetime.ident != "static" {
                *lifetime = Lifetime::new("'_", lifetime.span());
            }
        }
        fn visit_type_bare_fn_mut(&mut self, _: &mut syn::TypeBareFn) {}
        fn visit_bound_lifetimes_mut(&mut self, _: &mut syn::BoundLifetimes) {}
    }
    let mut ty = ty.clone();
    Infer.visit_type_mut(&mut ty);
    ty
}

/// Whether a type can be written in a body: no `impl Trait` in it.
pub(crate) fn is_nameable(ty: &Type) -> bool {
    struct Finder(bool);
    impl<'ast> Visit<'ast> for Finder {
        fn visit_type_impl_trait(&mut self, _: &'ast syn::TypeImplTrait) {
            self.0 = true;
        }
    }
    let mut finder = Finder(false);
    finder.visit_type(ty);
    !finder.0
}
