//! The attributes of expressions and statements, and whether one of them may take what it stands on away.
//!
//! `cfg` is applied after this attribute has run, so that such code is there or not. Nothing that it does is known to happen.

use quote::ToTokens;
use syn::{Attribute, Expr, Stmt};

/// The attributes of an expression, of any kind.
pub(crate) fn of(expr: &Expr) -> &[Attribute] {
    macro_rules! attributes {
        ($($kind:ident)*) => {
            match expr {
                $(Expr::$kind(inner) => &inner.attrs,)*
                _ => &[],
            }
        };
    }
    attributes! {
        Array Assign Async Await Binary Block Break Call Cast Closure Const Continue Field ForLoop Group If Index Infer Let
        Lit Loop Macro Match MethodCall Paren Path Range RawAddr Reference Repeat Return Struct Try TryBlock Tuple Unary
        Unsafe While Yield
    }
}

/// The one of these that may take away what it stands on.
pub(crate) fn configuring(attrs: &[Attribute]) -> Option<&Attribute> {
    let adds_one = |attr: &Attribute| attr.meta.to_token_stream().to_string().contains("cfg (");
    attrs.iter().find(|attr| attr.path().is_ident("cfg") || attr.path().is_ident("cfg_attr") && adds_one(attr))
}

/// Whether a statement may not be there.
pub(crate) fn is_configured(stmt: &Stmt) -> bool {
    let attrs = match stmt {
        Stmt::Local(local) => &local.attrs,
        Stmt::Expr(expr, _) => of(expr),
        Stmt::Macro(mac) => &mac.attrs,
        Stmt::Item(_) => return false,
    };
    configuring(attrs).is_some()
}
