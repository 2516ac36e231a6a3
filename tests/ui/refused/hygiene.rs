// Two locals of one name, one the macro's and one the caller's: an attribute cannot tell them apart.
macro_rules! hygienic {
    ($name:ident, $n:ident, $e:expr) => {
        #[coframe::coroutine(yield = u32)]
        fn $name($n: u32) {
            let n = 100;
            yield_!(n);
            yield_!($e);
            yield_!(n + $e);
        }
    };
}

hygienic!(hygiene, n, n + 1);

fn main() {
    hygiene(1).for_each(drop);
}
