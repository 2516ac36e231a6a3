//! The texts of the refusals: what the construct is, why it cannot be, what to write instead.

pub(crate) const NOT_PLAIN: &str = "`#[coroutine]` can only be put on a function";
pub(crate) const ASYNC_YIELD: &str = "this `async fn` gives a future: to make it an async generator, say what it yields, \
     `#[coframe::coroutine(yield = Type)]`";
pub(crate) const ASYNC_SEND: &str =
    "an `async fn` is sent values only where it yields: add `yield = Type`, or remove `send`";
pub(crate) const ASYNC_PINNED: &str = "the future of an `async fn` is pinned as it is: remove `pinned`";
pub(crate) const ASYNC_DELEGATE: &str =
    "an async generator cannot delegate: write `for_await!(item in stream { yield_!(item); })`";
pub(crate) const PINNED_RECURSIVE: &str = "a `pinned` coroutine cannot be `recursive`: remove the word, and box the call, \
     `yield_from!(call().boxed())`";
pub(crate) const PINNED_CLONE: &str =
    "a `pinned` coroutine cannot be `Clone`, because rustc makes its frame: remove one of the two";
pub(crate) const POLLED_LENT: &str = "a body that rustc compiles cannot be sent what is borrowed for one resume: send an owned \
     value, give the borrow a lifetime that the function declares, or remove `pinned`";
pub(crate) const ASYNC_YIELD_FROM: &str = "an `async fn` waits with `.await`: write `future.await`";
pub(crate) const ASYNC_TRY_YIELD_FROM: &str = "an `async fn` waits with `.await`: write `try_await!(future)`";
pub(crate) const ASYNC_TASK: &str = "an `async fn` is a task already: remove `task`";
pub(crate) const ASYNC_RECURSIVE: &str = "an `async fn` cannot be `recursive`: remove the word, and box the call, \
     `Box::pin(call()).await`";
pub(crate) const ASYNC_CLONE: &str = "the future of an `async fn` cannot be `Clone`: remove `derive(Clone)`, or write a \
     `#[coframe::coroutine(task, derive(Clone))] fn`";
pub(crate) const POLLED_TRACKED: &str = "only a coroutine that is neither `pinned` nor an `async fn` can be `tracked`: remove \
     the word";
pub(crate) const CODE: &str = "`code` says whether a module with the code object stands beside the function: `code = true` or \
     `code = false`";
pub(crate) const ASYNC_GENERATOR_RECURSIVE: &str = "an async generator cannot be `recursive`: remove the word, and box the \
     call, `Box::pin(call())`";
pub(crate) const ASYNC_GENERATOR_CLONE: &str =
    "an async generator cannot be `Clone`, because rustc makes its frame: remove `derive(Clone)`";
pub(crate) const ASYNC_GENERATOR_LENT: &str = "an async generator cannot be sent what is borrowed for one step: send an owned \
     value, or give the borrow a lifetime that the function declares";
pub(crate) const CONST_FN: &str = "a coroutine cannot be a `const fn`: remove `const`";
pub(crate) const EXTERN_FN: &str = "a coroutine cannot have an `extern` ABI: remove `extern`";
pub(crate) const VARIADIC: &str = "a coroutine cannot be variadic";
pub(crate) const MARKER_ARGUMENTS: &str = "takes at most one value; make a tuple of several: `((a, b))`";
pub(crate) const DELEGATE_ARGUMENTS: &str = "takes one value, what is delegated to: a coroutine or, where `send` is `()`, anything \
     that can be iterated over";
pub(crate) const OR_RAISE_ARGUMENTS: &str = "takes one value, a `Result`: `or_raise!(result)`";
pub(crate) const RAISE_ARGUMENTS: &str = "takes an exception, and may say what it was raised from: `raise!(error)` or \
     `raise!(error, from = cause)`";
pub(crate) const AWAIT: &str = "`.await` cannot be used in a coroutine that is not `async`: use `yield_from!(…)`, or make it \
     an `async fn`";
pub(crate) const TRY_AWAIT: &str = "`try_await!` cannot be used in a coroutine that is not `async`: use `try_yield_from!(…)`, or \
     make it an `async fn`";
pub(crate) const FOR_AWAIT: &str = "`for_await!` cannot be used in a coroutine that is not `async`: make it an `async fn`, or \
     ask an async generator for one value after the other with `yield_from!(generator.next())`";
pub(crate) const FOR_AWAIT_ARGUMENTS: &str =
    "takes what a `for` loop has after its keyword: `for_await!(item in stream { … })`";
pub(crate) const AWAIT_ARGUMENTS: &str = "takes one value, a future: `try_await!(future)`";
pub(crate) const CFG: &str = "`#[cfg]` cannot be decided here, because a coroutine's body is compiled before `cfg` is \
     applied; put it on the whole function or use `if cfg!(…)`";
