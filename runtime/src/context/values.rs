//! What a context holds: values by variable.

use std::any::Any;
use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A value, without its type: that of the one variable with its id.
pub(super) type Value = Arc<dyn Any + Send + Sync>;

/// Which variable it is. A variable may move, so that its address does not say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct VariableId(u64);

impl VariableId {
    /// Unlike all before: 64 bits are not counted through.
    pub(super) fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        VariableId(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// Values in the order of their ids. Copies share them until one is changed; `None` if there are none, so that nothing
/// is allocated or counted for a program without context variables.
///
/// Nothing in here drops a value, because that is foreign code, and the callers have something borrowed: what is taken
/// away is given to them. Values that are replaced by a changed copy are all in that copy.
#[derive(Clone, Default)]
pub(super) struct Values(Option<Arc<Vec<(VariableId, Value)>>>);

impl Values {
    pub(super) const NONE: Values = Values(None);

    pub(super) fn get(&self, variable: VariableId) -> Option<Value> {
        let values = self.0.as_deref()?;
        let index = position(values, variable).ok()?;
        Some(Arc::clone(&values[index].1))
    }

    /// Sets or removes a value. Returns the one that was there.
    pub(super) fn put(&mut self, variable: VariableId, value: Option<Value>) -> Option<Value> {
        let values = Arc::make_mut(self.0.get_or_insert_default());
        let old = match (position(values, variable), value) {
            (Ok(index), Some(value)) => Some(mem::replace(&mut values[index].1, value)),
            (Ok(index), None) => Some(values.remove(index).1),
            (Err(index), Some(value)) => {
                values.insert(index, (variable, value));
                None
            }
            (Err(_), None) => None,
        };
        if values.is_empty() {
            self.0 = None;
        }
        old
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    pub(super) fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |values| values.len())
    }
}

fn position(values: &[(VariableId, Value)], variable: VariableId) -> Result<usize, usize> {
    values.binary_search_by_key(&variable, |(id, _)| *id)
}
