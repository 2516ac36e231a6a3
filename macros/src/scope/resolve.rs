//! Gives every binding of a body a name of its own.
//!
//! Input: the normalised body. Output: the same body in which each local is named by its id, in patterns, expressions
//! and the tokens of opaque macros. Invariant: no internal name is shadowed by another, so that later passes may move
//! an expression without looking at scopes.

use std::collections::{HashMap, HashSet};

use proc_macro2::{Group, Ident, Literal, TokenStream, TokenTree};
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, ExprPath, Member, Pat, Path, Token, Type, parse_quote};

use super::patterns::bindings;
use super::{Keep, Locals, copies, knowledge, written};
use crate::names::{Local, bare_local, local_ident};
use crate::syntax::captures::captures;
use crate::syntax::pauses::Pause;

/// Renames the locals of `body`. The arguments are patterns that stand around it.
pub(crate) fn resolve(args: &mut [(Pat, Keep, Option<Type>)], body: &mut Block, sends: &Type) -> Locals {
    let scopes = vec![HashMap::new()];
    let mut pass = Resolve { locals: Locals::default(), scopes, keep: Keep::Unknown, late: HashSet::new(), sends };
    for (pat, keep, ty) in args {
        pass.keep = *keep;
        pass.bind(pat);
        pass.type_of(pat, ty.as_ref(), None);
    }
    pass.visit_block_mut(body);
    pass.locals
}

struct Resolve<'a> {
    locals: Locals,
    scopes: Vec<HashMap<String, Local>>,
    /// What is known of the bindings that are being declared.
    keep: Keep,
    /// Locals that were declared without a value and did not get one.
    late: HashSet<Local>,
    /// What a suspension point gives.
    sends: &'a Type,
}

impl Resolve<'_> {
    fn lookup(&self, name: &str) -> Option<Local> {
        self.scopes.iter().rev().find_map(|scope| scope.get(name).copied())
    }

    fn scoped(&mut self, visit: impl FnOnce(&mut Self)) {
        self.scopes.push(HashMap::new());
        visit(self);
        self.scopes.pop();
    }

    /// Declares the bindings of a pattern. Alternatives of an or-pattern bind the same locals.
    fn bind(&mut self, pat: &mut Pat) {
        let mut bound = HashMap::new();
        Binder { pass: self, bound: &mut bound }.visit_pat_mut(pat);
        if let Some(scope) = self.scopes.last_mut() {
            scope.extend(bound);
        }
        self.keep = Keep::Unknown;
    }

    /// Notes what the source says of the type of what a pattern binds as a whole.
    fn type_of(&mut self, pat: &Pat, ty: Option<&Type>, init: Option<&Expr>) {
        if let (Pat::Ident(_), [local]) = (pat, &bindings(pat)[..]) {
            let name = match (ty, init) {
                (Some(ty), _) => written::of_type(ty),
                (None, init) => init.and_then(|init| written::of_init(init, &self.locals)),
            };
            self.locals[*local].type_name = name;
            self.locals[*local].is_shared = ty.is_some_and(written::is_shared);
            self.locals[*local].is_owner =
                ty.map_or_else(|| init.is_some_and(knowledge::collects), knowledge::is_owner);
        }
    }

    /// [`Self::bind`] with what the initialiser and the type tell of each part.
    fn declare(&mut self, pat: &mut Pat, init: Option<&Expr>, ty: Option<&Type>) {
        match pat {
            Pat::Type(typed) => {
                let ty = (*typed.ty).clone();
                self.declare(&mut typed.pat, init, Some(&ty));
            }
            Pat::Tuple(tuple) if !tuple.elems.iter().any(|elem| matches!(elem, Pat::Rest(_))) => {
                let parts = match init {
                    Some(Expr::Tuple(parts)) if parts.elems.len() == tuple.elems.len() => Some(&parts.elems),
                    _ => None,
                };
                let types = match ty {
                    Some(Type::Tuple(types)) if types.elems.len() == tuple.elems.len() => Some(&types.elems),
                    _ => None,
                };
                for (index, elem) in tuple.elems.iter_mut().enumerate() {
                    let part = parts.map_or(init.filter(|init| is_view(init)), |parts| parts.get(index));
                    self.declare(elem, part, types.and_then(|types| types.get(index)));
                }
            }
            pat => {
                self.keep = match (&*pat, init, ty) {
                    (Pat::Ident(_), _, Some(ty)) => knowledge::of_type(ty),
                    (Pat::Ident(_), Some(Expr::Yield(inner)), None) if Pause::of(inner) == Pause::Yield => {
                        knowledge::of_type(self.sends)
                    }
                    (Pat::Ident(_), Some(init), None) => self.known(init),
                    // Of a part of a value it is known only that a view has views for parts.
                    (_, Some(init), _) if is_view(init) => Keep::Presumed,
                    _ => Keep::Unknown,
                };
                self.bind(pat);
                self.type_of(pat, ty, init);
                for local in bindings(pat) {
                    self.locals[local].is_closure = matches!(init, Some(Expr::Closure(_)));
                }
            }
        }
    }

    /// What an initialiser tells, with what is known of the locals in it.
    fn known(&self, init: &Expr) -> Keep {
        match init {
            Expr::Paren(inner) => self.known(&inner.expr),
            Expr::Unary(inner) if !matches!(inner.op, syn::UnOp::Deref(_)) => self.known(&inner.expr),
            // Operators on scalars are the language's own.
            Expr::Binary(inner) if knowledge::of_init(init) == Keep::Unknown => {
                match self.known(&inner.left).min(self.known(&inner.right)) {
                    Keep::Scalar => Keep::Scalar,
                    _ => Keep::Unknown,
                }
            }
            Expr::Closure(closure) if copies::are_all(closure, &self.locals) => Keep::Presumed,
            init => match bare_local(init) {
                Some(local) => self.locals[local].keep,
                None => knowledge::of_init(init),
            },
        }
    }

    /// A condition, whose `let`s are in scope to its right and in the block behind it.
    fn condition(&mut self, cond: &mut Expr) {
        self.visit_expr_mut(cond);
    }

    fn tokens(&self, tokens: TokenStream) -> TokenStream {
        let mut after_dot = false;
        tokens
            .into_iter()
            .map(|token| {
                let field =
                    std::mem::replace(&mut after_dot, matches!(&token, TokenTree::Punct(p) if p.as_char() == '.'));
                match token {
                    TokenTree::Ident(ident) if !field => match self.lookup(&ident.to_string()) {
                        Some(local) => TokenTree::Ident(local_ident(local, ident.span())),
                        None => TokenTree::Ident(ident),
                    },
                    TokenTree::Group(group) => {
                        let mut inner = Group::new(group.delimiter(), self.tokens(group.stream()));
                        inner.set_span(group.span());
                        TokenTree::Group(inner)
                    }
                    TokenTree::Literal(literal) => TokenTree::Literal(self.literal(literal)),
                    other => other,
                }
            })
            .collect()
    }

    /// A string of an opaque macro may be a format string that captures locals.
    fn literal(&self, literal: Literal) -> Literal {
        let span = literal.span();
        let mut text = literal.to_string();
        if !text.contains('{') {
            return literal;
        }
        for name in captures(&text) {
            let Some(local) = self.lookup(&name) else { continue };
            let internal = local_ident(local, literal.span()).to_string();
            for end in ["}", ":"] {
                text = text.replace(&format!("{{{name}{end}"), &format!("{{{internal}{end}"));
            }
            text = text.replace(&format!("{name}$"), &format!("{internal}$"));
        }
        let mut literal: Literal = text.parse().unwrap_or(literal);
        literal.set_span(span);
        literal
    }
}

