//! The frame and the call that makes a coroutine of it.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::Type;

use super::arm::Arms;
use super::regions::Regions;
use super::{CodeObject, Emit, Names};
use crate::function::Function;
use crate::layout::{Place, Slot};
use crate::names::{Local, Used};

/// What emission needs to know of the function around the body.
pub(crate) struct Frame<'a> {
    function: &'a Function,
    code: &'a CodeObject,
    /// The names in the source.
    source: &'a Used,
    /// The expression that each argument's slot starts with.
    args: Vec<(Local, TokenStream)>,
}

impl<'a> Frame<'a> {
    pub(crate) fn of(function: &'a Function, code: &'a CodeObject, source: &'a Used) -> Self {
        let params = function.arguments.iter().map(|argument| argument.param.to_token_stream());
        Frame { function, code, source, args: params.enumerate().map(|(index, param)| (Local(index), param)).collect() }
    }
}

impl Emit<'_> {
    /// The block whose value is the coroutine.
    pub(crate) fn frame(&self, frame: &Frame<'_>) -> TokenStream {
        let allowed = allowed_lints();
        let private = &self.private;
        let items = self.locals_struct(frame);
        let Names { locals, position, state, sent, raised, turn, .. } = &self.names;
        let start = self.start_values(frame);
        let slots = self.layout.order.iter().filter_map(|local| self.resume_slot(*local));
        let regions = Regions::of(self);
        let run = self.structured(&regions, &Arms::all(self, &regions));
        let by_move = frame.function.by_move.then(|| quote!(move));
        let make = frame.function.constructor(self.graph.catches);
        let held = self.layout.slots.values().any(|slot| slot.held).then(|| quote!(use #private::Kept as _;));
        let (saved, probing_saved) = (
            self.saved_locals(),
            self.saves.map(|_| quote!(use #private::{NotSaved as _, UnsavedLevels as _, ViaSerde as _};)),
        );
        let look = self.look(&frame.code.arguments, frame.source);
        let start = self.when_called(frame.function, start);
        let tracked = self.tracked.then(|| {
            let Names { identity, entered, .. } = &self.names;
            quote!(let #entered = #private::entered(&*#locals, &#locals.#identity, #state);)
        });
        // A recursive body has a turn of its driver, which keeps what is raised until it is taken: so a resume that raises
        // nothing has nothing to drop.
        let raises = if self.recursive { quote!(#turn) } else { quote!(mut #raised) };
        // What only hands on what another yields is to be no step of its own. Left to itself the compiler makes it one, if it
        // sees all who resume it at once.
        let forwards = self.graph.points.len() <= 2 && self.graph.points.iter().all(|point| point.delegates);
        let inline = (forwards || self.recursive).then(|| quote!(#[inline(always)]));
        let delegates = self.graph.points.iter().any(|point| point.delegates).then(|| probing(frame.function));
        let made = quote! {
            #make(#start, #inline #by_move |#locals, #position, #state, mut #sent, #raises| {
                #tracked
                #(#slots)*
                #run
            }, #look)
        };
        let made = self.saving(frame.function, made);
        quote! {
            #allowed
            {
                #held
                #delegates
                #probing_saved
                #items
                #saved
                #made
            }
        }
    }

    /// The frame of a recursive coroutine is made where it is to run, but one that is tracked has its identity at once.
    fn when_called(&self, function: &Function, start: TokenStream) -> TokenStream {
        match (function.recursive && !function.is_stored(), self.tracked) {
            (false, _) => start,
            (true, false) => quote!(move || #start),
            (true, true) => {
                let locals = &self.names.locals;
                quote!({
                    let #locals = #start;
                    move || #locals
                })
            }
        }
    }

    pub(super) fn frame_slots(&self) -> Vec<(Local, &Slot)> {
        let slots = self.layout.order.iter().filter_map(|local| Some((*local, self.layout.slot(*local)?)));
        slots.filter(|(_, slot)| slot.place == Place::Frame).collect()
    }

    fn resume_slot(&self, local: Local) -> Option<TokenStream> {
        let slot = self.layout.slot(local).filter(|slot| slot.place == Place::Resume)?;
        let name = &slot.name;
        if slot.plain {
            return Some(quote!(let mut #name = ::core::default::Default::default();));
        }
        Some(quote!(let mut #name = ::core::option::Option::None;))
    }

    fn locals_struct(&self, frame: &Frame<'_>) -> TokenStream {
        let (private, krate, name) = (&self.private, &frame.function.krate, &self.names.frame);
        let slots = self.frame_slots();
        let params: Vec<Ident> = (0..slots.len()).map(|index| format_ident!("T{index}")).collect();
        // In reverse, so that fields drop in reverse order of declaration.
        let fields = slots.iter().zip(&params).rev().map(|((_, slot), param)| {
            let field = &slot.name;
            if slot.plain { quote!(#field: #param) } else { quote!(#field: ::core::option::Option<#param>) }
        });
        let clears = slots.iter().rev().filter(|(_, slot)| !slot.plain).map(|(_, slot)| {
            let field = &slot.name;
            quote!(self.#field = ::core::option::Option::None;)
        });
        let code = frame.code.inside(frame.function);
        let identity = self.tracked.then(|| {
            let identity = &self.names.identity;
            quote!(#identity: #private::Identity,)
        });
        let derive = frame.function.clone.then(|| quote!(#[derive(::core::clone::Clone)]));
        let sends = self.sent.marker();
        let generics = (!params.is_empty()).then(|| quote!(<#(#params),*>));
        quote! {
            #derive
            struct #name #generics { #identity #(#fields),* }

            impl #generics #private::Locals for #name #generics {
                const CODE: &'static #krate::Code = &#code;
                type Sends = #private::#sends;

                fn clear(&mut self) {
                    #(#clears)*
                }
            }
        }
    }

    fn start_values(&self, frame: &Frame<'_>) -> TokenStream {
        let name = &self.names.frame;
        let fields = self.frame_slots().into_iter().map(|(local, slot)| {
            let field = &slot.name;
            let value = frame.args.iter().find(|(arg, _)| *arg == local).map(|(_, value)| value);
            match value {
                Some(value) if slot.held => {
                    let private = &self.private;
                    quote!(#field: ::core::option::Option::Some(#private::Held(#value).hold()))
                }
                Some(value) if slot.plain => quote!(#field: #value),
                Some(value) => quote!(#field: ::core::option::Option::Some(#value)),
                None if slot.plain => quote!(#field: ::core::default::Default::default()),
                None => quote!(#field: ::core::option::Option::None),
            }
        });
        let identity = self.tracked.then(|| {
            let (private, identity) = (&self.private, &self.names.identity);
            quote!(#identity: #private::Identity::new(),)
        });
        quote!(#name { #identity #(#fields),* })
    }
}

/// The traits by which method probing tells delegates, iterables and futures apart. Which of them are needed is not known here.
pub(crate) fn probing(function: &Function) -> TokenStream {
    let private = function.private();
    let traits = if function.recursive {
        quote!(DelegateOperand as _, FutureOperand as _, IterableOperand as _, NoOperand as _)
    } else {
        quote!(AnyFuture as _, FallibleFuture as _, Iterable as _, NoDelegate as _, PinnedOperand as _)
    };
    quote! {
        #[allow(unused_imports)]
        use #private::{#traits};
    }
}

/// A type as it can be written in a body.
pub(crate) fn named(ty: &Type) -> TokenStream {
    if crate::per_resume::is_nameable(ty) { quote!(#ty) } else { quote!(_) }
}

/// The lints that are off in the lowered form. The native form stands beside it and has the user's own settings, so
/// nothing the user wrote goes unseen.
fn allowed_lints() -> TokenStream {
    quote! {
        #[allow(
            // The native form reports these where they are the user's.
            unused,
            // Made variables, labels and blocks need not look handwritten to a linter.
            clippy::all,
            clippy::pedantic,
            clippy::nursery,
            deprecated,
            // A local keeps the name that the user gave it, in a field too.
            non_snake_case
        )]
    }
}