pub(crate) const ATTRIBUTE: &str = "this attribute cannot be kept on a construct around a yield; bind the yield first: \
     `let value = yield_!(…);`";
pub(crate) const INDEXED_RECEIVER: &str = "the receiver is evaluated before this argument, which changes it; bind the \
     yield first: `let value = yield_!(…);`";
pub(crate) const TRY_BLOCK: &str = "this expression is not supported in a coroutine";
pub(crate) const EXTENDED: &str = "this borrows a temporary that lives as long as the binding, which cannot be kept across a \
     yield from inside a branch or a `let … else`; bind the borrowed value with `let` first";
pub(crate) const HIDDEN_ITEM: &str = "an item in an inner block of a coroutine, whose name is used outside of that block too; \
     give it another name, or move it to the top of the body";
pub(crate) const GUARDED_OR: &str = "a guard that yields, behind alternatives: native Rust tries it for each of them; write \
     an arm for each";
pub(crate) const RECURSIVE_CLOSURE: &str = "a closure cannot call itself, so it cannot be `recursive`: remove the word, or \
     write a function";
pub(crate) const RECURSIVE_LENT: &str = "a `recursive` coroutine cannot be sent what is borrowed for one resume: send an \
     owned value, or give the borrow a lifetime that the function declares";
pub(crate) const RECURSIVE_SAVE_METHOD: &str = "a `recursive` method cannot be saved: a type must stand beside it that tells \
     its levels from others, and there is no place for one in an `impl` or a `trait`; write a free function";
pub(crate) const RECURSIVE_SAVE_CODE: &str = "a `recursive` coroutine that is saved has a type of its name beside it, which tells \
     its levels from others and has its code object: remove `code = false`";
pub(crate) const RECURSIVE_SAVE_UNSAFE: &str = "a `recursive` coroutine that is saved is also made of what is read, which is \
     safe: remove `unsafe`";
pub(crate) const RECURSIVE_SAVE_OPAQUE: &str = "the levels of a `recursive` coroutine that is saved are known by their types, so \
     these must have names: declare a type parameter in place of `impl Trait`";
pub(crate) const RECURSIVE_SAVE_BORROW: &str = "a `recursive` coroutine that is saved must own all that it has, what is borrowed \
     cannot be restored: take, yield, send and return owned values";
pub(crate) const PINNED_SAVE: &str = "a `pinned` coroutine cannot be saved, since it may point into itself: remove `pinned`, or \
     `Serialize` and `Deserialize`";
pub(crate) const ASYNC_SAVE: &str = "the future of an `async fn` cannot be saved: remove `Serialize` and `Deserialize`, or \
     write a `#[coframe::coroutine(derive(Serialize, Deserialize))] fn`";
pub(crate) const DERIVE: &str = "only `Clone`, `Serialize` and `Deserialize` can be derived";
pub(crate) const DERIVE_BOTH: &str =
    "a frame that is saved can be restored: derive both, `derive(Serialize, Deserialize)`";
pub(crate) const DERIVE_SERDE: &str = "saving a frame needs the feature `serde` of the crate `coframe`: \
     `coframe = { version = \"…\", features = [\"serde\"] }`";
pub(crate) const RECURSIVE_OPAQUE: &str = "the type of a `recursive` coroutine has a name, so what it yields and returns must \
     have one: write a type without `impl Trait`";

/// Where a marker stands that cannot be there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    Closure,
    Async,
    Item,
    Pattern,
    Macro,
}

/// Two suspension points of one name.
pub(crate) fn same_label(label: &syn::Lifetime) -> String {
    format!("another suspension point is called `{label}` already: a frame that was saved there goes on at one of them")
}

/// Why a marker cannot stand where it does.
pub(crate) fn marker_in(place: Place, marker: &str) -> String {
    let does = match marker {
        "raise!" | "or_raise!" => "leave",
        "attempt!" => "catch what is raised in",
        _ => "pause",
    };
    match place {
        Place::Closure => format!(
            "`{marker}` inside a closure would have to {does} the closure, not the coroutine; move it out of the closure"
        ),
        Place::Async => format!(
            "`{marker}` inside an async block would have to {does} the block, not the coroutine; move it out of the block"
        ),
        Place::Item => format!(
            "`{marker}` inside a nested item does not belong to this coroutine; put `#[coframe::coroutine]` on the inner \
             function, or move the marker out"
        ),
        Place::Pattern => format!("`{marker}` cannot stand in a pattern or a type"),
        Place::Macro => {
            let bind = match marker {
                "raise!" => "move it out of the macro".to_owned(),
                "or_raise!" => "bind its value first: `let value = or_raise!(…);`".to_owned(),
                "attempt!" => "bind its value first: `let value = attempt! { … };`".to_owned(),
                _ => format!("bind the yield first: `let value = {marker}(…);`"),
            };
            format!("`{marker}` inside the arguments of a macro that the coroutine compiler does not know; {bind}")
        }
    }
}
