//! The site as its users meet it: the real program, real settings files, real sockets.

/// The article's steps, each by editing the settings and looking at the terminal.
mod article;
/// A browser's worth of cookies over raw sockets.
mod client;
/// GraphQL by HTTP and by websocket, and the files of GraphiQL.
mod graphql;
/// Log in, forms, messages, log out.
mod pages;
/// The program, started on a settings file of its own.
mod program;
/// A websocket with the cookies of a client.
mod socket;
/// Mistakes that keep the site from starting, and how it ends.
mod start_and_end;
/// A terminal that is gone, or that nobody reads.
mod terminal;
/// The echo and the chat, through the websockets' stack of the settings.
mod websockets;
