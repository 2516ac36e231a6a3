//! Saving and restoring of a frame: which locals are saved at which suspension point, and how each is written.
//!
//! A local's type is inferred, so how it is written is inferred as well: behind the call that makes the coroutine a
//! closure that is never run probes every slot for its codec. The codecs are the parameter of the trait by which the
//! runtime visits the slots. What has no codec is an error at the local.

use proc_macro2::{Delimiter, Ident, Literal, TokenStream, TokenTree};
use quote::{format_ident, quote};

use super::Emit;
use crate::function::Function;
use crate::graph::{BlockId, Graph};
use crate::layout::Slot;
use crate::names::{Local, at};

/// A fingerprint of source: the tokens, without comments and without the space between them. Another version of this
/// compiler may save the same source in another way, so that its version is a part.
pub(crate) fn fingerprint<'a>(sources: impl IntoIterator<Item = &'a TokenStream>) -> u64 {
    let mut hash = Fnv::new();
    hash.text(env!("CARGO_PKG_VERSION"));
    for source in sources {
        hash.tokens(source.clone());
        hash.text("");
    }
    hash.0
}

/// FNV-1a, which is the same on every machine.
struct Fnv(u64);

impl Fnv {
    const fn new() -> Self {
        Fnv(0xcbf2_9ce4_8422_2325)
    }

    fn text(&mut self, text: &str) {
        for byte in text.bytes().chain([0]) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    fn tokens(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => {
                    let (open, close) = match group.delimiter() {
                        Delimiter::Parenthesis => ("(", ")"),
                        Delimiter::Brace => ("{", "}"),
                        Delimiter::Bracket => ("[", "]"),
                        Delimiter::None => ("", ""),
                    };
                    self.text(open);
                    self.tokens(group.stream());
                    self.text(close);
                }
                other => self.text(&other.to_string()),
            }
        }
    }
}

/// A slot that is saved at a suspension point.
struct Saved {
    slot: usize,
    /// A name that no other saved slot has there, and that does not change with what stands elsewhere in the body.
    name: String,
    /// Whether it may be empty.
    optional: bool,
}

