//! Values that leave traces: what the bodies are made of.

use std::cell::Cell;
use std::fmt::{self, Debug, Display};
use std::ops::{Add, AddAssign, Deref, DerefMut, Index, IndexMut, Mul, Neg, Not};

pub(crate) use crate::harness::t;

/// A value whose making, use and drop are traced.
#[derive(PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct D {
    pub(crate) name: String,
}

/// Makes a `D`.
pub(crate) fn d(name: impl Display) -> D {
    t(format_args!("make {name}"));
    D { name: name.to_string() }
}

/// Makes one `D` for each word.
pub(crate) fn ds(names: &str) -> Vec<D> {
    names.split_whitespace().map(d).collect()
}

impl D {
    pub(crate) fn sent(name: String) -> D {
        D { name }
    }

    pub(crate) fn len(&self) -> i32 {
        t(format_args!("{self:?}.len"));
        i32::try_from(self.name.len()).expect("names are short")
    }

    pub(crate) fn get(&self) -> &str {
        t(format_args!("{self:?}.get"));
        &self.name
    }

    pub(crate) fn touch(&mut self) -> &mut D {
        t(format_args!("{self:?}.touch"));
        self.name.push('+');
        self
    }

    pub(crate) fn put(&mut self, n: i32) {
        t(format_args!("{self:?}.put {n}"));
        self.name = format!("{}{n}", self.name);
    }

    pub(crate) fn with(mut self, more: impl Display) -> D {
        t(format_args!("{self:?}.with {more}"));
        self.name = format!("{}-{more}", self.name);
        self
    }

    pub(crate) fn into_name(mut self) -> String {
        t(format_args!("{self:?}.into_name"));
        std::mem::take(&mut self.name)
    }
}

impl Debug for D {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "D({})", self.name)
    }
}

impl Display for D {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.name)
    }
}

impl Clone for D {
    fn clone(&self) -> D {
        d(format_args!("{}'", self.name))
    }
}

impl Drop for D {
    fn drop(&mut self) {
        t(format_args!("drop {}", self.name));
    }
}

/// A `Copy` value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub(crate) struct C(pub(crate) i32);

impl C {
    pub(crate) fn up(&mut self) -> i32 {
        self.0 += 1;
        self.0
    }
}

/// A number whose operators are traced and take their operands by value.
#[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct W(pub(crate) i32);

/// Makes a `W`.
pub(crate) fn w(n: i32) -> W {
    t(format_args!("w({n})"));
    W(n)
}

impl Add<W> for W {
    type Output = W;

    fn add(self, other: W) -> W {
        t(format_args!("{} + {}", self.0, other.0));
        W(self.0 + other.0)
    }
}

impl Add<i32> for W {
    type Output = W;

    fn add(self, other: i32) -> W {
        t(format_args!("{} + {other}", self.0));
        W(self.0 + other)
    }
}

impl Mul<i32> for W {
    type Output = W;

    fn mul(self, other: i32) -> W {
        t(format_args!("{} * {other}", self.0));
        W(self.0 * other)
    }
}

impl AddAssign<i32> for W {
    fn add_assign(&mut self, other: i32) {
        t(format_args!("{} += {other}", self.0));
        self.0 += other;
    }
}

impl AddAssign<W> for W {
    fn add_assign(&mut self, other: W) {
        t(format_args!("{} += {:?}", self.0, other));
        self.0 += other.0;
    }
}

impl Neg for W {
    type Output = W;

    fn neg(self) -> W {
        t(format_args!("-{}", self.0));
        W(-self.0)
    }
}

impl Not for W {
    type Output = bool;

    fn not(self) -> bool {
        t(format_args!("!{}", self.0));
        self.0 == 0
    }
}

/// A row of numbers whose indexing is traced.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Row(pub(crate) Vec<i32>);

impl Index<usize> for Row {
    type Output = i32;

    fn index(&self, i: usize) -> &i32 {
        t(format_args!("row[{i}]"));
        &self.0[i % self.0.len()]
    }
}

impl IndexMut<usize> for Row {
    fn index_mut(&mut self, i: usize) -> &mut i32 {
        t(format_args!("mut row[{i}]"));
        let len = self.0.len();
        &mut self.0[i % len]
    }
}

/// A box whose dereferences and drop are traced.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Ptr<T>(pub(crate) T);

impl<T> Deref for Ptr<T> {
    type Target = T;

    fn deref(&self) -> &T {
        t("deref");
        &self.0
    }
}

