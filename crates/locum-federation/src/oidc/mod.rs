//! OpenID Connect: a token in, verified claims out.
