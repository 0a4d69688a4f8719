//! Which of the two protocols a connection speaks.

/// A protocol of GraphQL over websockets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subprotocol {
    /// `graphql-transport-ws`, of the npm package `graphql-ws`.
    Transport,
    /// `graphql-ws`, of the npm package `subscriptions-transport-ws`, which is no longer developed.
    Legacy,
}

impl Subprotocol {
    /// The name in the handshake.
    pub fn name(self) -> &'static str {
        match self {
            Subprotocol::Transport => "graphql-transport-ws",
            Subprotocol::Legacy => "graphql-ws",
        }
    }

    /// The first one that the client offers and we speak. Without one, accept the connection
    /// without a subprotocol and close it with [`Close::subprotocol`](super::Close::subprotocol).
    pub fn chosen<'a>(offered: impl IntoIterator<Item = &'a str>) -> Option<Subprotocol> {
        let known = [Subprotocol::Transport, Subprotocol::Legacy];
        offered.into_iter().find_map(|name| known.into_iter().find(|known| known.name() == name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_says_which_it_likes_best() {
        let chosen = |offered: &[&str]| Subprotocol::chosen(offered.iter().copied());
        assert_eq!(chosen(&["graphql-ws", "graphql-transport-ws"]), Some(Subprotocol::Legacy));
        assert_eq!(chosen(&["chat", "graphql-transport-ws"]), Some(Subprotocol::Transport));
        assert_eq!(chosen(&["chat"]), None);
        assert_eq!(chosen(&[]), None);
    }
}
