//! GraphQL over websockets: `graphql-transport-ws`, and `graphql-ws` for clients from before it.
//!
//! A [`Connection`] is told what the client says and what has become of operations, and says what
//! to do. It waits for nothing and starts nothing.
//!
//! ```
//! use graphql_mw::transport::ws::{Action, Connection, Options, Subprotocol};
//!
//! let protocol = Subprotocol::chosen(["graphql-transport-ws"]).expect("it is one that we speak");
//! let mut connection = Connection::new(protocol, Options::default());
//!
//! let actions = connection.receive(r#"{"type": "connection_init"}"#);
//! assert!(matches!(actions[..], [Action::Init(_)]));
//! assert_eq!(connection.accept(None), [Action::Send(r#"{"type":"connection_ack"}"#.into())]);
//!
//! let actions = connection.receive(r#"{"id":"1","type":"subscribe","payload":{"query":"{ a }"}}"#);
//! let [Action::Start { id, request }] = &actions[..] else { panic!("it is an operation") };
//! assert_eq!((&**id, &*request.query), ("1", "{ a }"));
//! ```
//!
//! | | `graphql-transport-ws` | `graphql-ws` |
//! |---|---|---|
//! | no `connection_init` in time | 4408 | 4408 |
//! | a second `connection_init` | 4429 | 4429 |
//! | an operation before `connection_init` | 4401 | 4401 |
//! | an operation before `connection_ack` | 4401 | waits for it |
//! | the hook refuses | 4403 | `connection_error`, 4403 |
//! | what cannot be understood | 4400 | `connection_error`, or `error` where it has an id |
//! | an id that is in use | 4409 | the new operation replaces the old one |
//! | more operations at once than allowed | `error` | `error` |
//! | an answer | `next` | `data` |
//! | an operation that was not executed | `error` with all errors | `error` with the first, and all in `errors` |
//! | the client ends an operation | no answer | `complete` |
//! | a failure on our side | 4500 | 4500 |

mod close;
mod connection;
mod legacy;
mod message;
mod subprotocol;
mod transport;

pub use close::Close;
pub use connection::{Action, Connection, Options};
pub use subprotocol::Subprotocol;

#[cfg(test)]
mod tests;
