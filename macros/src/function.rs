//! The function that the attribute stands on: its signature as written, and as it becomes.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, FnArg, Pat, ReturnType, Signature, Token, Type, Visibility, parse_quote};

use crate::args::Args;
use crate::emit::named;
use crate::message;
use crate::names::Used;
use crate::per_resume::Sends;
use crate::recursive;
use crate::report::Report;
use crate::scope::{Keep, knowledge};
use crate::stored;

/// A function item as tokens: its body is not looked at.
pub(crate) struct Item {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) defaultness: Option<Token![default]>,
    pub(crate) sig: Signature,
    /// `None` for a method that a trait only declares.
    pub(crate) body: Option<Group>,
}

impl Parse for Item {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis: Visibility = input.parse()?;
        let defaultness =
            if input.peek(Token![default]) && !input.peek2(Token![!]) { Some(input.parse()?) } else { None };
        let sig: Signature = input.parse().map_err(|error| syn::Error::new(error.span(), message::NOT_PLAIN))?;
        let body = if input.peek(Token![;]) {
            input.parse::<Token![;]>()?;
            None
        } else {
            match input.parse::<TokenTree>()? {
                TokenTree::Group(group) => Some(group),
                other => return Err(syn::Error::new(other.span(), "expected the body of the function")),
            }
        };
        Ok(Item { attrs, vis, defaultness, sig, body })
    }
}

/// One argument.
pub(crate) struct Argument {
    /// The pattern that the body sees.
    pub(crate) pat: Pat,
    /// The name of the parameter in the signature.
    pub(crate) param: Ident,
    pub(crate) keep: Keep,
    /// Its type, where it is written.
    pub(crate) ty: Option<Type>,
    /// Whether the pattern only names the value.
    pub(crate) plain: bool,
}

/// What compiles the body, and what comes of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// A generator, compiled here.
    Frame,
    /// A generator whose body rustc compiles.
    Pinned,
    /// An `async fn`: a future.
    Async,
    /// An `async fn` that yields.
    AsyncGenerator,
}

impl Kind {
    fn of(sig: &mut Signature, args: &Args) -> Self {
        let yields = args.given.iter().any(|word| word == "yield");
        match (&sig.asyncness, args.pinned) {
            // What calling it gives is no future.
            (Some(_), _) if yields => {
                sig.asyncness = None;
                Kind::AsyncGenerator
            }
            (Some(_), _) => Kind::Async,
            (None, Some(_)) => Kind::Pinned,
            (None, None) => Kind::Frame,
        }
    }

    pub(crate) fn is_async(self) -> bool {
        matches!(self, Kind::Async | Kind::AsyncGenerator)
    }
}

/// What the body of a coroutine is compiled with, for a function and for `coroutine!` alike.
pub(crate) struct Function {
    pub(crate) krate: syn::Path,
    pub(crate) name: String,
    pub(crate) span: Span,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) sends: Sends,
    pub(crate) sends_written: Type,
    pub(crate) yields: Type,
    pub(crate) returns: Type,
    pub(crate) clone: bool,
    /// Whether its frame can be saved.
    pub(crate) saves: bool,
    /// The signature and what is yielded and sent, as they were written.
    pub(crate) written: TokenStream,
    /// Whether it runs as a task.
    pub(crate) task: bool,
    pub(crate) kind: Kind,
    /// Whether all that it is made of is `'static`, as far as its signature tells.
    pub(crate) owns: bool,
    /// Whether its frames live on an explicit stack.
    pub(crate) recursive: bool,
    /// Whether its activations are known while they run.
    pub(crate) tracked: bool,
    pub(crate) by_move: bool,
    /// Whether it is an item, and not a `coroutine!` expression.
    pub(crate) is_item: bool,
}

