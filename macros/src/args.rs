//! The attribute's arguments: `yield = Y, send = S, derive(Clone), crate = path`.

use proc_macro2::Span;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Token, Type, parenthesized, parse_quote};

/// The arguments, each with its default.
pub(crate) struct Args {
    /// What is yielded; `()` by default.
    pub(crate) yields: Type,
    /// What is sent; `()` by default.
    pub(crate) sends: Type,
    /// Whether the frame is `Clone`.
    pub(crate) clone: bool,
    /// The path of the runtime crate; `::coframe` by default.
    pub(crate) krate: syn::Path,
}

impl Default for Args {
    fn default() -> Self {
        Args { yields: parse_quote!(()), sends: parse_quote!(()), clone: false, krate: parse_quote!(::coframe) }
    }
}

const KNOWN: &str = "expected `yield = Type`, `send = Type`, `derive(Clone)` or `crate = path`";

impl Parse for Args {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut args = Args::default();
        let mut seen: Vec<String> = Vec::new();
        let mut once = |name: &str, span: Span| {
            if seen.iter().any(|old| old == name) {
                return Err(syn::Error::new(span, format!("`{name}` is given twice")));
            }
            seen.push(name.to_owned());
            Ok(())
        };
        while !input.is_empty() && !starts_closure(input) {
            if input.peek(Token![yield]) {
                let token: Token![yield] = input.parse()?;
                once("yield", token.span)?;
                input.parse::<Token![=]>()?;
                args.yields = input.parse()?;
            } else if input.peek(Token![crate]) {
                let token: Token![crate] = input.parse()?;
                once("crate", token.span)?;
                input.parse::<Token![=]>()?;
                args.krate = input.call(syn::Path::parse_mod_style)?;
            } else {
                let name: syn::Ident = input.parse().map_err(|error| syn::Error::new(error.span(), KNOWN))?;
                once(&name.to_string(), name.span())?;
                match name.to_string().as_str() {
                    "send" => {
                        input.parse::<Token![=]>()?;
                        args.sends = input.parse()?;
                    }
                    "derive" => {
                        let content;
                        parenthesized!(content in input);
                        let traits = Punctuated::<syn::Path, Token![,]>::parse_terminated(&content)?;
                        for path in traits {
                            if !path.is_ident("Clone") {
                                return Err(syn::Error::new_spanned(path, "only `Clone` can be derived"));
                            }
                            args.clone = true;
                        }
                    }
                    "pinned" | "recursive" | "task" => {
                        let message = format!("`{name}` is not supported by this version");
                        return Err(syn::Error::new(name.span(), message));
                    }
                    _ => return Err(syn::Error::new(name.span(), KNOWN)),
                }
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(args)
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
        let mut args: Args = input.parse()?;
        if !yields {
            args.yields = parse_quote!(_);
        }
        let closure = input.parse()?;
        let _: Option<Token![,]> = input.parse()?;
        Ok(ExprInput { args, closure })
    }
}
