//! The signature of a recursive coroutine.
//!
//! It gives a type that can be named, `Recursive<'co, Y, R, S>`, which stands for the frame only by what outlives it:
//! everything that the function captures lives at least as long as `'co`. Where nothing borrowed and nothing generic is
//! captured that is `'static`. A lifetime that is elided in an argument gets a name, so that this can be said of it.

use proc_macro2::Span;
use syn::visit::Visit;
use syn::visit_mut::{self, VisitMut};
use syn::{
    FnArg, GenericParam, Ident, Lifetime, LifetimeParam, Signature, Type, TypeReference, WherePredicate, parse_quote,
};

/// Makes a signature say that all it captures outlives the lifetime that it returns. A lifetime that is elided in what is
/// yielded or returned is that of `self`, or the only one among the arguments, as in any signature.
pub(crate) fn outlives(sig: &mut Signature, outputs: [&mut Type; 2]) -> Lifetime {
    let frame = name_captures(sig);
    if let Some(lifetime) = elision(sig) {
        let mut elided = Resolved { lifetime };
        outputs.into_iter().for_each(|ty| elided.visit_type_mut(ty));
    }
    frame
}

fn name_captures(sig: &mut Signature) -> Lifetime {
    let mut taken: Vec<String> = sig.generics.lifetimes().map(|param| param.lifetime.ident.to_string()).collect();
    let mut fresh = |name: &str| {
        let mut candidate = name.to_owned();
        while taken.contains(&candidate) {
            candidate.push('_');
        }
        taken.push(candidate.clone());
        Lifetime::new(&format!("'{candidate}"), Span::call_site())
    };
    let frame = fresh("co");
    let mut elided = Elided { names: Vec::new(), fresh: &mut |index| fresh(&format!("arg{index}")), frame: &frame };
    let mut predicates: Vec<WherePredicate> = Vec::new();
    for input in &mut sig.inputs {
        match input {
            FnArg::Receiver(receiver) => match &mut receiver.reference {
                Some((_, lifetime)) => {
                    let lifetime = lifetime.get_or_insert_with(|| elided.name());
                    let (lifetime, mutability) = (lifetime.clone(), receiver.mutability);
                    receiver.ty = parse_quote!(&#lifetime #mutability Self);
                }
                None => {
                    elided.visit_type_mut(&mut receiver.ty);
                    predicates.push(parse_quote!(Self: #frame));
                }
            },
            FnArg::Typed(typed) => elided.visit_type_mut(&mut typed.ty),
        }
    }
    let named = elided.names;
    for lifetime in &named {
        sig.generics.params.insert(0, GenericParam::Lifetime(LifetimeParam::new(lifetime.clone())));
    }
    let bounded = bound(sig, &frame, &mut predicates);
    if !bounded && predicates.is_empty() && !anonymous(sig) {
        return Lifetime::new("'static", Span::call_site());
    }
    sig.generics.params.insert(0, GenericParam::Lifetime(LifetimeParam::new(frame.clone())));
    if !predicates.is_empty() {
        sig.generics.make_where_clause().predicates.extend(predicates);
    }
    frame
}

/// Bounds all parameters by a lifetime, or asks for a predicate that does. Tells whether there are any.
fn bound(sig: &mut Signature, lifetime: &Lifetime, predicates: &mut Vec<WherePredicate>) -> bool {
    let clause = sig.generics.where_clause.clone();
    let is_bound = |name: &Ident| {
        clause.iter().flat_map(|clause| &clause.predicates).any(|predicate| match predicate {
            WherePredicate::Type(bound) => matches!(&bound.bounded_ty, Type::Path(path) if path.path.is_ident(name)),
            _ => false,
        })
    };
    let mut bounded = false;
    for param in &mut sig.generics.params {
        bounded |= !matches!(param, GenericParam::Const(_));
        match param {
            GenericParam::Lifetime(param) => param.bounds.push(lifetime.clone()),
            // One place for the bounds of one parameter, as clippy wants it.
            GenericParam::Type(param) if is_bound(&param.ident) => {
                let name = &param.ident;
                predicates.push(parse_quote!(#name: #lifetime));
            }
            GenericParam::Type(param) => param.bounds.push(parse_quote!(#lifetime)),
            GenericParam::Const(_) => {}
        }
    }
    bounded
}

/// Makes a signature that has no lifetimes say that its type parameters have none either.
pub(crate) fn owns(sig: &mut Signature) {
    let mut predicates = Vec::new();
    bound(sig, &Lifetime::new("'static", Span::call_site()), &mut predicates);
    if !predicates.is_empty() {
        sig.generics.make_where_clause().predicates.extend(predicates);
    }
}

/// What an elided lifetime stands for in the output of a signature whose inputs have names.
fn elision(sig: &Signature) -> Option<Lifetime> {
    struct Mentioned(Vec<Lifetime>);
    impl<'ast> Visit<'ast> for Mentioned {
        fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
            if !self.0.contains(lifetime) {
                self.0.push(lifetime.clone());
            }
        }
        fn visit_type_bare_fn(&mut self, _: &'ast syn::TypeBareFn) {}
        fn visit_parenthesized_generic_arguments(&mut self, _: &'ast syn::ParenthesizedGenericArguments) {}
    }
    if let Some(lifetime) = sig.receiver().and_then(|receiver| receiver.lifetime()) {
        return Some(lifetime.clone());
    }
    let mut mentioned = Mentioned(Vec::new());
    for input in &sig.inputs {
        if let FnArg::Typed(typed) = input {
            mentioned.visit_type(&typed.ty);
        }
    }
    match &mentioned.0[..] {
        [only] => Some(only.clone()),
        _ => None,
    }
}

struct Resolved {
    lifetime: Lifetime,
}

impl VisitMut for Resolved {
    fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
        reference.lifetime.get_or_insert_with(|| self.lifetime.clone());
        visit_mut::visit_type_reference_mut(self, reference);
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if lifetime.ident == "_" {
            *lifetime = self.lifetime.clone();
        }
    }

    fn visit_type_bare_fn_mut(&mut self, _: &mut syn::TypeBareFn) {}
    fn visit_parenthesized_generic_arguments_mut(&mut self, _: &mut syn::ParenthesizedGenericArguments) {}
}

/// Whether an argument is an `impl Trait`.
fn anonymous(sig: &Signature) -> bool {
    sig.inputs.iter().any(|input| match input {
        FnArg::Receiver(_) => false,
        FnArg::Typed(typed) => !crate::per_resume::is_nameable(&typed.ty),
    })
}

/// Gives names to the lifetimes that are elided in an argument.
struct Elided<'a> {
    names: Vec<Lifetime>,
    fresh: &'a mut dyn FnMut(usize) -> Lifetime,
    frame: &'a Lifetime,
}

impl Elided<'_> {
    fn name(&mut self) -> Lifetime {
        let name = (self.fresh)(self.names.len());
        self.names.push(name.clone());
        name
    }
}

impl VisitMut for Elided<'_> {
    fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
        if reference.lifetime.is_none() {
            reference.lifetime = Some(self.name());
        }
        visit_mut::visit_type_reference_mut(self, reference);
        // More than one bound behind a `&` wants parentheses.
        if let Type::ImplTrait(inner) = &*reference.elem {
            *reference.elem = parse_quote!((#inner));
        }
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if lifetime.ident == "_" {
            *lifetime = self.name();
        }
    }

    fn visit_type_impl_trait_mut(&mut self, inner: &mut syn::TypeImplTrait) {
        visit_mut::visit_type_impl_trait_mut(self, inner);
        let frame = self.frame;
        inner.bounds.push(parse_quote!(#frame));
    }

    fn visit_type_bare_fn_mut(&mut self, _: &mut syn::TypeBareFn) {}
    // `Fn(&T)` declares its own.
    fn visit_parenthesized_generic_arguments_mut(&mut self, _: &mut syn::ParenthesizedGenericArguments) {}
}
