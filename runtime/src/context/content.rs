//! What a context holds: values by variable.

use std::any::Any;
use std::mem;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::ContextError;

/// A value, without its type: that of the one variable with its id.
pub(super) type Value = Arc<dyn Any + Send + Sync>;

/// Which variable it is. A variable may move, so that its address does not say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct VariableId(NonZeroU64);

/// Which context it is, for tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ContextId(NonZeroU64);

impl VariableId {
    pub(super) fn new() -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        VariableId(next(&LAST))
    }
}

impl ContextId {
    fn new() -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        ContextId(next(&LAST))
    }
}

/// Unlike all before. 64 bits are not counted through.
fn next(last: &AtomicU64) -> NonZeroU64 {
    NonZeroU64::MIN.saturating_add(last.fetch_add(1, Ordering::Relaxed))
}

/// The values of one context, and which context it is.
#[derive(Default)]
pub(super) struct Content {
    values: Values,
    /// `None` until something is set in it: before, there are no tokens of it.
    id: Option<ContextId>,
}

/// Values in the order of their ids. Copies share them until one is changed; `None` if there are none, so that nothing
/// is allocated or counted for a program without context variables.
///
/// Nothing in here drops a value, because that is foreign code, and the callers have something borrowed: what is taken
/// away is given to them. A map that is replaced by its changed copy has no value that the copy does not have.
#[derive(Clone, Default)]
struct Values(Option<Arc<Vec<(VariableId, Value)>>>);

impl Content {
    pub(super) const EMPTY: Content = Content { values: Values(None), id: None };

    /// Another context with the same values.
    pub(super) fn copy(&self) -> Self {
        Content { values: self.values.clone(), id: None }
    }

    pub(super) fn get(&self, variable: VariableId) -> Option<Value> {
        let values = self.values.0.as_deref()?;
        let index = position(values, variable).ok()?;
        Some(Arc::clone(&values[index].1))
    }

    /// Returns what the variable had, for a token of the context that is returned too.
    pub(super) fn set(&mut self, variable: VariableId, value: Value) -> (Option<Value>, ContextId) {
        (self.values.put(variable, Some(value)), *self.id.get_or_insert_with(ContextId::new))
    }

    /// Gives the variable what it `had`, if this is the context that the token is of. Returns what it has now.
    pub(super) fn reset(
        &mut self,
        variable: VariableId,
        had: &mut Option<Value>,
        context: ContextId,
    ) -> Result<Option<Value>, ContextError> {
        if self.id != Some(context) {
            return Err(ContextError::OtherContext);
        }
        Ok(self.values.put(variable, had.take()))
    }

    pub(super) fn len(&self) -> usize {
        self.values.0.as_ref().map_or(0, |values| values.len())
    }
}

impl Values {
    /// Sets or removes a value. Returns the one that was there.
    fn put(&mut self, variable: VariableId, value: Option<Value>) -> Option<Value> {
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
}

fn position(values: &[(VariableId, Value)], variable: VariableId) -> Result<usize, usize> {
    values.binary_search_by_key(&variable, |(id, _)| *id)
}
