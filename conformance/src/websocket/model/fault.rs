//! What ends the way of an event or of the whole connection.

/// Why a call did not return.
#[derive(Clone, Debug)]
pub(super) enum Stop {
    /// It failed, and that goes outward (rule W5).
    Fault(Fault),
    /// The connection's future was dropped: nobody inside or outside does anything more (rule S9).
    Dropped,
}

/// An error or a panic on its way outward.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    /// As it is logged.
    pub(super) text: String,
    /// A panic passes the app by; the layers see it as an error (rule S10).
    pub(super) panics: bool,
}

impl Stop {
    /// An ordinary error of this place.
    pub(super) fn boom(at: impl std::fmt::Display) -> Stop {
        Stop::Fault(Fault { text: format!("Boom: {at}"), panics: false })
    }

    /// A panic at this place.
    pub(super) fn panic(at: impl std::fmt::Display) -> Stop {
        Stop::Fault(Fault { text: format!("Panic: {at}"), panics: true })
    }

    /// An error of the protocol, which names the rule.
    pub(super) fn protocol(rule: &str) -> Stop {
        Stop::Fault(Fault { text: String::from(rule), panics: false })
    }
}
