//! Whether a schema holds together.
