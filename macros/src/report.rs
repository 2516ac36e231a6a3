//! The collector of errors: a phase reports all it finds, the pipeline stops at the phase's end.

use proc_macro2::Span;
use quote::ToTokens;

/// Errors found so far. One that is dropped unchecked is a bug of the macro.
#[derive(Default)]
pub(crate) struct Report {
    errors: Vec<syn::Error>,
    checked: bool,
}

impl Report {
    /// Reports an error at a piece of syntax.
    pub(crate) fn at(&mut self, place: &impl ToTokens, message: impl std::fmt::Display) {
        self.push(syn::Error::new_spanned(place, message));
    }

    /// Reports an error at a span.
    pub(crate) fn at_span(&mut self, span: Span, message: impl std::fmt::Display) {
        self.push(syn::Error::new(span, message));
    }

    /// Reports an error that `syn` made.
    pub(crate) fn push(&mut self, error: syn::Error) {
        self.checked = false;
        // A node that is lowered twice must not be reported twice.
        let text = error.to_string();
        let place = format!("{:?}", error.span());
        if !self.errors.iter().any(|old| old.to_string() == text && format!("{:?}", old.span()) == place) {
            self.errors.push(error);
        }
    }

    /// All errors as one, at the end of a phase.
    pub(crate) fn finish(&mut self) -> syn::Result<()> {
        self.checked = true;
        match std::mem::take(&mut self.errors).into_iter().reduce(|mut all, next| {
            all.combine(next);
            all
        }) {
            Some(all) => Err(all),
            None => Ok(()),
        }
    }
}

impl Drop for Report {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert!(self.checked || self.errors.is_empty(), "errors were reported and not looked at");
        }
    }
}
