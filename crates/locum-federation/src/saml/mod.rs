//! SAML 2.0: a response in, one verified assertion out.
