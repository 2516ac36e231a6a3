//! The macros of std, `gather!` and `gather_results!`, whose arguments are expressions, as calls.
//!
//! Input: a macro invocation. Output: a call of an internal name with the arguments as expressions, so that every later
//! pass sees them as it sees any operand; the way back is in the table. Invariant: `Calls::rebuild` of an untouched call
//! gives the tokens that were written.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Expr, LitStr, Macro, Token, parse_quote, parse_quote_spanned};

use super::captures::{captures, prints_pointer};
use super::suspends::has_marker;
use crate::names;

/// How a macro uses one of its arguments.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mode {
    /// It takes a reference.
    Ref,
    /// It takes the value.
    Value,
}

/// One comma-separated piece of a macro's input.
enum Piece {
    Arg { name: Option<Ident>, captured: bool, mode: Mode },
    Tokens(TokenStream),
}

/// A macro call whose arguments stand elsewhere.
pub(crate) struct Call {
    mac: Macro,
    pieces: Vec<Piece>,
    /// `vec![value; length]`.
    repeat: bool,
    /// The condition of an assertion without a message, whose text is the message.
    condition: Option<TokenStream>,
}

impl Call {
    /// How each argument is used, in order.
    pub(crate) fn modes(&self) -> impl Iterator<Item = Mode> + '_ {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Arg { mode, .. } => Some(*mode),
            Piece::Tokens(_) => None,
        })
    }

    /// Whether the temporaries of its arguments live to the end of the statement around it.
    pub(crate) fn keeps_temporaries(&self) -> bool {
        matches!(
            macro_name(&self.mac).as_str(),
            "matches" | "vec" | "gather" | "gather_results" | "dbg" | "write" | "writeln"
        )
    }

    /// Whether the temporaries of its arguments end with it, since it expands to a statement around them.
    pub(crate) fn has_scope(&self) -> bool {
        macro_name(&self.mac) == "format"
    }

    /// Whether control does not come back from it.
    pub(crate) fn diverges(&self) -> bool {
        matches!(macro_name(&self.mac).as_str(), "panic" | "todo" | "unreachable" | "unimplemented")
    }
}

/// All macro calls of a body.
#[derive(Default)]
pub(crate) struct Calls(Vec<Call>);

fn macro_name(mac: &Macro) -> String {
    mac.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default()
}

impl Calls {
    /// The call behind an internal callee.
    pub(crate) fn get(&self, callee: &Expr) -> Option<&Call> {
        names::call_of(callee).map(|index| &self.0[index])
    }

    /// The macro as an expression over its arguments, or `None` if it is not one that is known.
    pub(crate) fn parse(&mut self, mac: &Macro) -> Option<Expr> {
        let name = macro_name(mac);
        let path: Vec<_> = mac.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let home = if name.starts_with("gather") { &["coframe"][..] } else { &["std", "core", "alloc"] };
        if path.len() > 1 && !home.contains(&path[0].as_str()) {
            return None;
        }
        let marked = has_marker(mac.tokens.clone());
        match name.as_str() {
            "matches" if marked => matches_expr(mac),
            "assert" | "debug_assert" | "debug_assert_eq" | "debug_assert_ne" if marked => self.assertion(mac, &name),
            _ => self.call(mac, &name, marked),
        }
    }

