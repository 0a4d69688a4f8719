//! What clients say in `graphql-ws`.

use super::close::Close;
use super::connection::{Action, Connection, Stage, connection_error};
use super::message::{self, Message};
use crate::response::ResponseError;

impl Connection {
    pub(super) fn receive_legacy(&mut self, mut message: Message) -> Vec<Action> {
        match message.kind.as_str() {
            "connection_init" => match message.object() {
                Ok(payload) => self.init(payload),
                Err(reason) => vec![connection_error(&reason)],
            },
            "connection_terminate" => self.close(Close::NORMAL, ""),
            "start" if self.stage == Stage::Opened => {
                self.close(Close::UNAUTHORIZED, "Unauthorized")
            }
            "start" => match message.id() {
                Ok(id) => self.start_legacy(id, message),
                Err(reason) => vec![connection_error(&reason)],
            },
            "stop" => match message.id() {
                Ok(id) => self.stop_legacy(&id),
                Err(reason) => vec![connection_error(&reason)],
            },
            other => {
                let reason = format!("there is no message of the type `{other}`");
                match message.id() {
                    Ok(id) => vec![self.wrong(&id, reason)],
                    Err(_) => vec![connection_error(&reason)],
                }
            }
        }
    }

    /// As its own server does it, an operation under an id that is in use replaces the old one.
    fn start_legacy(&mut self, id: String, mut message: Message) -> Vec<Action> {
        let replaced = self.stop(&id);
        let is_running = replaced.is_some() && self.stage == Stage::Acknowledged;
        match message.request() {
            Ok(request) => self.start(id, request),
            Err(reason) => {
                let wrong = self.wrong(&id, reason);
                let stop = replaced.filter(|_| is_running).map(|id| Action::Stop { id });
                stop.into_iter().chain([wrong]).collect()
            }
        }
    }

    fn stop_legacy(&mut self, id: &str) -> Vec<Action> {
        let is_running = self.stage == Stage::Acknowledged;
        let Some(id) = self.stop(id) else { return Vec::new() };
        let complete = Action::Send(message::bare(Some(&id), "complete"));
        if is_running { vec![Action::Stop { id }, complete] } else { vec![complete] }
    }

    fn wrong(&self, id: &str, reason: String) -> Action {
        Action::Send(self.error_message(id, &[ResponseError::new(reason)]))
    }
}
