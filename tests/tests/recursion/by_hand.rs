//! A frame as an expansion makes it, whose clone runs other code, which clones the whole once more.

use std::cell::RefCell;
use std::rc::Rc;

use coframe::private::{Called, Callee, Locals, NoLocals, Seen, SendsUnit, Turn, begin, drive, recursive_cloneable};
use coframe::{Cloneable, Code, Recursive, Resumed, Step};

type Down = Recursive<'static, u32, u32, (), Cloneable>;

/// What runs in a clone, and clones the whole once more.
type Hook = Rc<RefCell<Option<Box<dyn Fn()>>>>;

struct Frame {
    n: u32,
    hook: Hook,
    callee: Option<Called<'static, u32, u32, (), Cloneable>>,
}

impl Clone for Frame {
    fn clone(&self) -> Self {
        let hook = self.hook.take();
        hook.inspect(|hook| hook());
        Frame { n: self.n, hook: self.hook.clone(), callee: self.callee.clone() }
    }
}

impl Locals for Frame {
    const CODE: &'static Code = NoLocals::CODE;
    type Sends = SendsUnit;

    fn clear(&mut self) {
        self.callee = None;
    }
}

/// Calls itself down to 0, and yields on its way up.
fn down(n: u32, hook: Hook) -> Down {
    let run = |frame: &mut Frame,
               position: &mut u32,
               entry: u32,
               sent: Option<()>,
               turn: &Turn<'static, u32, ()>|
     -> Resumed<(), u32> {
        if entry == 0 && frame.n > 0 {
            let call = Callee::<u32, (), _>::new(down(frame.n - 1, frame.hook.clone())).delegate();
            match begin(call, turn)? {
                Step::Yielded(callee) => frame.callee = Some(callee),
                Step::Returned(below) => frame.n += below,
            }
        }
        if let Some(callee) = frame.callee.as_mut() {
            match drive(callee, sent, turn)? {
                Step::Yielded(()) => {
                    *position = 1;
                    return Ok(Step::Yielded(()));
                }
                Step::Returned(below) => frame.n += below,
            }
            frame.callee = None;
        } else if entry == 2 {
            return turn.pending().take().map_or(Ok(Step::Returned(frame.n)), Err);
        }
        *position = 2;
        turn.yielded(frame.n);
        Ok(Step::Yielded(()))
    };
    recursive_cloneable::<(), u32, u32, _, _, _>(move || Frame { n, hook, callee: None }, run, |_, _, _| Seen::End)
}

#[test]
fn a_clone_that_is_made_before_the_handle_is_cloned() {
    let expected = [1, 3, 6, 10];
    for level in 0..5 {
        let hook = Hook::default();
        let co = Rc::new(RefCell::new(down(4, hook.clone())));
        assert_eq!(co.borrow_mut().next(), Some(0));
        let inner = Rc::new(RefCell::new(None));
        // The hook waits for the clone of a certain level, and sets itself back until then.
        fn wait(levels: u32, hook: &Hook, co: &Rc<RefCell<Down>>, inner: &Rc<RefCell<Option<Down>>>) {
            let next = (hook.clone(), co.clone(), inner.clone());
            *hook.borrow_mut() = Some(Box::new(move || {
                let (hook, co, inner) = &next;
                match levels {
                    0 => {
                        let clone = co.borrow().clone();
                        *inner.borrow_mut() = Some(clone);
                    }
                    levels => wait(levels - 1, hook, co, inner),
                }
            }));
        }
        wait(level, &hook, &co, &inner);
        let mut outer = co.borrow().clone();
        let mut inner = inner.take().expect("the hook ran");
        assert!(hook.borrow().is_none());
        assert_eq!((outer.depth(), inner.depth()), (5, 5));
        assert!(outer.by_ref().eq(expected), "level {level}");
        assert!(inner.by_ref().eq(expected), "level {level}");
        assert!(co.borrow_mut().by_ref().eq(expected), "level {level}");
    }
}
