//! A recursive-descent parser of JSON (RFC 8259) that is fed one character at a time.
//!
//! A parser of this kind is a function for each thing in the grammar, each of which calls the others. Such a parser pulls
//! its input, and that of a program which gets its input in pieces cannot be written so: where the text ends for now, all
//! those calls would have to wait. Here they can. Each function is a coroutine, and where it needs a character it pauses,
//! with all that have called it.
//!
//! The three that call each other are `recursive`: their levels are on the heap, so that a text may be nested as deeply as
//! there is memory, and a character goes straight to the innermost one. The others are leaves, and kept in the frame of
//! the function that calls them.
//!
//! [`pieces`] goes the other way: it walks a value and yields its text.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::io::{self, Read};

use coframe::{CoroutineExt, Exception, raise, try_yield_from, yield_, yield_from};

/// A value and all that is in it.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// As it is written: JSON sets no limit to a number.
    Number(String),
    /// With its escapes resolved.
    String(String),
    /// In brackets.
    Array(Vec<Value>),
    /// In braces. The members are as they are written: in their order, and also those of one name.
    Object(Vec<(String, Value)>),
}

/// Where a parser is in its input: what it is looking at, and the place of that.
///
/// It is made before the parser and outlives it, so that whoever feeds the parser can see it as well.
#[derive(Debug, Default)]
pub struct Cursor {
    character: Cell<Option<char>>,
    place: Cell<Place>,
}

/// A place in the input, both numbers counted from 1; columns are characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: u64,
    /// The column.
    pub column: u64,
}

/// What is wrong with the input, where it is in the text, and where in the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// What is wrong.
    pub problem: Problem,
    /// The place of the character that is wrong; at the end of the input, the place after the last one.
    pub place: Place,
    /// The names and indices that lead to the value which is wrong, from the inside.
    pub path: Vec<Step>,
}

/// What can be wrong with the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// This (`None` is the end) where something else is wanted.
    Unexpected(Option<char>, &'static str),
    /// A control character in a string, where it has to be escaped.
    ControlCharacter(char),
    /// `\u` escapes of half a character.
    LoneSurrogate,
}

/// One step from a value to one that is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// To the member of this name.
    Member(String),
    /// To the item of this index.
    Item(usize),
}

/// Returns the value that the characters make which it is sent; `None` is the end of the input. `at` is to be a new one.
///
/// # Errors
///
/// Raises [`JsonError`] at the first character which cannot be there.
#[coframe::coroutine(recursive, send = Option<char>)]
pub fn document(at: &Cursor) -> Value {
    at.pass(yield_!());
    let value = yield_from!(value(at));
    yield_from!(blank(at));
    if at.character.get().is_some() {
        raise!(at.unexpected("the end of the input"));
    }
    value
}

// Each of the following begins where the cursor is at the first character of what it reads, and leaves it at the first
// one after that. `at.pass(yield_!())` is the way to the next.

#[coframe::coroutine(recursive, send = Option<char>)]
fn value(at: &Cursor) -> Value {
    yield_from!(blank(at));
    match at.character.get() {
        Some('[') => yield_from!(array(at)),
        Some('{') => yield_from!(object(at)),
        Some('"') => Value::String(yield_from!(string(at))),
        Some('-' | '0'..='9') => Value::Number(yield_from!(number(at))),
        Some('t') => {
            yield_from!(word(at, "true"));
            Value::Bool(true)
        }
        Some('f') => {
            yield_from!(word(at, "false"));
            Value::Bool(false)
        }
        Some('n') => {
            yield_from!(word(at, "null"));
            Value::Null
        }
        _ => raise!(at.unexpected("a value")),
    }
}

