//! The name of a local's type, where the source says it.
//!
//! The name is taken for the well-known type. Invariant: where that decides when something drops, the expansion proves it.

use syn::{Expr, Type};

use super::{LocalInfo, Locals};
use crate::names::bare_local;

/// Of what was cloned it is known that it can be.
const CLONED: &str = "_";

/// Types of which it is known as well.
pub(super) const IS_CLONE: [&str; 5] = [CLONED, "Rc", "Arc", "Vec", "PathBuf"];

/// The name of a type, that of what it refers to if it is a reference.
pub(crate) fn of_type(ty: &Type) -> Option<String> {
    match ty {
        Type::Reference(reference) => of_type(&reference.elem),
        Type::Paren(inner) => of_type(&inner.elem),
        Type::Group(inner) => of_type(&inner.elem),
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        _ => None,
    }
}

/// What an initialiser tells.
pub(super) fn of_init(init: &Expr, locals: &Locals) -> Option<String> {
    match init {
        Expr::Paren(inner) => of_init(&inner.expr, locals),
        Expr::Group(inner) => of_init(&inner.expr, locals),
        Expr::Reference(inner) => of_init(&inner.expr, locals),
        Expr::Path(_) => bare_local(init).and_then(|local| locals[local].type_name.clone()),
        Expr::Struct(made) => made.path.segments.last().map(|last| last.ident.to_string()),
        Expr::MethodCall(call) if call.method == "clone" && call.args.is_empty() => {
            let name = bare_local(&call.receiver).and_then(|local| locals[local].type_name.clone());
            Some(name.unwrap_or_else(|| CLONED.to_owned()))
        }
        // `Promise::remote`; nothing else that has such a method has one to set a result with.
        Expr::MethodCall(call) if call.method == "remote" && call.args.is_empty() => Some("RemotePromise".to_owned()),
        Expr::Call(call) => {
            let Expr::Path(path) = &*call.func else { return None };
            let mut segments = path.path.segments.iter().rev();
            let (function, ty) = (segments.next()?, segments.next()?);
            let makes = ["new", "from", "default", "clone", "new_cyclic", "with_capacity", "unbounded"];
            let ty = ty.ident.to_string();
            (makes.iter().any(|name| function.ident == name) && ty.starts_with(char::is_uppercase)).then_some(ty)
        }
        _ => None,
    }
}

/// Whether a type is a shared reference.
pub(crate) fn is_shared(ty: &Type) -> bool {
    match ty {
        Type::Reference(reference) => reference.mutability.is_none(),
        Type::Paren(inner) => is_shared(&inner.elem),
        Type::Group(inner) => is_shared(&inner.elem),
        _ => false,
    }
}

/// Whether a local is said to be one of std's pointers, through which all of it is captured where a field is mentioned.
pub(crate) fn is_pointer(info: &LocalInfo) -> bool {
    info.type_name.as_deref().is_some_and(|name| ["Rc", "Arc", "Box"].contains(&name))
}
