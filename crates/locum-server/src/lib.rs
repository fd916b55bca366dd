//! The HTTP edge: listeners, TLS, limits, health, metrics.