impl<T> DerefMut for Ptr<T> {
    fn deref_mut(&mut self) -> &mut T {
        t("deref_mut");
        &mut self.0
    }
}

impl<T> Drop for Ptr<T> {
    fn drop(&mut self) {
        t("drop ptr");
    }
}

/// A guard of a cell that the caller owns.
#[derive(Debug)]
pub(crate) struct Guard<'a> {
    cell: &'a Cell<i32>,
    name: &'static str,
}

/// Takes a guard.
pub(crate) fn lock<'a>(cell: &'a Cell<i32>, name: &'static str) -> Guard<'a> {
    t(format_args!("lock {name}"));
    Guard { cell, name }
}

impl Guard<'_> {
    pub(crate) fn get(&self) -> i32 {
        self.cell.get()
    }

    pub(crate) fn set(&self, n: i32) -> i32 {
        self.cell.replace(n)
    }
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        t(format_args!("unlock {} {}", self.name, self.cell.get()));
    }
}

/// An iterator that traces its steps and its drop.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Count {
    name: std::borrow::Cow<'static, str>,
    next: i32,
    end: i32,
}

/// Counts from 0 to below `end`.
pub(crate) fn count(name: &'static str, end: i32) -> Count {
    t(format_args!("count {name} {end}"));
    Count { name: name.into(), next: 0, end }
}

impl Iterator for Count {
    type Item = i32;

    fn next(&mut self) -> Option<i32> {
        let item = (self.next < self.end).then_some(self.next);
        t(format_args!("{}.next {item:?}", self.name));
        self.next += 1;
        item
    }
}

impl Drop for Count {
    fn drop(&mut self) {
        t(format_args!("drop {}", self.name));
    }
}

/// A traced identity.
pub(crate) fn f(n: i32) -> i32 {
    t(format_args!("f({n})"));
    n
}

/// A traced identity.
pub(crate) fn b(flag: bool) -> bool {
    t(format_args!("b({flag})"));
    flag
}

/// A traced position.
pub(crate) fn at(n: i32) -> usize {
    t(format_args!("at({n})"));
    n.unsigned_abs() as usize % 4
}

/// `Some` if `n` is even.
pub(crate) fn even(n: i32) -> Option<i32> {
    t(format_args!("even({n})"));
    (n % 2 == 0).then_some(n)
}

/// Fails above 3.
pub(crate) fn small(n: i32) -> Result<i32, Big> {
    t(format_args!("small({n})"));
    if n > 3 { Err(Big(n)) } else { Ok(n) }
}

/// The error of `small`.
#[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Big(pub(crate) i32);

/// An error that others become with `?`.
#[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Failed(pub(crate) String);

impl From<Big> for Failed {
    fn from(big: Big) -> Failed {
        t(format_args!("from {big:?}"));
        Failed(big.0.to_string())
    }
}

impl From<std::num::ParseIntError> for Failed {
    fn from(error: std::num::ParseIntError) -> Failed {
        Failed(error.to_string())
    }
}

/// A struct with a droppable and a plain field.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Pair {
    pub(crate) a: D,
    pub(crate) b: D,
    pub(crate) n: i32,
}

/// Makes a `Pair` named after `name`.
pub(crate) fn pair(name: &str) -> Pair {
    Pair { a: d(format_args!("{name}.a")), b: d(format_args!("{name}.b")), n: 7 }
}

/// A plain struct.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct P {
    pub(crate) x: i32,
    pub(crate) y: i32,
    pub(crate) z: i32,
}

/// An enum with every shape of variant.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub(crate) enum Shape {
    Empty,
    One(D),
    Two(D, D),
    Named { d: D, n: i32 },
    Nest(Box<Shape>),
}

/// A shape for each number.
pub(crate) fn shape(n: i32) -> Shape {
    t(format_args!("shape({n})"));
    match n % 5 {
        0 => Shape::Empty,
        1 => Shape::One(d("one")),
        2 => Shape::Two(d("two.0"), d("two.1")),
        3 => Shape::Named { d: d("named"), n },
        _ => Shape::Nest(Box::new(shape(n + 2))),
    }
}

/// Adds up and traces its arguments.
pub(crate) fn sum3(a: i32, b: i32, c: i32) -> i32 {
    t(format_args!("sum3({a}, {b}, {c})"));
    a + b + c
}

/// Takes a `D` and gives its length.
pub(crate) fn eat(d: D) -> i32 {
    t(format_args!("eat {d}"));
    d.len()
}
