//! The visitor's time zone, the example of the article that this project began with:
//! a layer that needs the user *and* the session, so that its place in the stack matters.

use crate::auth::User;
use crate::options::{self, OptionsError};
use crate::sessions::Session;
use engine_sync::{Flow, Hooks, Layer, On, Order, Request, Result};
use serde::Deserialize;
use std::fmt;
use std::ops::ControlFlow;

pub use jiff::tz::TimeZone;

/// Whether a time zone of this name is known, an IANA name such as `Europe/Berlin`, or `UTC`. Ask
/// before a name is put into a user's profile: an unknown one is answered with the default.
/// [`check`] says the cure, too.
pub fn is_known(name: &str) -> bool {
    zone(name).is_ok()
}

/// Options of [`Timezone`].
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct TimezoneOptions {
    /// The zone of visitors who have none, an IANA name. Default: `UTC` (`TIME_ZONE`).
    #[serde(deserialize_with = "default_zone")]
    pub default: String,
}

fn check_default(name: &str) -> Result<TimeZone, OptionsError> {
    zone(name).map_err(|unknown| OptionsError::new(format!("`default`: {unknown}")))
}

fn default_zone<'de, D: serde::Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    options::checked(from, |name: &String| check_default(name).map(drop))
}

/// No time zone has this name; the message says which would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownZone(String);

impl UnknownZone {
    /// The name that no time zone has.
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UnknownZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.0;
        write!(
            f,
            "no time zone is named {name:?}: use an IANA name such as `Europe/Berlin`, or `UTC`"
        )
    }
}

impl std::error::Error for UnknownZone {}

/// Whether a time zone has this name, an IANA name such as `Europe/Berlin`.
///
/// # Errors
///
/// None has; the message says which would do.
///
/// ```
/// assert!(contrib::timezone::check("Europe/Berlin").is_ok());
/// assert!(contrib::timezone::check("Berlin").is_err());
/// ```
pub fn check(name: &str) -> Result<(), UnknownZone> {
    zone(name).map(drop)
}

fn zone(name: &str) -> Result<TimeZone, UnknownZone> {
    // `Etc/Unknown` is known for not being known.
    let zone = TimeZone::get(name).ok().filter(|zone| !zone.is_unknown());
    zone.ok_or_else(|| UnknownZone(name.to_owned()))
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
        let default = check_default(&options.default)?;
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
            Some(name) => zone(name).unwrap_or_else(|error| {
                tracing::warn!(%error, "the default takes the place of a time zone");
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
