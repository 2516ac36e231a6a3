//! Locals: which binding a name means, what is known of its type, and how it is mentioned.

pub(crate) mod closures;
pub(crate) mod constructors;
mod copies;
pub(crate) mod flow;
pub(crate) mod knowledge;
pub(crate) mod mentions;
pub(crate) mod patterns;
pub(crate) mod resolve;
pub(crate) mod written;

use std::ops::{Index, IndexMut};

use proc_macro2::{Ident, Span};

pub(crate) use self::knowledge::Keep;
use crate::names::{Local, local_ident};

/// What is known of a local.
#[derive(Clone, Debug)]
pub(crate) struct LocalInfo {
    /// The name in the source, or a word for what a temporary holds.
    pub(crate) name: String,
    /// Where it is declared.
    pub(crate) span: Span,
    /// What is known of its type.
    pub(crate) keep: Keep,
    /// The name of its type, without the references before it, where the source says it.
    pub(crate) type_name: Option<String>,
    /// Whether the source says that it is a shared reference.
    pub(crate) is_shared: bool,
    /// Whether it is declared so that it can be assigned to, or borrowed exclusively.
    pub(crate) is_mut: bool,
    /// Whether it is a closure, of which rustc knows nothing while the function around it is checked.
    pub(crate) is_closure: bool,
    /// Whether its type is written, and is one of std's that owns what it gives references to.
    pub(crate) is_owner: bool,
    /// Whether it is one of a closure or an async block in the body.
    pub(crate) is_anothers: bool,
}

/// All locals of a body. Temporaries are added while the graph is built.
#[derive(Clone, Default)]
pub(crate) struct Locals(Vec<LocalInfo>);

impl Locals {
    pub(crate) fn add(&mut self, name: &str, span: Span, keep: Keep) -> Local {
        let (name, type_name) = (name.to_owned(), None);
        self.0.push(LocalInfo {
            name,
            span,
            keep,
            type_name,
            is_shared: false,
            is_mut: false,
            is_closure: false,
            is_owner: false,
            is_anothers: false,
        });
        Local(self.0.len() - 1)
    }

    /// Those from that number on are of a closure or an async block.
    pub(crate) fn belong_to_another_from(&mut self, number: usize) {
        self.0[number..].iter_mut().for_each(|info| info.is_anothers = true);
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn ident(&self, local: Local) -> Ident {
        local_ident(local, self[local].span)
    }
}

impl Index<Local> for Locals {
    type Output = LocalInfo;

    fn index(&self, local: Local) -> &LocalInfo {
        &self.0[local.0]
    }
}

impl IndexMut<Local> for Locals {
    fn index_mut(&mut self, local: Local) -> &mut LocalInfo {
        &mut self.0[local.0]
    }
}