#[coframe::coroutine(recursive, send = Option<char>)]
fn array(at: &Cursor) -> Value {
    let mut items = Vec::new();
    at.pass(yield_!());
    yield_from!(blank(at));
    if at.is(']') {
        at.pass(yield_!());
        return Value::Array(items);
    }
    loop {
        match try_yield_from!(value(at)) {
            Ok(item) => items.push(item),
            Err(exception) => raise!(inside(exception, || Step::Item(items.len()))),
        }
        yield_from!(blank(at));
        match at.character.get() {
            Some(',') => at.pass(yield_!()),
            Some(']') => break,
            _ => raise!(at.unexpected("`,` or `]`")),
        }
    }
    at.pass(yield_!());
    Value::Array(items)
}

#[coframe::coroutine(recursive, send = Option<char>)]
fn object(at: &Cursor) -> Value {
    let mut members = Vec::new();
    at.pass(yield_!());
    yield_from!(blank(at));
    if at.is('}') {
        at.pass(yield_!());
        return Value::Object(members);
    }
    loop {
        yield_from!(blank(at));
        if !at.is('"') {
            raise!(at.unexpected("the name of a member"));
        }
        let name = yield_from!(string(at));
        yield_from!(blank(at));
        if !at.is(':') {
            raise!(at.unexpected("`:`"));
        }
        at.pass(yield_!());
        match try_yield_from!(value(at)) {
            Ok(value) => members.push((name, value)),
            Err(exception) => raise!(inside(exception, || Step::Member(name))),
        }
        yield_from!(blank(at));
        match at.character.get() {
            Some(',') => at.pass(yield_!()),
            Some('}') => break,
            _ => raise!(at.unexpected("`,` or `}`")),
        }
    }
    at.pass(yield_!());
    Value::Object(members)
}

#[coframe::coroutine(send = Option<char>)]
fn blank(at: &Cursor) {
    while let Some(' ' | '\t' | '\n' | '\r') = at.character.get() {
        at.pass(yield_!());
    }
}

#[coframe::coroutine(send = Option<char>)]
fn word(at: &Cursor, word: &'static str) {
    for letter in word.chars() {
        if !at.is(letter) {
            raise!(at.unexpected(word));
        }
        at.pass(yield_!());
    }
}

#[coframe::coroutine(send = Option<char>)]
fn number(at: &Cursor) -> String {
    let mut text = String::new();
    if at.is('-') {
        text.push('-');
        at.pass(yield_!());
    }
    // A zero stands alone, since `012` might be meant as octal.
    if at.is('0') {
        text.push('0');
        at.pass(yield_!());
    } else {
        text += &yield_from!(digits(at));
    }
    if at.is('.') {
        text.push('.');
        at.pass(yield_!());
        text += &yield_from!(digits(at));
    }
    if let Some(sign @ ('e' | 'E')) = at.character.get() {
        text.push(sign);
        at.pass(yield_!());
        if let Some(sign @ ('+' | '-')) = at.character.get() {
            text.push(sign);
            at.pass(yield_!());
        }
        text += &yield_from!(digits(at));
    }
    text
}

/// One digit or more.
#[coframe::coroutine(send = Option<char>)]
fn digits(at: &Cursor) -> String {
    let mut digits = String::new();
    while let Some(digit @ '0'..='9') = at.character.get() {
        digits.push(digit);
        at.pass(yield_!());
    }
    if digits.is_empty() {
        raise!(at.unexpected("a digit"));
    }
    digits
}

#[coframe::coroutine(send = Option<char>)]
fn string(at: &Cursor) -> String {
    let mut text = String::new();
    at.pass(yield_!());
    loop {
        match at.character.get() {
            Some('"') => break,
            Some('\\') => {
                at.pass(yield_!());
                text.push(yield_from!(escape(at)));
            }
            Some(control @ '\0'..' ') => raise!(at.error(Problem::ControlCharacter(control))),
            Some(character) => {
                text.push(character);
                at.pass(yield_!());
            }
            None => raise!(at.unexpected("the end of the string")),
        }
    }
    at.pass(yield_!());
    text
}

