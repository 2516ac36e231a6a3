//! Coroutines of which nothing has run, and those who look at them: foreign code, which may change what it sees and come
//! back to the coroutine.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::{Rc, Weak};

use coframe::{Cloneable, CoroutineExt, Recursive, Step, yield_};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Loud, one_line, say};

/// Each who looks at it leaves another value there than he found.
struct Changing(Cell<Option<Loud<u32>>>);

impl Changing {
    fn new(n: u32) -> Self {
        Changing(Cell::new(Some(Loud(n))))
    }

    fn change(&self) -> u32 {
        let found = self.0.take().expect("a value is there").0;
        self.0.set(Some(Loud(found + 1)));
        found
    }
}

impl fmt::Debug for Changing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.change().fmt(f)
    }
}

impl Clone for Changing {
    fn clone(&self) -> Self {
        Changing::new(100 * self.change())
    }
}

impl Serialize for Changing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.change().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Changing {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u32::deserialize(deserializer).map(Changing::new)
    }
}

#[coframe::coroutine(recursive, yield = u32, derive(Clone, Serialize, Deserialize))]
fn keeps(n: Changing) {
    say("begins");
    yield_!(n.change());
}

#[test]
fn what_is_changed_by_those_who_look_stays_changed() {
    let mut co = keeps(Changing::new(1));
    assert!(format!("{co:?}").contains("{n: 1}"));
    assert_eq!(one_line(), "drop-1");
    assert!(format!("{co:?}").contains("{n: 2}"));
    let saved = serde_json::to_string(&co).unwrap();
    assert!(saved.contains('3'));
    assert_eq!(one_line(), "drop-2 drop-3");
    let clone = co.clone();
    assert_eq!(one_line(), "drop-4");
    assert_eq!(co.start().unwrap(), Step::Yielded(5));
    drop(co);
    assert_eq!(one_line(), "begins drop-5 drop-6");
    drop(clone);
    assert_eq!(one_line(), "drop-400");
    let mut restored: Recursive<'static, u32, (), (), keeps> = serde_json::from_str(&saved).unwrap();
    assert!(format!("{restored:?}").contains("{n: 3}"));
    assert_eq!(restored.next(), Some(4));
    drop(restored);
    assert_eq!(one_line(), "drop-3 begins drop-4 drop-5");
}

type Kept = Recursive<'static, u32, (), (), Cloneable>;

/// Has the coroutine printed and cloned that it is an argument of, by those who print and clone it.
struct Returning {
    co: RefCell<Weak<Kept>>,
    clones: RefCell<Vec<Kept>>,
    text: String,
}

impl Returning {
    fn come_back(&self) {
        let co = self.co.take();
        if let Some(co) = co.upgrade() {
            let clone = (*co).clone();
            self.clones.borrow_mut().push(clone);
            say(format!("{co:?}").len());
        }
    }
}

impl fmt::Debug for Returning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.come_back();
        f.write_str(&self.text)
    }
}

impl Clone for Returning {
    fn clone(&self) -> Self {
        self.come_back();
        Returning { co: RefCell::default(), clones: RefCell::default(), text: self.text.clone() }
    }
}

#[coframe::coroutine(recursive, yield = u32, derive(Clone))]
fn shares(first: Rc<Returning>, second: Through) {
    yield_!(second.0.text.len() as u32);
    drop(first);
}

/// The clone of it asks for a clone of what it has.
#[derive(Debug)]
struct Through(Rc<Returning>);

impl Clone for Through {
    fn clone(&self) -> Self {
        Through(Rc::new((*self.0).clone()))
    }
}

#[test]
fn who_looks_at_an_argument_may_come_back_to_the_coroutine() {
    let look: fn(&Kept) = |co| drop(format!("{co:?}"));
    let clone: fn(&Kept) = |co| drop(co.clone());
    for act in [look, clone] {
        let returning = Rc::new(Returning {
            co: RefCell::default(),
            clones: RefCell::default(),
            text: "in memory of its own".to_owned(),
        });
        let co = Rc::new(shares(returning.clone(), Through(returning.clone())));
        let printed = format!("{co:?}").len();
        returning.co.replace(Rc::downgrade(&co));
        act(&co);
        assert_eq!(one_line(), printed.to_string());
        assert_eq!(returning.clones.borrow().len(), 1);
        assert!(returning.clones.take().into_iter().all(|clone| clone.eq([20])));
        assert!(Rc::into_inner(co).expect("there is one handle").eq([20]));
        assert_eq!(Rc::strong_count(&returning), 1);
    }
}
