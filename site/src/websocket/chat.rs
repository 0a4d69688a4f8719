//! One visitor of the chat: their lines to the room, and the room's lines to them.

use super::room::Room;
use contrib::auth::User;
use contrib::websocket;
use engine_async::http::StatusCode;
use engine_async::{Message, Outbound, Receive, Result, WebSocket};
use futures_util::StreamExt;
use futures_util::future::{Either, select};
use std::pin::pin;

/// RFC 6455's "unsupported data".
const UNSUPPORTED: u16 = 1003;

/// RFC 6455's registry: "try again later".
const TRY_AGAIN: u16 = 1013;

/// Takes lines of plain text; sends JSON, see [`Line`](super::room::Line).
pub(super) async fn chat(
    room: &Room,
    ws: &WebSocket,
    mut receive: Receive<'_>,
    mut send: Outbound<'_>,
) -> Result<()> {
    let Some((seat, mut lines)) = room.enter(name(ws)?) else {
        ws.refuse(StatusCode::SERVICE_UNAVAILABLE);
        return Ok(());
    };
    send.accept().await?;
    loop {
        match select(pin!(receive.message()), lines.next()).await {
            Either::Left((message, _)) => match message? {
                Some(Message::Text(text)) => seat.say(text.trim()),
                Some(Message::Binary(_)) => return send.close(UNSUPPORTED, "send text").await,
                None => return Ok(()),
            },
            Either::Right((Some(line), _)) => send.send(Message::Text(line)).await?,
            Either::Right((None, _)) => {
                return send.close(TRY_AGAIN, "you read too slowly: lines are missing").await;
            }
        }
    }
}

/// The name of who is logged in. A stack without authentication is somebody's experiment; its
/// visitors are guests.
fn name(ws: &WebSocket) -> Result<Option<String>> {
    if ws.state_of::<User>().is_none() {
        return Ok(None);
    }
    Ok(websocket::account(ws)?.map(|account| account.username))
}
