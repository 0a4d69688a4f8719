//! Rules W: websocket connections, asynchronous.

use super::{Check, Level, Rule};

/// Whoever has no websockets is not asked for these.
const PROFILES: &[&str] = &["asgi"];

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "W1",
        level: Level::Must,
        profiles: PROFILES,
        since: "0.1.0",
        sentence: "There is one run of each layer for a connection, entered in listed order \
                   before connect is received, left in reverse.",
        source: "Luna 0.4, 0.5 and 1.0, Channels, Starlette",
        check: Check::Model("one-run-around-the-connection"),
        implies: &[],
    },
    Rule {
        id: "W2",
        level: Level::Must,
        profiles: PROFILES,
        since: "0.1.0",
        sentence: "Inbound the outer layer has each event first; outbound the inner layer has it \
                   first, and the socket last.",
        source: "Luna 0.4, 0.5 and 1.0, Channels, Starlette",
        check: Check::Model("order-of-each-event"),
        implies: &[],
    },
    Rule {
        id: "W3",
        level: Level::Must,
        profiles: PROFILES,
        since: "0.1.0",
        sentence: "A layer that does not call inward decides before the handshake: the client is \
                   refused (HTTP 403 before accept; SHOULD let the layer choose the status), \
                   nothing inside is entered, no message is read.",
        source: "Luna and Channels, where a layer that sends nothing leaves the client waiting",
        check: Check::Model("refused-before-the-handshake"),
        implies: &[],
    },
    Rule {
        id: "W4",
        level: Level::Must,
        profiles: PROFILES,
        since: "0.1.0",
        sentence: "A dropped event is not seen further along; a replaced one is seen replaced; \
                   order among those that remain is kept, in both directions.",
        source: "Luna 0.4, 0.5 and 1.0, Channels, Starlette",
        check: Check::Model("dropped-and-replaced-events"),
        implies: &[],
    },
    Rule {
        id: "W5",
        level: Level::Must,
        profiles: PROFILES,
        since: "0.1.0",
        sentence: "An error of the app, of `receive` or of `send` unwinds outward; each layer may \
                   catch it, and what it makes of it is all that outer layers see. An error in a \
                   layer's receive or send surfaces first at whoever called it: the app, then \
                   outward through every layer, the failing one included.",
        source: "Luna 0.4, 0.5 and 1.0, Channels, Starlette",
        check: Check::Model("errors-unwind-outward"),
        implies: &[],
    },
    Rule {
        id: "W6",
        level: Level::Must,
        profiles: PROFILES,
        since: "0.1.0",
        sentence: "What nobody catches ends the connection with close 1011 and is logged; before \
                   accept it is refused with 500; after close or disconnect there is no frame, \
                   only the log.",
        source: "no recorded system: Luna 0.5 swallows it, 1.0 and Channels let it escape",
        check: Check::Model("uncaught-errors"),
        implies: &[],
    },
    Rule {
        id: "W7",
        level: Level::Must,
        profiles: PROFILES,
        since: "0.1.0",
        sentence: "After close has been sent nothing more is received or sent; sending then is an \
                   error, not silence. Whoever receives all the same is told of a disconnect.",
        source: "Starlette, in its app; Channels sends on",
        check: Check::Model("nothing-after-close"),
        implies: &[],
    },
    Rule {
        id: "W8",
        level: Level::Must,
        profiles: PROFILES,
        since: "0.1.0",
        sentence: "A message before accept, an accept twice, and receiving after disconnect are \
                   errors that name the rule. The state is kept at the socket, and a send's error \
                   goes back through the senders.",
        source: "ASGI; Luna and Channels do not look",
        check: Check::Model("the-protocol-is-kept"),
        implies: &[],
    },
    Rule {
        id: "W9",
        level: Level::Must,
        profiles: PROFILES,
        since: "0.1.0",
        sentence: "An inbound or outbound queue has a limit, and a slow client slows its own \
                   sender, not the process.",
        source: "the contract",
        check: Check::NotVerifiable("it takes a slow client and a look at the memory"),
        implies: &[],
    },
    Rule {
        id: "W10",
        level: Level::Must,
        profiles: PROFILES,
        since: "0.1.0",
        sentence: "At shutdown each open connection is told (1001), has a grace time to finish, \
                   then is dropped; S9 holds in both.",
        source: "the contract",
        check: Check::Model("shutdown"),
        implies: &[],
    },
    Rule {
        id: "W11",
        level: Level::Must,
        profiles: PROFILES,
        since: "0.1.0",
        sentence: "Every runtime that an engine runs on gives the same trace for the same script.",
        source: "the contract",
        check: Check::Law("the-same-on-every-runtime"),
        implies: &[],
    },
    Rule {
        id: "W12",
        level: Level::Must,
        profiles: PROFILES,
        since: "0.1.0",
        sentence: "An app that returns without closing ends the connection with 1000; where \
                   nobody accepted, it is refused with 403.",
        source: "no recorded system: Luna and Channels send no frame",
        check: Check::Model("the-app-returns"),
        implies: &[],
    },
];
