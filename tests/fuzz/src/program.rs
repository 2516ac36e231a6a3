//! A body with its signature, in the notation of the tables in `tests/tests/lowering`.

use std::fmt;
use std::fs;

use crate::batch::{frames, levels, lowering};

#[derive(Clone, Debug, Default)]
pub struct Program {
    pub name: String,
    pub generics: String,
    pub params: String,
    pub returns: String,
    pub yields: String,
    pub sends: String,
    pub setup: String,
    pub call: String,
    pub after: String,
    pub body: String,
    /// Items beside the function.
    pub items: String,
}

/// The text of a program's module, and where its parts start.
pub struct Module {
    pub text: String,
    /// The line of the `pinned` form.
    pub pinned: usize,
    /// The line of the native twin.
    pub native: usize,
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Program { name, generics, params, returns, yields, sends, setup, call, after, body, items } = self;
        if !items.is_empty() {
            writeln!(f, "items {{ {items} }}")?;
        }
        write!(f, "plain {name}{generics}({params}) -> {returns}; yield {yields}, send {sends}; with ")?;
        if !setup.is_empty() {
            write!(f, "let {{ {setup} }} ")?;
        }
        write!(f, "({call}) ")?;
        if !after.is_empty() {
            write!(f, "then {{ {after} }} ")?;
        }
        write!(f, "{{{body}}}")
    }
}

impl Program {
    /// Whether what is sent is lent for one resume, which a `pinned` body cannot have.
    fn is_lent(&self) -> bool {
        self.sends.contains('&') && !self.sends.contains("&'")
    }

    /// A coroutine that calls one that calls `callee` and does nothing else. The outermost is always a plain frame.
    fn called(&self, callee: &str, recursive: &str) -> String {
        let Program { generics, params, returns, yields, sends, .. } = self;
        let generics = angled(generics);
        let names: Vec<&str> = params
            .split(", ")
            .filter_map(|param| param.split_once(": "))
            .map(|(name, _)| name.trim_start_matches("mut "))
            .collect();
        let names = names.join(", ");
        let delegate = |name: &str, recursive: &str, callee: &str| {
            format!(
                "#[cfg(not(feature = \"twins\"))]\n\
                 #[coframe::coroutine(yield = {yields}, send = {sends}{recursive})]\n\
                 fn {name}{generics}({params}) -> {returns} {{ coframe::yield_from!({callee}({names})) }}\n"
            )
        };
        let middle = format!("{callee}_between");
        delegate(&middle, recursive, callee) + &delegate(&format!("{callee}_caller"), "", &middle)
    }

    /// The program in each of its forms.
    pub fn module(&self) -> Module {
        let Program { name, generics, params, returns, yields, sends, setup, call, after, body, items } = self;
        let generics = angled(generics);
        let (derive, driver) = frames();
        let body = format!("{generics}({params}) -> {returns} {{{body}}}");
        // A level cannot be sent what is lent either.
        let levels = levels() && !self.is_lent();
        let mut ours = format!(
            "use crate::{{delegates::*, things::*}};\n{items}\n\
             #[cfg(not(feature = \"twins\"))]\n\
             #[coframe::coroutine(yield = {yields}, send = {sends}{derive})]\nfn frame{body}\n"
        );
        if levels {
            ours += &self.called("frame", "");
            ours += &format!(
                "#[cfg(not(feature = \"twins\"))]\n\
                 #[coframe::coroutine(yield = {yields}, send = {sends}, recursive)]\nfn level{body}\n"
            );
            ours += &self.called("level", ", recursive");
        }
        let pinned_line = ours.lines().count() + 1;
        let is_pinned = !self.is_lent();
        if is_pinned {
            ours += &format!(
                "#[cfg(not(feature = \"twins\"))]\n\
                 #[coframe::coroutine(pinned, yield = {yields}, send = {sends})]\nfn pinned_body{body}\n"
            );
        }
        let native_line = ours.lines().count() + 1;
        // Its own text, so that an error in the expansion of a marker stands in this module.
        let markers = fs::read_to_string(lowering().join("twin_markers.rs")).expect("the markers can be read");
        let markers = markers.split_once('\n').map_or("", |(_, rest)| rest);
        let engine = |name: &str, driver: &str, made: &str| {
            format!("({name:?}, &|| {{ {setup} crate::{driver}({made}); {after} }})")
        };
        let native_engine = |name: &str| format!("&|| {{ {setup} crate::twin::twin(|| {name}({call})); {after} }}");
        let natives = format!("{}, {}", native_engine("native"), native_engine("abandoned"));
        let frame = engine("frame", &format!("{driver}::drive"), &format!("frame({call})"));
        let mut engines = vec![frame];
        if levels {
            engines.push(engine("level", "harness::drive_boxed", &format!("Box::new(level({call}))")));
        }
        if is_pinned {
            engines.push(engine("pinned", "harness::drive", &format!("pinned_body({call}).boxed()")));
        }
        let mut checks = format!("crate::harness::check(\n&[{}], {natives});", engines.join(", "));
        if levels {
            let frames = format!("&|| {{ {setup} crate::harness::drive(frame_caller({call})); {after} }}");
            let called = engine("levels", "harness::drive", &format!("level_caller({call})"));
            checks += &format!("\ncrate::harness::check(\n&[{called}], {frames}, {frames});");
        }
        let native = format!(
            "{markers}\nnative_markers!($ {yields} {sends});\n\
             fn native{body}\n\
             fn abandoned{generics}({params}) -> {returns} {{ crate::twin::abandon() }}\n\
             #[test] fn {name}() {{\n{checks}\n}}\n"
        );
        Module { text: ours + &native, pinned: pinned_line, native: native_line }
    }
}