    fn call(&mut self, mac: &Macro, name: &str, marked: bool) -> Option<Expr> {
        let mut args = Vec::new();
        let (pieces, repeat) = match name {
            "print" | "println" | "eprint" | "eprintln" | "format" | "panic" | "todo" | "unreachable"
            | "unimplemented" => (parse(mac, |input| pieces(input, 0, Mode::Ref, &mut args))?, false),
            "write" | "writeln" | "assert" | "debug_assert" => {
                let mode = if name.starts_with("write") { Mode::Ref } else { Mode::Value };
                (parse(mac, |input| pieces(input, 1, mode, &mut args))?, false)
            }
            "assert_eq" | "assert_ne" | "debug_assert_eq" | "debug_assert_ne" => {
                (parse(mac, |input| pieces(input, 2, Mode::Ref, &mut args))?, false)
            }
            // `dbg!` prints its arguments as they are written, so they are not touched without need.
            "dbg" if !marked => return None,
            "vec" | "gather" | "gather_results" | "dbg" => parse(mac, |input| list(input, &mut args))?,
            "matches" => (parse(mac, |input| scrutinee(input, &mut args))?, false),
            _ => return None,
        };
        let callee = names::call_ident(self.0.len(), mac.path.segments[0].ident.span());
        let mac = Macro { tokens: TokenStream::new(), ..mac.clone() };
        let condition = name.ends_with("assert") && pieces.len() == 1;
        let condition = condition.then(|| args[0].to_token_stream());
        self.0.push(Call { mac, pieces, repeat, condition });
        Some(parse_quote!(#callee(#(#args),*)))
    }

    /// An assertion with a marker: its message is evaluated only if it fails, and a debug one only in debug builds.
    fn assertion(&mut self, mac: &Macro, name: &str) -> Option<Expr> {
        let span = mac.path.segments[0].ident.span();
        if let Some(plain) = name.strip_prefix("debug_") {
            let plain = Ident::new(plain, span);
            let tokens = &mac.tokens;
            return Some(parse_quote_spanned!(span=> if ::core::cfg!(debug_assertions) { ::core::#plain!(#tokens); }));
        }
        let (condition, message) = parse(mac, |input| {
            let condition: Expr = input.parse()?;
            let _: Option<Token![,]> = input.parse()?;
            Ok((condition, input.parse::<TokenStream>()?))
        })?;
        if !has_marker(message.clone()) {
            return self.call(mac, name, true);
        }
        Some(parse_quote_spanned!(span=> if !(#condition) { ::core::panic!(#message); }))
    }

    /// The macro again, around arguments that may have been rewritten.
    pub(crate) fn rebuild(
        &self,
        callee: &Expr,
        args: &Punctuated<Expr, Token![,]>,
        private: &TokenStream,
    ) -> Option<Expr> {
        let call = self.get(callee)?;
        let mut args = args.iter();
        let mut parts: Vec<TokenStream> = Vec::new();
        for piece in &call.pieces {
            match piece {
                Piece::Tokens(tokens) => parts.push(tokens.clone()),
                Piece::Arg { name, captured, .. } => {
                    let arg = args.next()?;
                    match name {
                        Some(name) if *captured && is_ident(arg, name) => {}
                        Some(name) => parts.push(quote!(#name = #arg)),
                        None => parts.push(arg.to_token_stream()),
                    }
                }
            }
        }
        if let Some(condition) = &call.condition
            && parts.iter().any(|part| part.to_string() != condition.to_string())
        {
            parts.push(quote!("{}", ::core::concat!("assertion failed: ", #private::expr_text!(#condition))));
        }
        let tokens = if call.repeat { quote!(#(#parts);*) } else { quote!(#(#parts),*) };
        let mac = Macro { tokens, ..call.mac.clone() };
        Some(Expr::Macro(syn::ExprMacro { attrs: Vec::new(), mac }))
    }
}

fn is_ident(expr: &Expr, name: &Ident) -> bool {
    matches!(expr, Expr::Path(path) if path.path.is_ident(name))
}

fn parse<T>(mac: &Macro, parser: impl FnOnce(ParseStream<'_>) -> syn::Result<T>) -> Option<T> {
    parser.parse2(mac.tokens.clone()).ok()
}

/// `leading` expressions, then a format string and its arguments.
fn pieces(input: ParseStream<'_>, leading: usize, mode: Mode, args: &mut Vec<Expr>) -> syn::Result<Vec<Piece>> {
    let mut pieces = Vec::new();
    for _ in 0..leading {
        args.push(input.parse()?);
        pieces.push(Piece::Arg { name: None, captured: false, mode });
        if input.is_empty() {
            return Ok(pieces);
        }
        input.parse::<Token![,]>()?;
    }
    if input.is_empty() {
        return Ok(pieces);
    }
    // `concat!(…)` as a format string is left to the compiler; it cannot capture.
    let format: Expr = input.parse()?;
    let captured = match &format {
        Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => format_captures(text)?,
        Expr::Macro(_) => Vec::new(),
        other => return Err(syn::Error::new_spanned(other, "not a format string")),
    };
    pieces.push(Piece::Tokens(format.to_token_stream()));
    let mut named: Vec<String> = Vec::new();
    while !input.is_empty() {
        input.parse::<Token![,]>()?;
        if input.is_empty() {
            break;
        }
        let name = if input.peek(syn::Ident) && input.peek2(Token![=]) && !input.peek2(Token![==]) {
            let name: Ident = input.parse()?;
            input.parse::<Token![=]>()?;
            named.push(name.to_string());
            Some(name)
        } else {
            None
        };
        args.push(input.parse()?);
        pieces.push(Piece::Arg { name, captured: false, mode: Mode::Ref });
    }
    for name in captured.into_iter().filter(|name| !named.contains(&name.to_string())) {
        args.push(parse_quote!(#name));
        pieces.push(Piece::Arg { name: Some(name), captured: true, mode: Mode::Ref });
    }
    Ok(pieces)
}

fn format_captures(text: &LitStr) -> syn::Result<Vec<Ident>> {
    let value = text.value();
    if prints_pointer(&value) {
        return Err(syn::Error::new(text.span(), "pointers are printed as written"));
    }
    Ok(captures(&value).iter().map(|name| Ident::new(name, text.span())).collect())
}

/// `a, b, c` or `value; length`.
fn list(input: ParseStream<'_>, args: &mut Vec<Expr>) -> syn::Result<(Vec<Piece>, bool)> {
    let arg = || Piece::Arg { name: None, captured: false, mode: Mode::Value };
    let mut pieces = Vec::new();
    while !input.is_empty() {
        args.push(input.parse()?);
        pieces.push(arg());
        if input.peek(Token![;]) {
            input.parse::<Token![;]>()?;
            args.push(input.parse()?);
            pieces.push(arg());
            return Ok((pieces, true));
        }
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
    }
    Ok((pieces, false))
}

fn scrutinee(input: ParseStream<'_>, args: &mut Vec<Expr>) -> syn::Result<Vec<Piece>> {
    args.push(input.parse()?);
    input.parse::<Token![,]>()?;
    let pattern: TokenStream = input.parse()?;
    Ok(vec![Piece::Arg { name: None, captured: false, mode: Mode::Ref }, Piece::Tokens(pattern)])
}

fn matches_expr(mac: &Macro) -> Option<Expr> {
    parse(mac, |input| {
        let scrutinee: Expr = input.parse()?;
        input.parse::<Token![,]>()?;
        let pattern = syn::Pat::parse_multi_with_leading_vert(input)?;
        let guard = if input.peek(Token![if]) {
            input.parse::<Token![if]>()?;
            let guard: Expr = input.parse()?;
            Some(quote!(if #guard))
        } else {
            None
        };
        let _: Option<Token![,]> = input.parse()?;
        Ok(parse_quote!(match #scrutinee { #pattern #guard => true, _ => false }))
    })
}
