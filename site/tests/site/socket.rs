//! A websocket client that keeps the cookies of a browser.

use super::client::Client;
use std::net::TcpStream;
use std::time::Duration;
use tungstenite::client::IntoClientRequest;
use tungstenite::http::HeaderValue;
use tungstenite::{Error, HandshakeError, Message, WebSocket};

/// Nothing here takes this long; it turns a hang into a failure.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(crate) struct Socket(WebSocket<TcpStream>);

impl Socket {
    /// Connects with the cookies of this client; a refusal is its status.
    pub(crate) fn open(client: &Client, path: &str) -> Result<Self, u16> {
        Socket::open_with(client, path, &format!("http://{}", client.address), None)
    }

    /// Connects with a subprotocol.
    pub(crate) fn open_speaking(client: &Client, path: &str, subprotocol: &str) -> Self {
        let origin = format!("http://{}", client.address);
        Socket::open_with(client, path, &origin, Some(subprotocol)).unwrap()
    }

    /// Connects as a page of another origin does.
    pub(crate) fn open_from(client: &Client, path: &str, origin: &str) -> Result<Self, u16> {
        Socket::open_with(client, path, origin, None)
    }

    fn open_with(
        client: &Client,
        path: &str,
        origin: &str,
        subprotocol: Option<&str>,
    ) -> Result<Self, u16> {
        let mut request = format!("ws://{}{path}", client.address).into_client_request().unwrap();
        let headers = request.headers_mut();
        headers.insert("origin", HeaderValue::from_str(origin).unwrap());
        headers.insert("cookie", HeaderValue::from_str(&client.cookie_header()).unwrap());
        if let Some(subprotocol) = subprotocol {
            let subprotocol = HeaderValue::from_str(subprotocol).unwrap();
            headers.insert("sec-websocket-protocol", subprotocol);
        }
        let stream = TcpStream::connect(&client.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        match tungstenite::client(request, stream) {
            Ok((socket, _)) => Ok(Socket(socket)),
            Err(HandshakeError::Failure(Error::Http(answer))) => Err(answer.status().as_u16()),
            Err(other) => panic!("{other}"),
        }
    }

    pub(crate) fn send(&mut self, message: impl Into<Message>) {
        self.0.send(message.into()).unwrap();
    }

    pub(crate) fn message(&mut self) -> Message {
        self.0.read().unwrap()
    }

    /// The next message, which is JSON: a line of the chat, say.
    pub(crate) fn line(&mut self) -> serde_json::Value {
        serde_json::from_str(self.message().to_text().unwrap()).unwrap()
    }

    /// Reads on until the server closes the connection: the code and the reason.
    pub(crate) fn closed(&mut self) -> (u16, String) {
        loop {
            if let Message::Close(frame) = self.message() {
                let frame = frame.expect("the server gives a code");
                // Reading on answers the close.
                assert!(matches!(self.0.read(), Err(Error::ConnectionClosed)));
                return (frame.code.into(), frame.reason.to_string());
            }
        }
    }
}