/// A name in a pattern that is written like a constant is one: what it is cannot be seen here, and rustc's lints
/// require locals to be written otherwise.
pub(super) fn is_constant(ident: &Ident) -> bool {
    ident.to_string().chars().next().is_some_and(char::is_uppercase)
}

fn is_view(init: &Expr) -> bool {
    knowledge::of_init(init) == Keep::Presumed
}

struct Binder<'a, 'b> {
    pass: &'a mut Resolve<'b>,
    bound: &'a mut HashMap<String, Local>,
}

impl VisitMut for Binder<'_, '_> {
    fn visit_pat_mut(&mut self, pat: &mut Pat) {
        match pat {
            Pat::Ident(binding) => {
                let plain = binding.by_ref.is_none() && binding.mutability.is_none() && binding.subpat.is_none();
                if plain && is_constant(&binding.ident) {
                    return;
                }
                let name = binding.ident.to_string();
                let keep = match (&binding.by_ref, &binding.mutability) {
                    (Some(_), Some(_)) => Keep::Never,
                    (Some(_), None) => Keep::Copy,
                    (None, _) => self.pass.keep,
                };
                let local = match self.bound.get(&name) {
                    Some(local) => *local,
                    None => self.pass.locals.add(&name, binding.ident.span(), keep),
                };
                self.bound.insert(name, local);
                self.pass.locals[local].is_mut |= binding.mutability.is_some();
                binding.ident = local_ident(local, binding.ident.span());
                if let Some((_, inner)) = &mut binding.subpat {
                    self.visit_pat_mut(inner);
                }
            }
            Pat::Struct(pat) => {
                for field in &mut pat.fields {
                    if field.colon_token.is_none() && !matches!(*field.pat, Pat::Ident(ref i) if is_constant(&i.ident))
                    {
                        field.colon_token = Some(Default::default());
                    }
                    self.visit_pat_mut(&mut field.pat);
                }
            }
            Pat::Macro(pat) => pat.mac.tokens = self.pass.tokens(pat.mac.tokens.clone()),
            // Constants and ranges are expressions, but cannot mention locals.
            Pat::Const(_) | Pat::Lit(_) | Pat::Path(_) | Pat::Range(_) => {}
            _ => visit_mut::visit_pat_mut(self, pat),
        }
    }

