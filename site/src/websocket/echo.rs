//! Each message back.

use engine_async::{Outbound, Receive, Result};

pub(super) async fn echo(mut receive: Receive<'_>, mut send: Outbound<'_>) -> Result<()> {
    send.accept().await?;
    while let Some(message) = receive.message().await? {
        send.send(message).await?;
    }
    Ok(())
}
