use std::any::Any;

/// What the first of an operation's two runs worked out at a cost, kept for the second.
///
/// An operation that asks for changes is decided once on the published state and once more on the newest, while every
/// other writer waits. What takes long and depends on the request alone (a signature over a document, a new key) is
/// worked out in the first run. What may have changed between the two is checked in both.
#[derive(Default)]
pub struct Carried(Option<Box<dyn Any>>);

impl Carried {
    /// The value of the first run, or a new one. One value an operation; of another type, it is made anew.
    ///
    /// # Errors
    /// What `make` returns; errors are not kept.
    pub fn once<T: Clone + 'static, E>(&mut self, make: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        if let Some(kept) = self.0.as_deref().and_then(<dyn Any>::downcast_ref::<T>) {
            return Ok(kept.clone());
        }
        let made = make()?;
        self.0 = Some(Box::new(made.clone()));
        Ok(made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_made_once_and_an_error_is_not_kept() {
        let mut carried = Carried::default();
        assert_eq!(carried.once(|| Err::<u8, _>("no")), Err("no"));
        assert_eq!(carried.once(|| Ok::<u8, &str>(1)), Ok(1));
        assert_eq!(carried.once(|| Ok::<u8, &str>(2)), Ok(1));
        assert_eq!(carried.once(|| Ok::<u16, &str>(3)), Ok(3));
    }
}
