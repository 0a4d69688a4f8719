//! Documents and schemas: what is refused, where, and how soon.

mod hostile;
mod limits;
mod parsing;
mod schema;
mod vectors;
