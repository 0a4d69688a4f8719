//! Fields and the layers around them: what is answered, in which order, and what it leaves behind.

mod arguments;
mod awaited;
mod builder;
mod errors;
mod exits;
mod harness;
mod hostile;
mod info;
mod loader;
mod mutations;
mod order;
mod retry;
mod scope;
mod settings;
mod subscriptions;
mod values;
mod vectors;