#[coframe::coroutine(send = Option<char>)]
fn escape(at: &Cursor) -> char {
    let character = match at.character.get() {
        Some(character @ ('"' | '\\' | '/')) => character,
        Some('b') => '\u{8}',
        Some('f') => '\u{C}',
        Some('n') => '\n',
        Some('r') => '\r',
        Some('t') => '\t',
        Some('u') => {
            let first = yield_from!(unit(at));
            if let Some(character) = char::from_u32(first) {
                return character;
            }
            // Half of a character that is not in the first plane; the other half follows.
            if !at.is('\\') {
                raise!(at.error(Problem::LoneSurrogate));
            }
            at.pass(yield_!());
            if !at.is('u') {
                raise!(at.error(Problem::LoneSurrogate));
            }
            let second = yield_from!(unit(at));
            match char::decode_utf16([first as u16, second as u16]).next() {
                Some(Ok(character)) => return character,
                _ => raise!(at.error(Problem::LoneSurrogate)),
            }
        }
        _ => raise!(at.unexpected("an escape: one of `\"\\/bfnrtu`")),
    };
    at.pass(yield_!());
    character
}

/// The four digits after `\u`.
#[coframe::coroutine(send = Option<char>)]
fn unit(at: &Cursor) -> u32 {
    let mut unit = 0;
    for _ in 0..4 {
        at.pass(yield_!());
        match at.character.get().and_then(|character| character.to_digit(16)) {
            Some(digit) => unit = unit * 16 + digit,
            None => raise!(at.unexpected("a hexadecimal digit")),
        }
    }
    at.pass(yield_!());
    unit
}

impl Cursor {
    /// Where the parser is.
    #[must_use]
    pub fn place(&self) -> Place {
        self.place.get()
    }

    fn is(&self, character: char) -> bool {
        self.character.get() == Some(character)
    }

    /// Goes on to what was sent.
    fn pass(&self, character: Option<char>) {
        let Place { line, column } = self.place.get();
        self.place.set(match self.character.replace(character) {
            Some('\n') => Place { line: line + 1, column: 1 },
            _ => Place { line, column: column + 1 },
        });
    }

    fn unexpected(&self, wanted: &'static str) -> JsonError {
        self.error(Problem::Unexpected(self.character.get(), wanted))
    }

    fn error(&self, problem: Problem) -> JsonError {
        JsonError { problem, place: self.place(), path: Vec::new() }
    }
}

impl Default for Place {
    /// Before the first character.
    fn default() -> Self {
        Place { line: 1, column: 0 }
    }
}

/// An error on its way out gets longer by a step; what is not ours is left as it is.
fn inside(exception: Exception, step: impl FnOnce() -> Step) -> Exception {
    match exception.downcast::<JsonError>() {
        Ok(mut error) => {
            error.path.push(step());
            error.into()
        }
        Err(other) => other,
    }
}

/// Feeds a parser to the end of its input.
///
/// # Errors
///
/// What the parser raises, and the first error of the input.
pub fn parse(input: impl Iterator<Item = io::Result<char>>) -> Result<Value, Exception> {
    let at = Cursor::default();
    let mut parser = document(&at);
    parser.start()?;
    for character in input {
        parser.send(Some(character?))?;
    }
    Ok(parser.send(None)?.returned().expect("a parser returns or raises at the end of its input"))
}

