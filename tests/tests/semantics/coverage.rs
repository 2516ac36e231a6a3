//! `docs/semantics.md` and the tests agree.
