//! GraphQL over HTTP, after the draft specification of the GraphQL foundation.
//!
//! ```
//! use graphql_mw::transport::http::{Asked, Call, Options};
//! use graphql_mw::{Executor, Schema};
//!
//! let schema = Schema::parse("type Query { hello: String }")?;
//! let executor = Executor::builder(schema).resolver("Query.hello", |_| Ok("world")).build()?;
//!
//! let asked = Asked {
//!     content_type: Some("application/json"),
//!     body: br#"{"query": "{ hello }"}"#,
//!     ..Asked::new("POST")
//! };
//! let answer = match Call::read(&asked, &Options::default()) {
//!     Ok(call) => call.answer_blocking(&executor),
//!     Err(answer) => answer,
//! };
//! assert_eq!(answer.status, 200);
//! assert_eq!(answer.body, r#"{"data":{"hello":"world"}}"#);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | | `application/graphql-response+json` | `application/json` |
//! |---|---|---|
//! | executed, also with field errors | 200 | 200 |
//! | the document does not parse or is not valid, variables do not fit | 400 | 200 |
//! | no JSON, no `query`, a member of a wrong type | 400 | 400 |
//! | a mutation by GET | 405 | 405 |
//! | a method other than GET and POST | 405 | 405 |
//! | a POST of another media type than `application/json` | 415 | 415 |
//! | a body that is too large | 413 | 413 |
//! | `Accept` wants neither media type | 406, in `application/json` | |
//!
//! A page of another origin cannot make a browser run a mutation with its user's cookies: GET never
//! runs one, and a form or a simple request of a script cannot send `application/json` without
//! asking the server first (a CORS preflight).

mod accept;
mod answer;
mod call;

pub use accept::MediaType;
pub use answer::Answer;
pub use call::{Asked, Call, Options};

#[cfg(test)]
mod tests;
