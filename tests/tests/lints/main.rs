//! Expansions under strict lints: nothing of one may be reported, by rustc or by clippy.
//!
//! What is denied here is what strict projects deny. `ui/lints` shows the other half: that a lint on users' code speaks.
//! `bodies` is compiled both ways, from the same lines: as frames and, in `pinned`, by rustc. `frames` has what only a frame can
//! do, `polled` what only rustc compiles.

#![deny(warnings)]
#![deny(unused, rust_2018_idioms, rust_2021_compatibility, nonstandard_style, future_incompatible)]
#![deny(
    explicit_outlives_requirements, keyword_idents, let_underscore_drop, macro_use_extern_crate, meta_variable_misuse,
    missing_copy_implementations, missing_debug_implementations, missing_docs, non_ascii_idents, redundant_lifetimes,
    single_use_lifetimes, trivial_casts, trivial_numeric_casts, unit_bindings, unnameable_types, unreachable_code,
    unreachable_pub, unused_import_braces, unused_lifetimes, unused_macro_rules, unused_qualifications, unused_results,
    variant_size_differences
)]
#![deny(clippy::all, clippy::pedantic, clippy::nursery)]
#![deny(
    clippy::as_underscore, clippy::clone_on_ref_ptr, clippy::dbg_macro, clippy::empty_drop, clippy::exit,
    clippy::let_underscore_must_use, clippy::mem_forget, clippy::missing_assert_message, clippy::panic,
    clippy::panic_in_result_fn, clippy::rest_pat_in_fully_bound_structs, clippy::same_name_method,
    clippy::str_to_string, clippy::todo, clippy::try_err, clippy::undocumented_unsafe_blocks, clippy::unimplemented,
    clippy::unneeded_field_pattern, clippy::unreachable, clippy::unseparated_literal_suffix, clippy::unwrap_used,
    clippy::verbose_file_reads
)]
// An argument that is not used, `_unused`, is one of these for as long as the native form binds it again.
#![allow(clippy::used_underscore_binding, clippy::no_effect_underscore_binding)]
#![allow(clippy::duplicate_mod, reason = "a module is compiled once by each lowering")]
#![forbid(unsafe_code)]

pub mod bodies;
pub mod frames;
pub mod polled;

pub use coframe::{coroutine, prelude::coroutine as expression};

/// What rustc compiles.
#[path = "."]
pub mod pinned {
    pub mod bodies;

    /// `coroutine!(pinned, …)`.
    macro_rules! expression {
        ($($arguments:tt)*) => {
            coframe::prelude::coroutine!(pinned, $($arguments)*)
        };
    }

    pub use coframe_tests_attributes::pinned as coroutine;
    pub(crate) use expression;
}
