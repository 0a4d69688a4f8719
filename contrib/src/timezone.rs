//! The visitor's time zone, the example of the article that this project began with:
//! a layer that needs the user *and* the session, so that its place in the stack matters.

use crate::auth::User;
use crate::options::OptionsError;
use crate::sessions::Session;
use engine_sync::{Flow, Hooks, Layer, On, Order, Request, Result};
use serde::Deserialize;
use std::ops::ControlFlow;

pub use jiff::tz::TimeZone;

/// Whether a time zone of this name is known, an IANA name such as `Europe/Berlin`, or `UTC`. Ask
/// before a name is put into a user's profile: an unknown one is answered with the default.
pub fn is_known(name: &str) -> bool {
    TimeZone::get(name).is_ok()
}

/// Options of [`Timezone`].
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct TimezoneOptions {
    /// The zone of visitors who have none, an IANA name. Default: `UTC` (`TIME_ZONE`).
    pub default: String,
}

impl Default for TimezoneOptions {
    fn default() -> Self {
        TimezoneOptions { default: String::from("UTC") }
    }
}

/// Takes the time zone from the user's profile, puts its name into the session under `timezone`,
/// and provides it as a [`TimeZone`]. Somebody who is not logged in has the zone that the session
/// names, if it names one. A name that no zone has is logged, and the default takes its place.
#[derive(Clone, Debug)]
pub struct Timezone {
    default: TimeZone,
}

/// The name of the zone's name in the session, the article's.
const SESSION_NAME: &str = "timezone";

impl Timezone {
    /// The layer with these options.
    ///
    /// # Errors
    ///
    /// No zone has the name of the default.
    pub fn new(options: TimezoneOptions) -> Result<Self, OptionsError> {
        let default = TimeZone::get(&options.default).map_err(|error| {
            OptionsError::new(format!(
                "`default` is {:?} ({error}): use an IANA name such as `Europe/Berlin`, or `UTC`",
                options.default
            ))
        })?;
        Ok(Timezone { default })
    }

    fn choose(&self, request: &mut Request) -> Result<Flow> {
        let account = request.require::<User>()?.account()?;
        let profile = account.and_then(|account| account.timezone.clone());
        let session = request.require::<Session>()?;
        let known = session.value(SESSION_NAME)?;
        let known = known.as_ref().and_then(|name| name.as_str());
        if let Some(name) = &profile
            && known != Some(name)
        {
            // Only a change is written: a session that is written by every request would be saved
            // by every request.
            session.insert(SESSION_NAME, name)?;
        }
        let zone = match profile.as_deref().or(known) {
            None => self.default.clone(),
            Some(name) => TimeZone::get(name).unwrap_or_else(|error| {
                tracing::warn!(name, %error, "unknown time zone; the default takes its place");
                self.default.clone()
            }),
        };
        request.state_mut().insert(zone);
        Ok(ControlFlow::Continue(()))
    }
}

impl Layer for Timezone {
    fn declare(&self, order: &mut Order) {
        order.requires::<User>().requires::<Session>().provides::<TimeZone>().single();
    }
}

impl Hooks for Timezone {
    fn install(&self, on: &mut On<Self>) {
        on.process_request(Self::choose);
    }
}
