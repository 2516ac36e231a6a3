use std::ops::{Index, IndexMut};

struct Ring([u32; 4]);

impl Index<usize> for Ring {
    type Output = u32;

    fn index(&self, index: usize) -> &u32 {
        &self.0[index % 4]
    }
}

impl IndexMut<usize> for Ring {
    fn index_mut(&mut self, index: usize) -> &mut u32 {
        &mut self.0[index % 4]
    }
}

#[coframe::coroutine(yield = u32, send = u32)]
fn sum(ring: &mut Ring) {
    let index = 1;
    ring[index] += yield_!(1);
    let sum = ring[index + 1] + yield_!(2);
    yield_!(sum);
}

fn main() {
    let _ = sum(&mut Ring([0; 4]));
}