fn angled(generics: &str) -> String {
    if generics.is_empty() { String::new() } else { format!("<{}>", generics.trim_matches(['[', ']'])) }
}

/// Reads programs in the notation of the tables.
pub fn parse(text: &str) -> Vec<Program> {
    let text: String =
        text.lines().filter(|line| !line.trim_start().starts_with("//")).map(|l| format!("{l}\n")).collect();
    let mut reader = Reader { text: &text };
    let mut all = Vec::new();
    while !reader.rest().is_empty() {
        all.push(reader.program());
    }
    all
}

struct Reader<'a> {
    text: &'a str,
}

impl<'a> Reader<'a> {
    fn rest(&mut self) -> &'a str {
        self.text = self.text.trim_start();
        self.text
    }

    fn eat(&mut self, token: &str) -> bool {
        match self.rest().strip_prefix(token) {
            Some(rest) => {
                self.text = rest;
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, token: &str) {
        assert!(self.eat(token), "expected `{token}` before `{}`", &self.text[..self.text.len().min(80)]);
    }

    fn until(&mut self, token: &str) -> String {
        let (before, after) = self.rest().split_once(token).unwrap_or_else(|| panic!("no `{token}`"));
        self.text = after;
        before.trim().to_owned()
    }

    /// What is between brackets.
    fn group(&mut self) -> String {
        let text = self.rest();
        let bytes = text.as_bytes();
        let (mut depth, mut index) = (0, 0);
        loop {
            match bytes[index] {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                }
                b'"' => {
                    index += 1;
                    while bytes[index] != b'"' {
                        index += if bytes[index] == b'\\' { 2 } else { 1 };
                    }
                }
                // A character, and no lifetime.
                b'\'' if bytes[index + 1] == b'\\' => index += 3,
                b'\'' if bytes[index + 2] == b'\'' => index += 2,
                _ => {}
            }
            index += 1;
        }
        self.text = &text[index + 1..];
        text[1..index].to_owned()
    }

    fn program(&mut self) -> Program {
        let mut program = Program::default();
        if self.eat("items") {
            program.items = self.group();
        }
        if !self.eat("plain") {
            self.expect("mix");
        }
        let rest = self.rest();
        let end = rest.find(['(', '[']).expect("arguments");
        program.name = rest[..end].trim().to_owned();
        self.text = &rest[end..];
        if self.text.starts_with('[') {
            program.generics = format!("[{}]", self.group());
        }
        program.params = self.group();
        self.expect("->");
        program.returns = self.until("; yield");
        program.yields = self.until(", send");
        program.sends = self.until("; with");
        if self.eat("let") {
            program.setup = self.group();
        }
        program.call = self.group();
        if self.eat("then") {
            program.after = self.group();
        }
        program.body = self.group();
        program
    }
}
