//! Items in the body move to its top, where every arm and the native form see the same ones.
//!
//! Items do not mention locals, so only their names matter: an item of a block that does not pause stays where it is.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Item, Stmt};

use super::suspends::has_marker;
use crate::message;
use crate::report::Report;

/// Takes the items out of the blocks that pause.
pub(crate) fn hoist(body: &mut Block, report: &mut Report) -> Vec<Item> {
    let whole = body.to_token_stream();
    let mut pass = Hoist { items: Vec::new(), report, root: true, whole };
    pass.visit_block_mut(body);
    pass.items
}

/// Macros whose calls are items.
const DEFINING: [&str; 2] = ["thread_local", "lazy_static"];

struct Hoist<'a> {
    items: Vec<Item>,
    report: &'a mut Report,
    root: bool,
    /// The body as written.
    whole: TokenStream,
}

impl VisitMut for Hoist<'_> {
    fn visit_block_mut(&mut self, block: &mut Block) {
        let root = std::mem::take(&mut self.root);
        let inside = block.to_token_stream();
        if !root && !has_marker(inside.clone()) {
            return;
        }
        let stmts = std::mem::take(&mut block.stmts);
        let mut before = TokenStream::new();
        for stmt in stmts {
            // A macro is in scope behind its definition only.
            if let Stmt::Item(Item::Macro(item)) = &stmt
                && let Some(name) = &item.ident
                && count(&before, name) > 0
            {
                self.report.at(name, message::HIDDEN_ITEM);
            }
            stmt.to_tokens(&mut before);
            match stmt {
                // What a macro defines is in reach of what follows it.
                Stmt::Item(item) => {
                    // At the top it would be seen from outside of its block.
                    if !root {
                        for name in declared(&item) {
                            if count(&self.whole, &name) > count(&inside, &name) {
                                self.report.at(&name, message::HIDDEN_ITEM);
                            }
                        }
                    }
                    super::markers::refuse_in_item(&item, self.report);
                    self.items.push(item);
                }
                Stmt::Macro(mac)
                    if DEFINING.iter().any(|name| mac.mac.path.segments.last().is_some_and(|s| s.ident == name)) =>
                {
                    self.items.push(Item::Verbatim(mac.to_token_stream()));
                }
                stmt => block.stmts.push(stmt),
            }
        }
        visit_mut::visit_block_mut(self, block);
    }

    fn visit_item_mut(&mut self, _: &mut Item) {}
    fn visit_expr_closure_mut(&mut self, _: &mut syn::ExprClosure) {}
}

/// The names that an item brings into scope, as far as they are written.
fn declared(item: &Item) -> Vec<syn::Ident> {
    fn leaves(tree: &syn::UseTree, names: &mut Vec<syn::Ident>) {
        match tree {
            syn::UseTree::Path(path) => leaves(&path.tree, names),
            syn::UseTree::Name(name) => names.push(name.ident.clone()),
            syn::UseTree::Rename(rename) => names.push(rename.rename.clone()),
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| leaves(tree, names)),
            syn::UseTree::Glob(_) => {}
        }
    }
    let mut names: Vec<syn::Ident> = name(item).into_iter().collect();
    match item {
        Item::Use(item) => leaves(&item.tree, &mut names),
        Item::Macro(item) => names.extend(item.ident.clone()),
        _ => {}
    }
    names
}

/// How often a name stands in a piece of source.
fn count(tokens: &TokenStream, name: &syn::Ident) -> usize {
    let one = |token: TokenTree| match token {
        TokenTree::Ident(ident) => usize::from(ident == *name),
        TokenTree::Group(group) => count(&group.stream(), name),
        _ => 0,
    };
    tokens.clone().into_iter().map(one).sum()
}

/// The name of an item. One with a `cfg` has none here: only one of its twins is there.
fn name(item: &Item) -> Option<syn::Ident> {
    let ident = match item {
        Item::Const(item) if item.ident != "_" => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    let attrs = match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        _ => return Some(ident.clone()),
    };
    (!attrs.iter().any(|attr| attr.path().is_ident("cfg"))).then(|| ident.clone())
}