impl Function {
    /// The path of the module that only expansions name.
    pub(crate) fn private(&self) -> TokenStream {
        let krate = &self.krate;
        quote!(#krate::private)
    }

    /// Whether it is recursive and can be saved, so that it is more than one item.
    pub(crate) fn is_stored(&self) -> bool {
        self.recursive && self.saves
    }

    /// Makes what can be saved of what the constructor gives and the codecs of its slots.
    pub(crate) fn saved(&self) -> TokenStream {
        let private = self.private();
        match (self.recursive, self.clone, self.is_item) {
            (true, true, _) => quote!(#private::storable_cloneable),
            (true, false, _) => quote!(#private::storable),
            // Only what captures nothing can be made again out of nothing.
            (false, _, true) => quote!(#private::saved),
            (false, _, false) => quote!(#private::saved_closure),
        }
    }

    /// What a `yield_!` hands out that has no operand: `()`, and in a task the next turn.
    pub(crate) fn nothing(&self) -> syn::Expr {
        let krate = &self.krate;
        if self.task { parse_quote!(#krate::Awaitable::turn()) } else { parse_quote!(()) }
    }

    /// The path of what probes the operand of a delegation.
    pub(crate) fn operand(&self) -> TokenStream {
        let private = self.private();
        if self.recursive { quote!(#private::Callee) } else { quote!(#private::Operand) }
    }

    /// What makes a coroutine of locals and a body. One that `catches` is closed through its body when it is dropped.
    pub(crate) fn constructor(&self, catches: bool) -> TokenStream {
        let (private, returns) = (self.private(), named(&self.returns));
        let make = match (&self.sends, self.recursive, catches) {
            (Sends::Lent { .. }, _, false) => quote!(lending),
            (Sends::Lent { .. }, _, true) => quote!(catching_lending),
            (Sends::Plain(_), false, false) => quote!(generator),
            (Sends::Plain(_), false, true) => quote!(catching),
            // The driver closes each level through its body.
            (Sends::Plain(_), true, _) if self.saves => quote!(level),
            (Sends::Plain(_), true, _) if self.clone => quote!(recursive_cloneable),
            (Sends::Plain(_), true, _) => quote!(recursive),
        };
        match &self.sends {
            Sends::Plain(sends) => {
                let yields = named(&self.yields);
                quote!(#private::#make::<#sends, #yields, #returns, _, _, _>)
            }
            Sends::Lent { lifetime, sends } => {
                let yields = &self.yields;
                quote! {
                    #private::#make::<
                        dyn for<#lifetime> #private::Lend<#lifetime, Send = #sends, Yield = #yields>, #returns, _, _, _
                    >
                }
            }
        }
    }

    /// Reads a signature, and makes it that of a function that gives a coroutine.
    pub(crate) fn of(sig: &mut Signature, args: &Args, report: &mut Report) -> Self {
        let (yields, sends) = (&args.yields, &args.sends);
        let written = quote!(#sig #yields #sends);
        check(sig, report);
        let kind = Kind::of(sig, args);
        check_args(kind, args, report);
        let mut yields = args.yields.clone();
        let sends = Sends::of(&args.sends, &mut yields, &sig.generics);
        let returns: Type = match &sig.output {
            ReturnType::Default => parse_quote!(()),
            ReturnType::Type(_, ty) => (**ty).clone(),
        };
        let owns = owns(sig, args);
        let mut used = Used::default();
        used.scan(sig.inputs.to_token_stream());
        let arguments = sig.inputs.iter_mut().map(|input| argument(&mut used, input)).collect();
        let krate = &args.krate;
        let clone = args.clone.then(|| quote!(+ ::core::clone::Clone));
        // What cannot be recursive is compiled as if it were not, so that this is its one error.
        let recursive = args.recursive.is_some() && kind == Kind::Frame && can_be_recursive(sig, args, &sends, report);
        // What cannot be saved is compiled as if it need not be, so that this is its one error.
        let saves = args.save.is_some() && kind == Kind::Frame && recursive == args.recursive.is_some();
        let save = saves.then(|| quote!(+ #krate::save::Load));
        let machine = match &sends {
            Sends::Plain(sends) => quote!(#krate::Machine<#sends, Yield = #yields, Return = #returns>),
            Sends::Lent { lifetime, sends } => {
                quote!(for<#lifetime> #krate::Machine<#sends, Yield = #yields, Return = #returns>)
            }
        };
        if let Sends::Lent { .. } = &sends {
            match kind {
                Kind::Frame => (),
                Kind::AsyncGenerator => report.at(&args.sends, message::ASYNC_GENERATOR_LENT),
                Kind::Pinned | Kind::Async => report.at(&args.sends, message::POLLED_LENT),
            }
        }
        sig.output = if kind == Kind::Async {
            parse_quote!(-> ::core::result::Result<#returns, #krate::Exception>)
        } else if kind == Kind::Pinned {
            let sends = &args.sends;
            parse_quote!(-> #krate::Pinned<impl #krate::PinnedMachine<#sends, Yield = #yields, Return = #returns>>)
        } else if kind == Kind::AsyncGenerator {
            let sends = &args.sends;
            parse_quote!(-> #krate::AsyncGenerator<impl #krate::AsyncMachine<Send = #sends, Yield = #yields>>)
        } else if recursive && saves {
            recursive::owns(sig);
            let (sends, kind) = (&args.sends, stored::kind(sig));
            parse_quote!(-> #krate::Recursive<'static, #yields, #returns, #sends, #kind>)
        } else if recursive {
            let (mut yields, mut returns) = (yields.clone(), returns.clone());
            let frame = recursive::outlives(sig, [&mut yields, &mut returns]);
            let sends = &args.sends;
            let kind = args.clone.then(|| quote!(, #krate::Cloneable));
            parse_quote!(-> #krate::Recursive<#frame, #yields, #returns, #sends #kind>)
        } else {
            parse_quote!(-> #krate::Generator<impl #machine #clone #save>)
        };
        Function {
            krate: krate.clone(),
            name: sig.ident.to_string(),
            span: sig.fn_token.span,
            arguments,
            sends,
            sends_written: args.sends.clone(),
            yields,
            returns,
            clone: args.clone,
            saves,
            written,
            task: args.task.is_some(),
            kind,
            owns,
            recursive,
            tracked: args.tracked.is_some(),
            by_move: false,
            is_item: true,
        }
    }

    /// Reads the head of a `coroutine!` closure, whose parameters get plain names.
    pub(crate) fn of_closure(closure: &mut syn::ExprClosure, args: &Args, report: &mut Report) -> Self {
        if let Some(span) = args.recursive {
            report.at_span(span, message::RECURSIVE_CLOSURE);
        }
        let kind = if args.pinned.is_some() { Kind::Pinned } else { Kind::Frame };
        check_args(kind, args, report);
        let mut yields = args.yields.clone();
        let (inputs, sent) = (&closure.inputs, &args.sends);
        let written = quote!(#inputs #yields #sent);
        let sends = Sends::of(&args.sends, &mut yields, &syn::Generics::default());
        if let (Kind::Pinned, Sends::Lent { .. }) = (kind, &sends) {
            report.at(&args.sends, message::POLLED_LENT);
        }
        let returns: Type = match &closure.output {
            ReturnType::Default => parse_quote!(_),
            ReturnType::Type(_, ty) => (**ty).clone(),
        };
        closure.output = ReturnType::Default;
        let mut used = Used::default();
        used.scan(closure.inputs.to_token_stream());
        let arguments = closure
            .inputs
            .iter_mut()
            .map(|input| {
                let (pat, ty) = match input {
                    Pat::Type(typed) => (&mut *typed.pat, Some((*typed.ty).clone())),
                    pat => (pat, None),
                };
                named_argument(&mut used, pat, ty.as_ref())
            })
            .collect();
        Function {
            krate: args.krate.clone(),
            name: "<coroutine>".to_owned(),
            span: closure.or1_token.span,
            arguments,
            sends,
            sends_written: args.sends.clone(),
            yields,
            returns,
            clone: args.clone,
            saves: args.save.is_some() && kind == Kind::Frame,
            written,
            task: args.task.is_some(),
            kind,
            owns: false,
            recursive: false,
            tracked: args.tracked.is_some(),
            by_move: closure.capture.is_some(),
            is_item: false,
        }
    }
}

/// Whether a signature has no lifetimes but `'static`. Type parameters may have some, also those of an `impl` around the
/// function, which are known by their names: one letter, or a letter and digits.
fn owns(sig: &Signature, args: &Args) -> bool {
    struct Finder(bool);
    impl<'ast> Visit<'ast> for Finder {
        fn visit_receiver(&mut self, _: &'ast syn::Receiver) {
            self.0 = true;
        }
        fn visit_type_reference(&mut self, reference: &'ast syn::TypeReference) {
            self.0 |= reference.lifetime.is_none();
            visit::visit_type_reference(self, reference);
        }
        fn visit_lifetime(&mut self, lifetime: &'ast syn::Lifetime) {
            self.0 |= lifetime.ident != "static";
        }
        fn visit_type_impl_trait(&mut self, _: &'ast syn::TypeImplTrait) {
            self.0 = true;
        }
        fn visit_path(&mut self, path: &'ast syn::Path) {
            let first = path.segments.first().map(|segment| segment.ident.to_string()).unwrap_or_default();
            let mut letters = first.chars();
            let is_parameter = letters.next().is_some_and(char::is_uppercase) && letters.all(|c| c.is_ascii_digit());
            self.0 |= is_parameter || first == "Self";
            visit::visit_path(self, path);
        }
    }
    let mut finder = Finder(sig.generics.type_params().next().is_some());
    sig.inputs.iter().for_each(|input| finder.visit_fn_arg(input));
    finder.visit_return_type(&sig.output);
    finder.visit_type(&args.yields);
    finder.visit_type(&args.sends);
    !finder.0
}

/// Reports what a coroutine cannot be, and takes it off the signature, so that it is reported once.
fn check(sig: &mut Signature, report: &mut Report) {
    if let Some(token) = sig.constness.take() {
        report.at(&token, message::CONST_FN);
    }
    match (sig.variadic.take(), sig.abi.take()) {
        (Some(variadic), _) => report.at(&variadic, message::VARIADIC),
        (None, Some(abi)) => report.at(&abi, message::EXTERN_FN),
        (None, None) => {}
    }
    for input in &sig.inputs {
        let attrs = match input {
            FnArg::Receiver(receiver) => &receiver.attrs,
            FnArg::Typed(typed) => &typed.attrs,
        };
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("cfg") || attr.path().is_ident("cfg_attr")) {
            report.at(attr, message::CFG);
        }
    }
}

/// Reports what a body that rustc compiles cannot be.
fn check_args(kind: Kind, args: &Args, report: &mut Report) {
    for word in &args.given {
        let refused = match (kind, word.to_string().as_str()) {
            (Kind::Async, "send") => message::ASYNC_SEND,
            (Kind::Async | Kind::AsyncGenerator, "task") => message::ASYNC_TASK,
            (Kind::Async | Kind::AsyncGenerator, "pinned") => message::ASYNC_PINNED,
            (Kind::Async, "recursive") => message::ASYNC_RECURSIVE,
            (Kind::AsyncGenerator, "recursive") => message::ASYNC_GENERATOR_RECURSIVE,
            (Kind::Async | Kind::AsyncGenerator, "derive") if args.save.is_some() => message::ASYNC_SAVE,
            (Kind::Async, "derive") => message::ASYNC_CLONE,
            (Kind::AsyncGenerator, "derive") => message::ASYNC_GENERATOR_CLONE,
            (Kind::Async | Kind::AsyncGenerator | Kind::Pinned, "tracked") => message::POLLED_TRACKED,
            (Kind::Pinned, "recursive") => message::PINNED_RECURSIVE,
            (Kind::Pinned, "derive") if args.save.is_some() => message::PINNED_SAVE,
            (Kind::Pinned, "derive") => message::PINNED_CLONE,
            _ => continue,
        };
        report.at(word, refused);
    }
}

/// Reports what a recursive coroutine cannot be.
fn can_be_recursive(sig: &Signature, args: &Args, sends: &Sends, report: &mut Report) -> bool {
    let lent = matches!(sends, Sends::Lent { .. });
    if lent {
        report.at(&args.sends, message::RECURSIVE_LENT);
    }
    let output = match &sig.output {
        ReturnType::Type(_, ty) => Some(&**ty),
        ReturnType::Default => None,
    };
    let outputs = output.into_iter().chain([&args.yields]);
    let opaque: Vec<&Type> = outputs.filter(|ty| !crate::per_resume::is_nameable(ty)).collect();
    opaque.iter().for_each(|ty| report.at(ty, message::RECURSIVE_OPAQUE));
    !lent && opaque.is_empty() && (args.save.is_none() || stored::check(sig, args, report))
}

fn argument(used: &mut Used, input: &mut FnArg) -> Argument {
    match input {
        FnArg::Receiver(receiver) => {
            let token = receiver.self_token;
            let keep = knowledge::of_type(&receiver.ty);
            Argument {
                pat: Pat::Ident(syn::PatIdent {
                    attrs: Vec::new(),
                    by_ref: None,
                    mutability: None,
                    ident: Ident::new("self", token.span),
                    subpat: None,
                }),
                param: Ident::new("self", token.span),
                keep,
                ty: None,
                plain: true,
            }
        }
        FnArg::Typed(typed) => {
            let ty = (*typed.ty).clone();
            named_argument(used, &mut typed.pat, Some(&ty))
        }
    }
}

fn named_argument(used: &mut Used, pat: &mut Pat, ty: Option<&Type>) -> Argument {
    let written = pat.clone();
    let plain = matches!(&written, Pat::Ident(binding) if binding.by_ref.is_none() && binding.subpat.is_none());
    let param = match &written {
        Pat::Ident(binding) if plain => binding.ident.clone(),
        _ => used.fresh("arg", written.span()),
    };
    *pat = parse_quote!(#param);
    let keep = ty.map_or(Keep::Unknown, knowledge::of_type);
    Argument { pat: written, param, keep, ty: ty.cloned(), plain }
}
