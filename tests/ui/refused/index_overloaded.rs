use std::ops::{Index, IndexMut};

struct Ring([Vec<u32>; 4]);

impl Index<usize> for Ring {
    type Output = Vec<u32>;

    fn index(&self, index: usize) -> &Vec<u32> {
        &self.0[index % 4]
    }
}

impl IndexMut<usize> for Ring {
    fn index_mut(&mut self, index: usize) -> &mut Vec<u32> {
        println!("indexed");
        &mut self.0[index % 4]
    }
}

#[coframe::coroutine(yield = u32, send = u32)]
fn sum(ring: &mut Ring) {
    ring[1].push(yield_!(1));
}

fn main() {
    let _ = sum(&mut Ring([const { Vec::new() }; 4]));
}
