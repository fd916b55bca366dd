use crate::route::Route;

/// Every operation, sorted by name.
pub(crate) const ROUTES: &[Route] = &[];
