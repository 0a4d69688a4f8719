//! What crosses crates. The listings of the README and of the guide are compiled and run here.

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub mod readme {}

#[cfg(doctest)]
#[doc = include_str!("../../docs/guide/your-first-layer.md")]
pub mod your_first_layer {}

#[cfg(doctest)]
#[doc = include_str!("../../docs/guide/the-article.md")]
pub mod the_article {}

#[cfg(doctest)]
#[doc = include_str!("../../docs/guide/why-did-my-stack-not-build.md")]
pub mod why_did_my_stack_not_build {}

#[cfg(doctest)]
#[doc = include_str!("../../docs/guide/websockets.md")]
pub mod websockets {}

#[cfg(doctest)]
#[doc = include_str!("../../docs/guide/graphql.md")]
pub mod graphql {}
