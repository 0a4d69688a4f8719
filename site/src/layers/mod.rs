//! The layers of the article.

mod another;
mod book;

pub(crate) use another::{Another, AnotherOptions};
pub(crate) use book::{Book, BookOptions};
