//! Every operation declared once: parameters, results, errors, encodings.

pub mod iam;
pub mod model;
pub mod organizations;
pub mod pattern;
pub mod sts;
