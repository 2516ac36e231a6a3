//! What syntax tells of types: which values have no destructor, and what well-known methods do with their receiver.

use syn::{BinOp, Expr, ExprMethodCall, Lit, Type, UnOp};

use super::{Locals, written};
use crate::names::bare_local;

/// What is known of a local's type, the more the further down.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Keep {
    /// It may have a destructor, and must be kept until the end of its scope.
    Unknown,
    /// It looks like a view of something else. The expansion proves that it has no destructor.
    Presumed,
    /// It has no destructor, and may be a reference.
    Never,
    /// It has no destructor and is `Default`, and nothing that is made of it borrows from it.
    Plain,
    /// It is `Copy`.
    Copy,
    /// It is `Copy` and `Default`: a number, a `bool`, a `char`.
    Scalar,
}

/// What a type tells.
pub(crate) fn of_type(ty: &Type) -> Keep {
    match ty {
        Type::Reference(reference) if reference.mutability.is_some() => Keep::Never,
        Type::Reference(_) | Type::Ptr(_) | Type::BareFn(_) => Keep::Copy,
        Type::Paren(inner) => of_type(&inner.elem),
        Type::Group(inner) => of_type(&inner.elem),
        Type::Array(inner) => of_type(&inner.elem).min(Keep::Copy),
        Type::Tuple(inner) => inner.elems.iter().map(of_type).fold(Keep::Copy, Keep::min),
        Type::Path(path) if path.qself.is_none() => match path.path.get_ident() {
            Some(name) if PRIMITIVES.contains(&name.to_string().as_str()) => Keep::Scalar,
            _ if is_pinned_reference(path) => Keep::Never,
            _ => Keep::Unknown,
        },
        _ => Keep::Unknown,
    }
}

/// `Pin<&mut T>` and `Pin<&T>`.
fn is_pinned_reference(path: &syn::TypePath) -> bool {
    let Some(last) = path.path.segments.last().filter(|last| last.ident == "Pin") else { return false };
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else { return false };
    matches!(arguments.args.first(), Some(syn::GenericArgument::Type(Type::Reference(_))))
}

/// Types of std that own what they give references to.
const OWNERS: &[&str] = &[
    "Vec", "String", "VecDeque", "HashMap", "HashSet", "BTreeMap", "BTreeSet", "BinaryHeap", "RefCell", "Mutex",
    "RwLock",
];

/// Whether a type owns what it gives references to, and its methods are known.
pub(crate) fn is_owner(ty: &Type) -> bool {
    match ty {
        Type::Array(_) => true,
        Type::Path(path) => path.path.segments.last().is_some_and(|last| is_owner_name(&last.ident)),
        _ => false,
    }
}

pub(crate) fn is_owner_name(name: &syn::Ident) -> bool {
    OWNERS.iter().any(|owner| name == owner)
}

/// `x.collect::<Vec<_>>()` and its like.
pub(crate) fn collects(init: &Expr) -> bool {
    let Expr::MethodCall(call) = init else { return false };
    let types = call.turbofish.iter().flat_map(|types| &types.args);
    let is_owner = |argument: &syn::GenericArgument| matches!(argument, syn::GenericArgument::Type(ty) if is_owner(ty));
    call.method == "collect" && types.into_iter().any(is_owner)
}

/// What is known of the items of the iterator that a `for` head makes.
pub(crate) fn of_items(head: &Expr) -> Keep {
    match head {
        Expr::Range(_) => Keep::Scalar,
        Expr::Paren(inner) => of_items(&inner.expr),
        Expr::Reference(_) => Keep::Presumed,
        Expr::MethodCall(call) => {
            let name = call.method.to_string();
            if ITEM_KEEPING.contains(&name.as_str()) {
                of_items(&call.receiver).min(Keep::Presumed)
            } else if is_view(&name) {
                Keep::Presumed
            } else {
                Keep::Unknown
            }
        }
        _ => Keep::Unknown,
    }
}

/// Adaptors whose items hold nothing but those of the iterator below, and numbers.
const ITEM_KEEPING: &[&str] = &[
    "enumerate", "rev", "skip", "take", "skip_while", "take_while", "filter", "step_by", "peekable", "fuse", "copied",
    "cycle",
];

const PRIMITIVES: &[&str] = &[
    "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f32", "f64", "bool",
    "char",
];

