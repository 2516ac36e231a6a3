//! The attribute's arguments: `yield = Y, send = S, task, pinned, recursive, tracked`,
//! `derive(Clone, Serialize, Deserialize), code = bool, crate = path`.

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Token, Type, parenthesized, parse_quote};

use crate::message;
use crate::report::Report;

/// The arguments, each with its default.
pub(crate) struct Args {
    /// What is yielded; `()` by default.
    pub(crate) yields: Type,
    /// What is sent; `()` by default.
    pub(crate) sends: Type,
    /// Whether the frame is `Clone`.
    pub(crate) clone: bool,
    /// `Serialize` and `Deserialize`, if the frame is both: where they stand.
    pub(crate) save: Option<Span>,
    /// `task`, which says what is yielded and sent: where it stands.
    pub(crate) task: Option<Span>,
    /// `pinned`: where it stands.
    pub(crate) pinned: Option<Span>,
    /// `recursive`: where it stands.
    pub(crate) recursive: Option<Span>,
    /// `tracked`: where it stands.
    pub(crate) tracked: Option<Span>,
    /// Whether the code object stands in a module beside the function; without an answer, beside a free one.
    pub(crate) code: Option<bool>,
    /// The path of the runtime crate; `::coframe` by default.
    pub(crate) krate: syn::Path,
    /// The words that were given, in order.
    pub(crate) given: Vec<syn::Ident>,
}

impl Default for Args {
    fn default() -> Self {
        Args {
            yields: parse_quote!(()),
            sends: parse_quote!(()),
            clone: false,
            save: None,
            task: None,
            pinned: None,
            recursive: None,
            tracked: None,
            code: None,
            krate: parse_quote!(::coframe),
            given: Vec::new(),
        }
    }
}

const KNOWN: &str = "expected `yield = Type`, `send = Type`, `task`, `pinned`, `recursive`, `tracked`, \
     `derive(Clone, Serialize, Deserialize)`, `code = bool` or `crate = path`";

impl Args {
    /// Reads arguments up to the end or to a closure. One that is wrong is reported and left out, the others are kept.
    fn read(input: ParseStream<'_>, report: &mut Report) -> Self {
        let mut args = Args::default();
        while !input.is_empty() && !starts_closure(input) {
            if let Err(error) = args.argument(input) {
                report.push(error);
                while !input.is_empty() && !input.peek(Token![,]) && !starts_closure(input) {
                    let _: syn::Result<TokenTree> = input.parse();
                }
            }
            if !input.is_empty()
                && !starts_closure(input)
                && let Err(error) = input.parse::<Token![,]>()
            {
                report.push(error);
                let _: syn::Result<TokenTree> = input.parse();
            }
        }
        args.resolve_task(report);
        args
    }

    /// `task` is `yield = Awaitable`.
    fn resolve_task(&mut self, report: &mut Report) {
        let Some(span) = self.task else { return };
        for word in ["yield", "send"] {
            if self.given.iter().any(|it| it == word) {
                let message = format!("a `task` yields `Awaitable` and is sent `()`: leave out `task` or `{word}`");
                report.push(syn::Error::new(span, message));
            }
        }
        let krate = &self.krate;
        self.yields = parse_quote!(#krate::Awaitable);
    }

    /// The arguments of an attribute.
    pub(crate) fn of(tokens: TokenStream, report: &mut Report) -> Self {
        let mut args = Args::default();
        let parser = |input: ParseStream<'_>| {
            args = Args::read(input, report);
            Ok(())
        };
        // What is wrong was reported where it stands.
        let _: syn::Result<()> = parser.parse2(tokens);
        args
    }

    fn argument(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        let name = input.call(syn::Ident::parse_any).map_err(|error| syn::Error::new(error.span(), KNOWN))?;
        let word = name.to_string();
        if self.given.contains(&name) {
            return Err(syn::Error::new(name.span(), format!("`{word}` is given twice")));
        }
        let ty = |input: ParseStream<'_>| {
            if !input.peek(Token![=]) {
                return Err(syn::Error::new(name.span(), format!("`{word}` needs a type: `{word} = u32`")));
            }
            input.parse::<Token![=]>()?;
            input.parse::<Type>()
        };
        match word.as_str() {
            "yield" => self.yields = ty(input)?,
            "send" => self.sends = ty(input)?,
            "crate" => {
                input.parse::<Token![=]>()?;
                self.krate = input.call(syn::Path::parse_mod_style)?;
            }
            "derive" => {
                let content;
                parenthesized!(content in input);
                let traits = Punctuated::<syn::Path, Token![,]>::parse_terminated(&content)?;
                self.derive(&traits)?;
            }
            "recursive" => self.recursive = Some(name.span()),
            "tracked" => self.tracked = Some(name.span()),
            "code" => {
                let value = input.parse::<Token![=]>().and_then(|_| input.parse::<syn::LitBool>());
                self.code = Some(value.map_err(|_| syn::Error::new(name.span(), message::CODE))?.value);
            }
            "task" => self.task = Some(name.span()),
            "pinned" => self.pinned = Some(name.span()),
            _ => return Err(syn::Error::new(name.span(), KNOWN)),
        }
        self.given.push(name);
        Ok(())
    }
}

impl Args {
    fn derive(&mut self, traits: &Punctuated<syn::Path, Token![,]>) -> syn::Result<()> {
        let (mut serialize, mut deserialize) = (None, None);
        for path in traits {
            let Some(last) = path.segments.last().filter(|last| last.arguments.is_none()) else { continue };
            match last.ident.to_string().as_str() {
                "Clone" => self.clone = true,
                "Serialize" => serialize = Some(last.ident.span()),
                "Deserialize" => deserialize = Some(last.ident.span()),
                _ => return Err(syn::Error::new_spanned(path, message::DERIVE)),
            }
        }
        self.save = match (serialize, deserialize) {
            (None, None) => None,
            (Some(span), Some(_)) if cfg!(feature = "serde") => Some(span),
            (Some(span), Some(_)) => return Err(syn::Error::new(span, message::DERIVE_SERDE)),
            (Some(span), None) | (None, Some(span)) => return Err(syn::Error::new(span, message::DERIVE_BOTH)),
        };
        Ok(())
    }
}

fn starts_closure(input: ParseStream<'_>) -> bool {
    input.peek(Token![|]) || input.peek(Token![||]) || input.peek(Token![move])
}

/// The input of `coroutine!`: arguments as for the attribute, then a closure.
pub(crate) struct ExprInput {
    pub(crate) args: Args,
    pub(crate) closure: syn::ExprClosure,
}

impl Parse for ExprInput {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let yields = input.peek(Token![yield]);
        let mut report = Report::default();
        let mut args = Args::read(input, &mut report);
        report.finish()?;
        if !yields {
            args.yields = parse_quote!(_);
        }
        let closure = input.parse()?;
        let _: Option<Token![,]> = input.parse()?;
        Ok(ExprInput { args, closure })
    }
}