impl Emit<'_> {
    /// The coroutine, as one that can be saved.
    pub(super) fn saving(&self, function: &Function, made: TokenStream) -> TokenStream {
        if self.saves.is_none() {
            return made;
        }
        let (private, name, locals) = (&self.private, &self.names.made, &self.names.locals);
        let codecs = self.frame_slots().into_iter().map(|(local, slot)| {
            let field = &slot.name;
            let probe = if slot.plain { quote!(of) } else { quote!(of_slot) };
            at(self.locals[local].span, quote!(#private::SlotProbe::#probe(&#locals.#field).codec()))
        });
        let saved = function.saved();
        let find = if function.recursive { quote!(level_codecs) } else { quote!(codecs) };
        quote! {
            let #name = #made;
            #saved(#private::#find(&#name, |#locals| (#(#codecs,)*)), #name)
        }
    }

    /// How the runtime visits the slots.
    pub(super) fn saved_locals(&self) -> Option<TokenStream> {
        let source = Literal::u64_suffixed(self.saves?);
        let (private, name) = (&self.private, &self.names.frame);
        let slots = self.frame_slots();
        let ident = |letter: char, index: usize| format_ident!("{letter}{index}");
        let types: Vec<Ident> = (0..slots.len()).map(|index| ident('T', index)).collect();
        let codecs: Vec<Ident> = (0..slots.len()).map(|index| ident('C', index)).collect();
        let bounds = slots.iter().zip(types.iter().zip(&codecs)).map(|((_, slot), (ty, codec))| {
            let default = slot.plain.then(|| quote!(#ty: ::core::default::Default,));
            quote!(#default #codec: #private::Codec<#ty>,)
        });
        let blank = slots.iter().map(|(_, slot)| {
            let field = &slot.name;
            if slot.plain {
                quote!(#field: ::core::default::Default::default())
            } else {
                quote!(#field: ::core::option::Option::None)
            }
        });
        let arms = |make: &dyn Fn(&Slot, &Ident) -> TokenStream| -> TokenStream {
            let arms = slots.iter().zip(&codecs).enumerate().map(|(index, ((_, slot), codec))| {
                let (index, code) = (Literal::usize_unsuffixed(index), make(slot, codec));
                quote!(#index => #code,)
            });
            arms.collect()
        };
        let writes = arms(&|slot, codec| {
            let field = &slot.name;
            if slot.plain {
                quote!(#private::save_plain::<#codec, _, _>(&self.#field, serializer))
            } else {
                quote!(#private::save_slot::<#codec, _, _>(&self.#field, optional, serializer))
            }
        });
        let reads = arms(&|slot, codec| {
            let field = &slot.name;
            if slot.plain {
                quote!(#private::load_plain::<#codec, _, _>(&mut self.#field, deserializer))
            } else {
                quote!(#private::load_slot::<#codec, _, _>(&mut self.#field, optional, deserializer))
            }
        });
        let described = slots.iter().zip(types.iter().zip(&codecs)).enumerate().map(|(index, (_, (ty, codec)))| {
            let index = Literal::usize_unsuffixed(index);
            quote!(#index => <#codec as #private::Codec<#ty>>::describe(shape),)
        });
        let identity = self.tracked.then(|| {
            let identity = &self.names.identity;
            quote!(#identity: #private::Identity::new(),)
        });
        let layouts = self.layouts();
        let count = Literal::usize_unsuffixed(layouts.len());
        let calls = self.recursive.then(|| self.saved_calls(&slots, &types, &codecs));
        Some(quote! {
            #calls

            impl<#(#types,)* #(#codecs,)*> #private::SavedLocals<(#(#codecs,)*)> for #name<#(#types),*>
            where
                #(#bounds)*
            {
                const SOURCE: u64 = #source;

                fn layouts() -> &'static [#private::Layout] {
                    static LAYOUTS: [#private::Layout; #count] = [#(#layouts),*];
                    &LAYOUTS
                }

                fn blank() -> Self {
                    #name { #identity #(#blank),* }
                }

                fn save<S: #private::serde::Serializer>(
                    &self,
                    slot: usize,
                    optional: bool,
                    serializer: S,
                ) -> ::core::result::Result<S::Ok, S::Error> {
                    match slot {
                        #writes
                        _ => ::core::unreachable!(),
                    }
                }

                fn load<'de, D: #private::serde::Deserializer<'de>>(
                    &mut self,
                    slot: usize,
                    optional: bool,
                    deserializer: D,
                ) -> ::core::result::Result<(), D::Error> {
                    match slot {
                        #reads
                        _ => ::core::unreachable!(),
                    }
                }

                fn describe(slot: usize, shape: &mut #private::Shape<'_>) {
                    match slot {
                        #(#described)*
                        _ => ::core::unreachable!(),
                    }
                }
            }
        })
    }

    /// Which slots hold calls. One that is never empty does not.
    fn saved_calls(&self, slots: &[(Local, &Slot)], types: &[Ident], codecs: &[Ident]) -> TokenStream {
        let (private, name) = (&self.private, &self.names.frame);
        let bounds = slots.iter().zip(types.iter().zip(codecs)).map(|((_, slot), (ty, codec))| {
            let default = slot.plain.then(|| quote!(#ty: ::core::default::Default,));
            quote!(#default #codec: #private::Codec<#ty>,)
        });
        let arms = |make: &dyn Fn(&Slot, &Ident, &Ident) -> TokenStream| -> TokenStream {
            let slots = slots.iter().zip(types.iter().zip(codecs)).enumerate();
            let arms = slots.filter(|(_, ((_, slot), _))| !slot.plain).map(|(index, ((_, slot), (ty, codec)))| {
                let (index, code) = (Literal::usize_unsuffixed(index), make(slot, ty, codec));
                quote!(#index => #code,)
            });
            arms.collect()
        };
        let savers = arms(&|_, ty, codec| quote!(<#codec as #private::Codec<#ty>>::saver()));
        let loaders = arms(&|_, ty, codec| quote!(<#codec as #private::Codec<#ty>>::loader()));
        quote! {
            impl<#(#types,)* #(#codecs,)*> #private::SavedLevel<(#(#codecs,)*)> for #name<#(#types),*>
            where
                #(#bounds)*
            {
                fn saver<W: #private::serde::ser::SerializeSeq>(
                    slot: usize,
                ) -> ::core::option::Option<#private::SaveCallee<W>> {
                    match slot {
                        #savers
                        _ => ::core::option::Option::None,
                    }
                }

                fn loader<'de, A: #private::serde::de::SeqAccess<'de>>(
                    slot: usize,
                ) -> ::core::option::Option<#private::LoadCallee<'de, A>> {
                    match slot {
                        #loaders
                        _ => ::core::option::Option::None,
                    }
                }
            }
        }
    }

    /// The layout of the frame at each position: before the start, and at each suspension point.
    fn layouts(&self) -> Vec<TokenStream> {
        let private = &self.private;
        let mut layouts = vec![self.layout_at(Graph::ENTRY, None)];
        for (index, point) in self.graph.points.iter().enumerate() {
            let resumed = self.graph.blocks.iter().position(|block| block.resumes == Some(index + 1)).map(BlockId);
            layouts.push(match resumed.filter(|block| self.facts.state_in(*block).0.is_some()) {
                Some(block) => self.layout_at(block, point.label.as_deref()),
                None => quote!(#private::Layout::unreachable()),
            });
        }
        layouts
    }

    fn layout_at(&self, block: BlockId, label: Option<&str>) -> TokenStream {
        let private = &self.private;
        let saved = self.saved_slots(block);
        let names = saved.iter().map(|saved| &saved.name);
        let slots = saved.iter().map(|Saved { slot, optional, .. }| {
            let slot = Literal::usize_unsuffixed(*slot);
            quote!((#slot, #optional))
        });
        let label = match label {
            Some(label) => quote!(::core::option::Option::Some(#label)),
            None => quote!(::core::option::Option::None),
        };
        quote!(#private::Layout::new(#label, &[#(#names),*], &[#(#slots),*]))
    }

    /// The slots whose contents count where an arm starts: what is mentioned later or dropped later. Others may hold
    /// what nobody reads.
    fn saved_slots(&self, block: BlockId) -> Vec<Saved> {
        let state = self.facts.state_in(block);
        let in_scope = self.facts.in_scope(self.graph, block);
        let mut saved: Vec<Saved> = Vec::new();
        for (slot, (local, kind)) in self.frame_slots().into_iter().enumerate() {
            let status = state.get(local);
            if !in_scope.contains(&local) || !self.facts.is_needed(block, local, status, self.locals) {
                continue;
            }
            // What is mentioned later has a value whatever happened before: rustc has seen to that.
            let optional = status.is_maybe() && !kind.plain && !self.facts.is_live(block, local);
            saved.push(Saved { slot, name: self.saved_name(local, &saved), optional });
        }
        saved
    }

    fn saved_name(&self, local: Local, others: &[Saved]) -> String {
        let name = self.locals[local].name.trim_start_matches("r#").to_owned();
        let taken = |name: &String| others.iter().any(|other| other.name == *name);
        let numbered = (2..).map(|number| format!("{name} {number}"));
        std::iter::once(name.clone()).chain(numbered).find(|name| !taken(name)).unwrap_or(name)
    }
}