/// What the initialiser of an un-annotated local tells.
pub(crate) fn of_init(init: &Expr) -> Keep {
    match init {
        Expr::Lit(lit) => match lit.lit {
            Lit::Verbatim(_) => Keep::Unknown,
            // A byte string is a reference to an array, and has no default.
            Lit::ByteStr(_) | Lit::CStr(_) => Keep::Copy,
            _ => Keep::Scalar,
        },
        Expr::Unary(unary) => match unary.op {
            UnOp::Deref(_) => Keep::Unknown,
            _ => of_init(&unary.expr),
        },
        Expr::Binary(binary) => match binary.op {
            BinOp::And(_) | BinOp::Or(_) | BinOp::Eq(_) | BinOp::Ne(_) => Keep::Scalar,
            BinOp::Lt(_) | BinOp::Le(_) | BinOp::Gt(_) | BinOp::Ge(_) => Keep::Scalar,
            _ => Keep::Unknown,
        },
        Expr::Cast(cast) => of_type(&cast.ty).max(Keep::Copy),
        Expr::Reference(reference) if reference.mutability.is_some() => Keep::Never,
        Expr::Reference(_) | Expr::RawAddr(_) => Keep::Copy,
        Expr::Paren(inner) => of_init(&inner.expr),
        Expr::Group(inner) => of_init(&inner.expr),
        Expr::Tuple(tuple) => tuple.elems.iter().map(of_init).fold(Keep::Copy, Keep::min),
        Expr::Array(array) => array.elems.iter().map(of_init).fold(Keep::Copy, Keep::min),
        Expr::Repeat(repeat) => of_init(&repeat.expr).min(Keep::Copy),
        Expr::Closure(closure) if closure.capture.is_none() => Keep::Presumed,
        Expr::MethodCall(call) if call.method == "unwrap" || call.method == "expect" => match of_init(&call.receiver) {
            Keep::Presumed => Keep::Presumed,
            _ => Keep::Unknown,
        },
        Expr::MethodCall(call) if is_view(&call.method.to_string()) => Keep::Presumed,
        _ => Keep::Unknown,
    }
}

fn is_view(method: &str) -> bool {
    VIEWS.contains(&method)
}

/// Methods that give a reference, a number or an iterator over references.
const VIEWS: &[&str] = &[
    "iter", "iter_mut", "chars", "char_indices", "bytes", "lines", "split_whitespace", "as_str", "as_mut_str",
    "as_slice", "as_mut_slice", "as_bytes", "as_ref", "as_mut", "as_deref", "as_deref_mut", "keys", "values",
    "values_mut", "len", "is_empty", "is_some", "is_none", "is_ok", "is_err", "capacity", "trim", "trim_start",
    "trim_end", "split_at", "split_at_mut", "split_first", "split_last", "split_first_mut", "split_last_mut", "chunks",
    "get_mut", "first_mut", "last_mut", "front_mut", "back_mut", "as_pin_mut", "chunks_exact_mut", "chunks_mut",
    "chunks_exact", "windows",
];

/// What a call does with its receiver.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Receiver {
    Borrowed,
    Consumed,
}

/// What a call does with its receiver, as far as the name of its method and that of the receiver's type tell.
pub(crate) fn receiver(call: &ExprMethodCall, locals: &Locals) -> Option<Receiver> {
    let (name, arguments) = (call.method.to_string(), call.args.len());
    let ty = bare_local(&call.receiver).and_then(|local| locals[local].type_name.as_deref());
    match (name.as_str(), arguments, ty) {
        // A thread's handle is consumed; a queue is not, nor is what can be cloned.
        ("join", 0, Some(ty)) if ty.ends_with("Queue") || written::IS_CLONE.contains(&ty) => Some(Receiver::Borrowed),
        ("set_result" | "set_exception", 1, Some("RemotePromise")) | ("close", 0, Some("Runner")) => {
            Some(Receiver::Consumed)
        }
        // Of a temporary these are not believed: nobody would prove it.
        ("or" | "and" | "with_source", 1, _) | ("downcast" | "forget", 0, _) => Some(Receiver::Consumed),
        _ if borrows(&name, arguments) => Some(Receiver::Borrowed),
        _ if consumes(&name, arguments) => Some(Receiver::Consumed),
        _ => None,
    }
}

/// The first call of `let t = s.push(a).push(b);` on a local. Where such a method borrows it gives nothing, so that nobody
/// would bind it: it is taken for one that gives back what it consumes.
pub(crate) fn builder(stmt: &syn::Local) -> Option<&ExprMethodCall> {
    fn first(expr: &Expr) -> Option<&ExprMethodCall> {
        match expr {
            Expr::MethodCall(call) if GIVING_NOTHING.iter().any(|name| call.method == name) => {
                if bare_local(&call.receiver).is_some() { Some(call) } else { first(&call.receiver) }
            }
            _ => None,
        }
    }
    let binds = matches!(&stmt.pat, syn::Pat::Ident(_) | syn::Pat::Type(_));
    let init = stmt.init.as_ref().filter(|_| binds)?;
    first(&init.expr)
}

const GIVING_NOTHING: &[&str] =
    &["push", "push_str", "push_back", "push_front", "clear", "truncate", "extend_from_slice"];

/// Whether a method of this name takes its receiver by value, wherever it is well known.
///
/// Asked only of the last mention of a local: there it decides that nothing is left to be dropped.
pub(crate) fn consumes(method: &str, arguments: usize) -> bool {
    // `Iterator::take(n)` and not `Option::take()`, `Iterator::max()` and not `a.max(b)` of two numbers.
    matches!((method, arguments), ("take", 1) | ("max" | "min" | "join", 0))
        || method.starts_with("into_")
        || method.starts_with("map_")
        || CERTAIN.contains(&method)
        || CONSUMING.contains(&method)
}

