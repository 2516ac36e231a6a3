#![deny(warnings)]

use coframe::prelude::*;

#[coframe::coroutine(yield = T)]
async fn one_letter<T: Clone, S: Into<u8>, Y, F, B>(value: T, s: S, _y: Y, _f: F, _b: B) {
    let times: u8 = s.into();
    for _ in 0..times {
        yield_!(value.clone());
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Point(u8);

impl Point {
    #[coframe::coroutine(pinned, yield = Self)]
    fn doubled(self) {
        let both = [self, Self(self.0 * 2)];
        for point in &both {
            yield_!(*point);
        }
    }
}

impl Point {
    #[coframe::coroutine(yield = Self, send = Option<Self>)]
    async fn upwards(self) -> Result<(), std::num::TryFromIntError> {
        let mut point = self;
        loop {
            let frame = point;
            if let Some(exception) = yield_!(frame) {
                point = exception;
            }
            let stream = Self(u8::try_from(u32::from(point.0) * 2)?);
            point = stream;
        }
    }
}

fn main() {
    let doubled = Point(2).doubled().boxed();
    assert!(doubled.eq([Point(2), Point(4)]));
    coframe::run(async {
        let mut g = one_letter("a", 2, (), (), ());
        assert_eq!(g.next().await?, Some("a"));
        let mut g = Point(100).upwards();
        assert_eq!(g.next().await?, Some(Point(100)));
        assert_eq!(g.asend(Some(Point(1))).await?, Some(Point(2)));
        Ok::<_, Exception>(())
    })
    .unwrap();
}