/// Reads characters of UTF-8, at most `chunk` bytes at a time. The first error is the last item.
#[coframe::coroutine(yield = io::Result<char>)]
pub fn characters(mut input: impl Read, chunk: usize) {
    let mut bytes = Vec::new();
    loop {
        // What is there already is the beginning of a character that the last piece has cut.
        let begun = bytes.len();
        bytes.resize(begun + chunk, 0);
        match input.read(&mut bytes[begun..]) {
            Ok(0) if begun == 0 => return,
            Ok(0) => break,
            Ok(read) => bytes.truncate(begun + read),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                bytes.truncate(begun);
                continue;
            }
            Err(error) => {
                yield_!(Err(error));
                return;
            }
        }
        let (valid, wrong) = match std::str::from_utf8(&bytes) {
            Ok(text) => (text.len(), false),
            Err(error) => (error.valid_up_to(), error.error_len().is_some()),
        };
        // Collected, because the bytes belong to this frame, and nothing can borrow from there while it is paused.
        let characters: Vec<char> = String::from_utf8_lossy(&bytes[..valid]).chars().collect();
        for character in characters {
            yield_!(Ok(character));
        }
        if wrong {
            break;
        }
        bytes.drain(..valid);
    }
    yield_!(Err(io::Error::new(io::ErrorKind::InvalidData, "this is not UTF-8")));
}

// ---------------------------------------------------------------------------------------------------------------------

/// Yields the text of a value, piece by piece: on one line, or with each level of it indented.
#[coframe::coroutine(recursive, yield = Cow<'v, str>)]
pub fn pieces<'v>(value: &'v Value, indent: Option<usize>) {
    let inner = indent.map(|indent| indent + 2);
    match value {
        Value::Null => yield_!("null".into()),
        Value::Bool(true) => yield_!("true".into()),
        Value::Bool(false) => yield_!("false".into()),
        Value::Number(text) => yield_!(text.into()),
        Value::String(text) => yield_!(quoted(text).into()),
        Value::Array(items) if items.is_empty() => yield_!("[]".into()),
        Value::Object(members) if members.is_empty() => yield_!("{}".into()),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                yield_!(if index == 0 { "[".into() } else { ",".into() });
                yield_!(line(inner));
                yield_from!(pieces(item, inner));
            }
            yield_!(line(indent));
            yield_!("]".into());
        }
        Value::Object(members) => {
            for (index, (name, value)) in members.iter().enumerate() {
                yield_!(if index == 0 { "{".into() } else { ",".into() });
                yield_!(line(inner));
                yield_!(quoted(name).into());
                yield_!(if indent.is_some() { ": ".into() } else { ":".into() });
                yield_from!(pieces(value, inner));
            }
            yield_!(line(indent));
            yield_!("}".into());
        }
    }
}

fn line(indent: Option<usize>) -> Cow<'static, str> {
    match indent {
        Some(indent) => format!("\n{:indent$}", "").into(),
        None => "".into(),
    }
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\0'..' ' => quoted.push_str(&format!("\\u{:04x}", u32::from(character))),
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

// What is dropped by itself is dropped level by level, each a call. A value may have more levels than the stack.
impl Drop for Value {
    fn drop(&mut self) {
        let mut values = Vec::new();
        self.move_inner(&mut values);
        while let Some(mut value) = values.pop() {
            value.move_inner(&mut values);
        }
    }
}

impl Value {
    fn move_inner(&mut self, to: &mut Vec<Value>) {
        match self {
            Value::Array(items) => to.append(items),
            Value::Object(members) => to.extend(members.drain(..).map(|(_, value)| value)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.place)?;
        if !self.path.is_empty() {
            // The outer steps of a long way tell little.
            f.write_str(if self.path.len() > 8 { ", in …" } else { ", in $" })?;
            for step in self.path.iter().take(8).rev() {
                match step {
                    Step::Member(name) => write!(f, ".{name}")?,
                    Step::Item(index) => write!(f, "[{index}]")?,
                }
            }
        }
        match self.problem {
            Problem::Unexpected(Some(found), wanted) => write!(f, ": {found:?} in place of {wanted}"),
            Problem::Unexpected(None, wanted) => write!(f, ": the input ends in place of {wanted}"),
            Problem::ControlCharacter(found) => write!(f, ": {found:?} in a string has to be escaped"),
            Problem::LoneSurrogate => f.write_str(": an escape of half a character without the other half"),
        }
    }
}

impl std::error::Error for JsonError {}
