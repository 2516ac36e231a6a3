//! A program as a module: the frame, rustc's coroutine, the native twin, and a test that compares them.

use std::fs;

use crate::batch::lowering;
use crate::program::Program;

/// What a program asks for that rustc's coroutines have no form for.
pub fn missing(program: &Program) -> Option<&'static str> {
    let body = &program.body;
    let asks = |markers: &[&str]| markers.iter().any(|marker| body.contains(marker));
    if asks(&["yield_from!"]) {
        Some("it delegates, and there is no `yield from`")
    } else if asks(&["attempt!", "try_yield!"]) {
        Some("it catches, and nothing can be thrown in")
    } else if asks(&["raise!"]) {
        Some("it raises, and a resume has no exceptions")
    } else if program.sends.contains('&') && !program.sends.contains("&'") {
        Some("what it is sent is lent for one resume, and a resume has one type")
    } else if loses_an_index(body) {
        Some("it uses an indexed place behind a yield, where rustc has lost the index")
    } else {
        None
    }
}

/// Whether a body has what `macros/src/syntax/native/indexed.rs` tells of: rustc's own coroutines are compiled wrongly there.
fn loses_an_index(body: &str) -> bool {
    let guards = |arms: &str| {
        let mut guards = arms.split("=>").filter_map(|arm| arm.split_once(" if "));
        guards.any(|(_, guard)| guard.contains("yield_!"))
    };
    let matched = body.split("match ").skip(1).filter_map(|rest| rest.split_once(" {"));
    let asked = body.split("matches!(").skip(1).filter_map(|rest| rest.split_once(", "));
    let mut tried = matched.chain(asked);
    // A further index, of a place in one that is indexed.
    let further = |at: usize| {
        let place = body[..at].trim_end_matches(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | ')'));
        place.ends_with(']') && inside(&body[at + 1..]).contains("yield_!")
    };
    tried.any(|(scrutinee, arms)| scrutinee.contains('[') && guards(inside(arms)))
        || body.match_indices('[').any(|(at, _)| further(at))
}

/// A text up to the end of the bracket that it stands in.
fn inside(text: &str) -> &str {
    let mut depth = 0;
    let end = text.find(|c| {
        depth += i32::from(matches!(c, '(' | '[' | '{')) - i32::from(matches!(c, ')' | ']' | '}'));
        depth < 0
    });
    &text[..end.unwrap_or(text.len())]
}

/// A text, and the lines at which its parts start.
pub struct Module {
    pub text: String,
    pub coroutine: usize,
    pub native: usize,
}

pub fn module(program: &Program) -> Module {
    let Program { name, generics, params, returns, yields, sends, setup, call, after, body, items } = program;
    let generics = if generics.is_empty() { String::new() } else { format!("<{}>", generics.trim_matches(['[', ']'])) };
    let written = format!("{generics}({params}) -> {returns} {{{body}}}");
    let mut text = format!(
        "use crate::{{delegates::*, things::*}};\n{items}\n\
         #[coframe::coroutine(yield = {yields}, send = {sends})]\nfn frame{written}\n"
    );
    let coroutine = text.lines().count() + 1;
    let (given, bound) = arguments(params);
    text += &format!(
        "mod coroutine {{ use super::*;\n\
         macro_rules! yield_ {{\n\
         () => {{ $crate::driver::sent(yield ()) }};\n\
         ($operand:expr $(,)?) => {{ $crate::driver::sent(yield {{ let value: {yields} = $operand; value }}) }};\n\
         }}\n\
         pub(super) fn made{generics}({given}) -> impl crate::driver::Coroutine<Option<{sends}>, Yield = {yields}, Return = {returns}> {{\n\
         #[coroutine] static move |_: Option<{sends}>| -> {returns} {{ {bound} {body} }}\n}}\n}}\n"
    );
    let native = text.lines().count() + 1;
    // Its own text, so that an error in the expansion of a marker stands in this module.
    let markers = fs::read_to_string(lowering().join("twin_markers.rs")).expect("the markers can be read");
    let markers = markers.split_once('\n').map_or("", |(_, rest)| rest);
    text += &format!(
        "{markers}\nnative_markers!($ {yields} {sends});\n\
         fn native{written}\n\
         fn abandoned{generics}({params}) -> {returns} {{ crate::twin::abandon() }}\n\
         #[test] fn {name}() {{\n crate::harness::check_with(&[crate::harness::Act::Drop],\n\
         &[(\"frame\", &|| {{ {setup} crate::harness::drive(frame({call})); {after} }}),\n\
         (\"rustc's coroutine\", &|| {{ {setup} crate::driver::drive(coroutine::made({call})); {after} }})],\n\
         &|| {{ {setup} crate::twin::twin(|| native({call})); {after} }},\n\
         &|| {{ {setup} crate::twin::twin(|| abandoned({call})); {after} }});\n}}\n"
    );
    Module { text, coroutine, native }
}

/// The arguments of what makes the coroutine, and what binds them in it as a function binds its own: each as it was given,
/// and then what its pattern binds.
fn arguments(params: &str) -> (String, String) {
    let (mut given, mut bound) = (String::new(), String::new());
    for (index, param) in split(params, ',').into_iter().enumerate() {
        let Some((pattern, of)) = param.split_at_checked(split(param, ':')[0].len()) else { continue };
        given += &format!("given{index}{of}, ");
        let plain = pattern.trim().strip_prefix("mut ").unwrap_or(pattern).trim();
        bound += &match plain.chars().all(|c| c.is_alphanumeric() || c == '_') && plain != "_" {
            true => format!("let {pattern} = given{index}; "),
            false => format!("let _given{index} = given{index}; let {pattern} = _given{index}; "),
        };
    }
    (given, bound)
}

/// The pieces of a text between separators that are in no bracket.
fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut pieces, mut depth, mut start, mut before) = (Vec::new(), 0, 0, ' ');
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' | '<' => depth += 1,
            '>' if before == '-' => {}
            ')' | ']' | '}' | '>' => depth -= 1,
            _ if c == separator && depth == 0 => {
                pieces.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
        before = c;
    }
    if !text[start..].trim().is_empty() {
        pieces.push(&text[start..]);
    }
    pieces
}
