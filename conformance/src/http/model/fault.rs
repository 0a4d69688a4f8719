//! What is raised, and where.

use crate::http::program::Behaviour;

/// An error on its way to a boundary.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    kind: Kind,
    at: String,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Boom,
    Panic,
    NotFound,
    Forbidden,
    BadRequest,
    /// Django says so when a hook or view gave None where a response was due.
    ValueError,
    /// Python says so when None is asked for its headers.
    AttributeError,
}

impl Fault {
    /// The error that this behaviour raises at this place, if it raises one.
    pub(super) fn of(behaviour: Behaviour, at: String) -> Option<Fault> {
        let kind = match behaviour {
            Behaviour::Raise | Behaviour::RaiseBefore | Behaviour::RaiseAfter => Kind::Boom,
            Behaviour::Panic | Behaviour::PanicBefore | Behaviour::PanicAfter => Kind::Panic,
            Behaviour::Raise404 => Kind::NotFound,
            Behaviour::Raise403 => Kind::Forbidden,
            Behaviour::Raise400 => Kind::BadRequest,
            _ => return None,
        };
        Some(Fault { kind, at })
    }

    pub(super) fn value_error() -> Fault {
        Fault { kind: Kind::ValueError, at: String::new() }
    }

    pub(super) fn attribute_error() -> Fault {
        Fault { kind: Kind::AttributeError, at: String::new() }
    }

    pub(super) fn status(&self) -> u16 {
        match self.kind {
            Kind::NotFound => 404,
            Kind::Forbidden => 403,
            Kind::BadRequest => 400,
            _ => 500,
        }
    }

    /// As it is announced.
    pub(super) fn text(&self) -> String {
        match self.kind {
            Kind::Boom => format!("Boom: {}", self.at),
            Kind::Panic => format!("Panic: {}", self.at),
            Kind::NotFound => String::from("Http404"),
            Kind::Forbidden => String::from("PermissionDenied"),
            Kind::BadRequest => String::from("SuspiciousOperation"),
            Kind::ValueError => String::from("ValueError"),
            Kind::AttributeError => String::from("AttributeError"),
        }
    }
}