/// Whether a call is taken to consume its receiver.
pub(crate) fn is_taken(call: &ExprMethodCall, locals: &Locals) -> bool {
    receiver(call, locals) == Some(Receiver::Consumed) && call.method != "unwrap_unchecked"
}

/// Whether what a call gives is of the type that its place asks for, where it does not say itself.
pub(crate) fn gives_what_is_asked(call: &ExprMethodCall) -> bool {
    call.turbofish.is_none() && ASKED.iter().any(|name| call.method == name)
}

const ASKED: &[&str] = &[
    "collect", "into", "try_into", "sum", "product", "parse", "partition", "unzip", "downcast", "downcast_ref",
    "downcast_mut",
];

/// Whether a call that is taken to consume its receiver is not believed where nobody proves it.
pub(crate) fn is_ambiguous(call: &ExprMethodCall, locals: &Locals) -> bool {
    receiver(call, locals) == Some(Receiver::Consumed) && !is_believed(call)
}

/// Whether the name of a method is taken for what it is in std also where nobody proves it.
pub(crate) fn is_believed(call: &ExprMethodCall) -> bool {
    CERTAIN.iter().any(|name| call.method == name)
}

const CERTAIN: &[&str] = &[
    "into", "try_into", "into_iter", "into_inner", "into_bytes", "into_string", "into_boxed_str", "into_boxed_slice",
    "into_vec", "into_sorted_vec", "into_keys", "into_values", "unwrap", "unwrap_or", "unwrap_or_else",
    "unwrap_or_default", "unwrap_err", "unwrap_unchecked", "expect", "expect_err", "ok_or", "ok_or_else", "collect",
];

const CONSUMING: &[&str] = &[
    // Option and Result
    "ok", "err", "and_then", "or_else", "is_some_and", "is_ok_and", "is_none_or", "is_err_and", "flatten", "transpose",
    "copied", "cloned", "xor", // Iterator
    "map", "filter", "filter_map", "flat_map", "enumerate", "zip", "chain", "rev", "skip", "skip_while", "take_while",
    "step_by", "peekable", "fuse", "inspect", "scan", "cycle", "sum", "product", "fold", "for_each", "count", "min_by",
    "max_by", "min_by_key", "max_by_key", "partition", "unzip", "reduce", "try_for_each",
];

/// Whether a method of this name takes its receiver by reference, wherever it is well known.
pub(crate) fn borrows(method: &str, arguments: usize) -> bool {
    matches!((method, arguments), ("take", 0))
        || is_view(method)
        || method.ends_with("_mut")
        || method.starts_with("is_") && !CONSUMING.contains(&method)
        || method.starts_with("as_")
        || method.starts_with("push")
        || BORROWING.contains(&method)
}

const BORROWING: &[&str] = &[
    "replace", "get_or_insert_with", "get_or_insert", "append", "nth", "send", "recv", "read", "write", "read_line",
    "pop", "pop_front", "pop_back", "get", "get_mut", "first", "last_mut", "first_mut", "insert", "remove", "contains",
    "contains_key", "clear", "truncate", "extend_from_slice", "next", "next_back", "peek", "by_ref", "clone", "borrow",
    "borrow_mut", "lock", "entry", "drain", "retain", "sort", "sort_by", "sort_by_key", "swap", "resize", "reserve",
    "to_string", "to_owned", "to_vec", "set", "starts_with", "ends_with", "find", "split", "split_at",
];

/// Whether a method of this name changes nothing, wherever it is well known.
pub(crate) fn reads(method: &str) -> bool {
    let views = VIEWS.contains(&method) || method.starts_with("is_") || method.starts_with("as_");
    (views && !method.ends_with("_mut")) || READING.contains(&method)
}

const READING: &[&str] = &[
    "get", "first", "contains", "contains_key", "clone", "to_string", "to_owned", "to_vec", "starts_with", "ends_with",
    "find", "cmp", "eq", "abs", "min", "max", "pow", "wrapping_add", "wrapping_mul", "wrapping_sub", "cloned",
    "copied",
];

/// Whether a method of this name of an owner gives something that points into its receiver.
pub(crate) fn gives_view(method: &str) -> bool {
    const NUMBERS: [&str; 8] = ["len", "is_empty", "is_some", "is_none", "is_ok", "is_err", "capacity", "get_mut"];
    // `Cell::get` and `get_mut` of a collection share their names with methods of other kinds.
    (is_view(method) && !NUMBERS.contains(&method)) || OWNERS_GIVE.contains(&method)
}

const OWNERS_GIVE: &[&str] =
    &["borrow", "borrow_mut", "lock", "read", "write", "drain", "first", "last", "entry", "split", "front", "back"];

/// Whether a method of this name gives something that points to where its receiver points.
/// The adaptors of a `for` head belong to an iterator, and not to an `Option` of a view.
pub(crate) fn keeps_borrow(method: &str, is_head: bool) -> bool {
    ["unwrap", "expect", "enumerate", "rev", "skip", "take", "peekable", "or_insert", "or_insert_with", "or_default"]
        .contains(&method)
        || (is_head && (ITEM_KEEPING.contains(&method) || ["map", "zip", "chain", "filter_map"].contains(&method)))
}
