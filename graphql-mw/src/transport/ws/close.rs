//! Why a connection is closed.

use std::borrow::Cow;

/// Why a connection is closed: a code of the protocol, and a reason for the client's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Close {
    /// The code.
    pub code: u16,
    /// The reason. A frame has room for 123 bytes of it.
    pub reason: Cow<'static, str>,
}

impl Close {
    /// 1000: the client has asked for the end.
    pub const NORMAL: u16 = 1000;
    /// 4400: a message that the protocol does not have.
    pub const BAD_MESSAGE: u16 = 4400;
    /// 4401: an operation before the connection was acknowledged.
    pub const UNAUTHORIZED: u16 = 4401;
    /// 4403: the hook has refused.
    pub const FORBIDDEN: u16 = 4403;
    /// 4406: the client has offered no subprotocol that we speak.
    pub const SUBPROTOCOL: u16 = 4406;
    /// 4408: `connection_init` has not come in time.
    pub const INIT_TIMEOUT: u16 = 4408;
    /// 4409: an operation with an id that is in use.
    pub const SUBSCRIBER_EXISTS: u16 = 4409;
    /// 4429: a second `connection_init`.
    pub const TOO_MANY_INITS: u16 = 4429;
    /// 4500: a failure on our side.
    pub const INTERNAL: u16 = 4500;

    /// A code with its reason.
    pub fn new(code: u16, reason: impl Into<Cow<'static, str>>) -> Close {
        Close { code, reason: reason.into() }
    }

    /// For a client that has offered no subprotocol that we speak.
    pub fn subprotocol() -> Close {
        Close::new(Close::SUBPROTOCOL, "Subprotocol not acceptable")
    }

    /// For a failure on our side, of which the client learns no more than that.
    pub fn internal() -> Close {
        Close::new(Close::INTERNAL, "Internal server error")
    }
}
