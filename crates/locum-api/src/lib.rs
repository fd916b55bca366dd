//! Every operation declared once: parameters, results, errors, encodings.
