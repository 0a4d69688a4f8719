//! What any engine owes: the rules as data, and the checks.
//!
//! The kit knows no engine. It has a small vocabulary of its own, close to the recorded cases of
//! real systems: a program says which layers are listed and what each of their hooks does; an
//! answer is the trace of what happened and how it ended. An engine is put to the test through an
//! adapter ([`Engine`]), or through a driver in any language (`PROTOCOL.md`).
//!
//! ```
//! use conformance::check::{Budget, check};
//! use conformance::http::{Http, Model};
//!
//! let findings = check::<Http>(&Model, "django-5", &Budget::new(100, 1)).unwrap();
//! assert!(findings.broken.is_empty());
//! ```
//!
//! - [`rule`]: the rules, by id.
//! - [`http`]: the first lifecycle: programs, the reference model, generators, laws.
//! - [`field`]: GraphQL fields, the same way.
//! - [`case`](mod@case) and [`Verdict`]: one case, put to an engine.
//! - [`replay`]: recorded files, put to an engine.
//! - [`check`](mod@check): generated cases, put to an engine, with failures shrunk and named by
//!   rule.
//! - [`protocol`]: the same over lines of JSON.
//!
//! The library does no I/O but through readers and writers it is handed.

mod capability;
pub mod case;
pub mod check;
mod engine;
pub mod field;
pub mod http;
mod lifecycle;
pub mod protocol;
pub mod recordings;
pub mod replay;
pub mod rule;
mod trace;
mod verdict;
pub mod websocket;

pub use capability::Capability;
pub use case::{Case, Question};
pub use engine::{Engine, Hello, Trouble};
pub use lifecycle::{Aspect, Lifecycle};
pub use trace::{Answer, Event, Trace};
pub use verdict::{Difference, Verdict};
