//! What clients say in `graphql-transport-ws`.

use super::close::Close;
use super::connection::{Action, Connection, Stage};
use super::message::{self, Message};
use crate::request::Request;

/// A message that was understood.
enum Said {
    Init(Option<crate::Object>),
    Ping(Option<crate::Object>),
    Pong,
    Subscribe(String, Request),
    Complete(String),
}

impl Said {
    fn read(mut message: Message) -> Result<Said, String> {
        Ok(match message.kind.as_str() {
            "connection_init" => Said::Init(message.object()?),
            "ping" => Said::Ping(message.object()?),
            "pong" => {
                message.object()?;
                Said::Pong
            }
            "subscribe" => Said::Subscribe(message.id()?, message.request()?),
            "complete" => Said::Complete(message.id()?),
            other => return Err(format!("there is no message of the type `{other}`")),
        })
    }
}

impl Connection {
    pub(super) fn receive_transport(&mut self, message: Message) -> Vec<Action> {
        match Said::read(message) {
            Err(reason) => self.close(Close::BAD_MESSAGE, reason),
            Ok(Said::Init(payload)) => self.init(payload),
            Ok(Said::Ping(payload)) => {
                vec![Action::Send(message::write(None, "pong", payload))]
            }
            Ok(Said::Pong) => Vec::new(),
            Ok(Said::Subscribe(..)) if self.stage != Stage::Acknowledged => {
                self.close(Close::UNAUTHORIZED, "Unauthorized")
            }
            Ok(Said::Subscribe(id, _)) if self.running.contains(&*id) => {
                let reason = format!("Subscriber for {id} already exists");
                self.close(Close::SUBSCRIBER_EXISTS, reason)
            }
            Ok(Said::Subscribe(id, request)) => self.start(id, request),
            // One that is unknown has ended on our side while this was on its way.
            Ok(Said::Complete(id)) => {
                self.stop(&id).map(|id| Action::Stop { id }).into_iter().collect()
            }
        }
    }
}
