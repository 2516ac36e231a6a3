//! `COFRAME_DUMP=<fn name>`: writes what each pass made of that function to standard error. It costs one look at the
//! environment for each coroutine when it is not set.

/// Where the passes of one function are written.
pub(crate) struct Dump {
    name: Option<String>,
}

impl Dump {
    pub(crate) fn of(function: &str) -> Self {
        let wanted = std::env::var("COFRAME_DUMP").ok().filter(|wanted| wanted == function);
        Dump { name: wanted }
    }

    /// Writes one section, if this function is the one that is wanted.
    pub(crate) fn section(&self, title: &str, text: impl FnOnce() -> String) {
        if let Some(name) = &self.name {
            eprintln!("=== {name}: {title} ===\n{}\n", text());
        }
    }
}
