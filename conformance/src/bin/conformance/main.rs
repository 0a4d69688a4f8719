//! Puts an engine's driver to the test.
fn main() {}
