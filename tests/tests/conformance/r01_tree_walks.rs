//! Recursive walks of a tree by delegation, with a count coming back up. There is no `finally` in it.

use coframe::prelude::*;

use crate::support::Shown;

struct Node {
    key: usize,
    left: Tree,
    right: Tree,
}

type Tree = Option<Box<Node>>;

fn insert(node: &mut Tree, key: usize) {
    match node {
        None => *node = Some(Box::new(Node { key, left: None, right: None })),
        Some(node) if key < node.key => insert(&mut node.left, key),
        Some(node) => insert(&mut node.right, key),
    }
}

#[coframe::coroutine(recursive, yield = usize)]
fn inorder(node: &Tree) -> usize {
    let Some(node) = node else { return 0 };
    let n = yield_from!(inorder(&node.left));
    yield_!(node.key);
    let m = yield_from!(inorder(&node.right));
    n + 1 + m
}

#[coframe::coroutine(recursive, yield = usize)]
fn preorder(node: &Tree) {
    if let Some(node) = node {
        yield_!(node.key);
        yield_from!(preorder(&node.left));
        yield_from!(preorder(&node.right));
    }
}

#[coframe::coroutine(recursive, yield = usize)]
fn by_depth(node: &Tree, depth: usize) -> usize {
    let Some(node) = node else { return depth };
    let a = yield_from!(by_depth(&node.left, depth + 1));
    yield_!(depth * 100 + node.key);
    let b = yield_from!(by_depth(&node.right, depth + 1));
    a.max(b)
}

#[coframe::coroutine(yield = usize)]
fn with_result<R: Shown>(g: impl Coroutine<Yield = usize, Return = R> + Unpin) {
    let result = yield_from!(g);
    say!("returned {}", result.shown());
}

pub(crate) fn main() -> Result<(), Exception> {
    let mut root = None;
    for k in [50, 30, 70, 20, 40, 60, 80, 35, 45, 33] {
        insert(&mut root, k);
    }
    say!("{:?}", with_result(inorder(&root)).collect::<Vec<_>>());
    say!("{:?}", with_result(preorder(&root)).collect::<Vec<_>>());
    say!("{:?}", with_result(by_depth(&root, 0)).collect::<Vec<_>>());
    say!("{:?}", with_result(inorder(&None)).collect::<Vec<_>>());
    Ok(())
}