    fn visit_type_mut(&mut self, _: &mut syn::Type) {}
    fn visit_expr_mut(&mut self, _: &mut Expr) {}
}

impl VisitMut for Resolve<'_> {
    fn visit_block_mut(&mut self, block: &mut Block) {
        self.scoped(|pass| visit_mut::visit_block_mut(pass, block));
    }

    fn visit_local_mut(&mut self, local: &mut syn::Local) {
        if let Some(init) = &mut local.init {
            self.visit_expr_mut(&mut init.expr);
            if let Some((_, diverge)) = &mut init.diverge {
                self.visit_expr_mut(diverge);
            }
        }
        let init = local.init.as_ref().map(|init| (*init.expr).clone());
        self.declare(&mut local.pat, init.as_ref(), None);
        if local.init.is_none() {
            self.late.extend(bindings(&local.pat));
        }
    }

    fn visit_expr_assign_mut(&mut self, assign: &mut syn::ExprAssign) {
        visit_mut::visit_expr_assign_mut(self, assign);
        // The first assignment tells of a local that was declared without a value.
        if let Some(local) = bare_local(&assign.left)
            && self.late.remove(&local)
            && self.locals[local].keep == Keep::Unknown
        {
            self.locals[local].keep = self.known(&assign.right);
        }
    }

    fn visit_expr_let_mut(&mut self, expr: &mut syn::ExprLet) {
        self.visit_expr_mut(&mut expr.expr);
        self.bind(&mut expr.pat);
    }

    fn visit_expr_if_mut(&mut self, expr: &mut syn::ExprIf) {
        self.scoped(|pass| {
            pass.condition(&mut expr.cond);
            pass.visit_block_mut(&mut expr.then_branch);
        });
        if let Some((_, otherwise)) = &mut expr.else_branch {
            self.visit_expr_mut(otherwise);
        }
    }

    fn visit_expr_while_mut(&mut self, expr: &mut syn::ExprWhile) {
        self.scoped(|pass| {
            pass.condition(&mut expr.cond);
            pass.visit_block_mut(&mut expr.body);
        });
    }

    fn visit_expr_for_loop_mut(&mut self, expr: &mut syn::ExprForLoop) {
        self.visit_expr_mut(&mut expr.expr);
        self.scoped(|pass| {
            pass.keep = knowledge::of_items(&expr.expr);
            pass.bind(&mut expr.pat);
            pass.visit_block_mut(&mut expr.body);
        });
    }

    fn visit_arm_mut(&mut self, arm: &mut syn::Arm) {
        self.scoped(|pass| {
            pass.bind(&mut arm.pat);
            if let Some((_, guard)) = &mut arm.guard {
                pass.visit_expr_mut(guard);
            }
            pass.visit_expr_mut(&mut arm.body);
        });
    }

    fn visit_expr_closure_mut(&mut self, closure: &mut syn::ExprClosure) {
        let before = self.locals.len();
        self.scoped(|pass| {
            for input in &mut closure.inputs {
                pass.bind(input);
            }
            pass.visit_expr_mut(&mut closure.body);
        });
        self.locals.belong_to_another_from(before);
        if closure.capture.is_none() && copies::are_all(closure, &self.locals) {
            closure.capture = Some(Token![move](closure.or1_token.span));
        }
    }

    fn visit_expr_async_mut(&mut self, block: &mut syn::ExprAsync) {
        let before = self.locals.len();
        visit_mut::visit_expr_async_mut(self, block);
        self.locals.belong_to_another_from(before);
    }

    fn visit_expr_path_mut(&mut self, expr: &mut ExprPath) {
        if expr.qself.is_none()
            && let Some(ident) = expr.path.get_ident()
            && let Some(local) = self.lookup(&ident.to_string())
        {
            expr.path = Path::from(local_ident(local, ident.span()));
        }
    }

    fn visit_field_value_mut(&mut self, field: &mut syn::FieldValue) {
        if field.colon_token.is_none() {
            if let Member::Named(name) = &field.member {
                field.expr = parse_quote!(#name);
            }
            field.colon_token = Some(Default::default());
        }
        self.visit_expr_mut(&mut field.expr);
    }

    fn visit_macro_mut(&mut self, mac: &mut syn::Macro) {
        // What is only printed keeps its names.
        if !mac.path.is_ident("stringify") {
            mac.tokens = self.tokens(mac.tokens.clone());
        }
    }

    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
    fn visit_type_mut(&mut self, _: &mut syn::Type) {}
    fn visit_attribute_mut(&mut self, _: &mut syn::Attribute) {}
}
