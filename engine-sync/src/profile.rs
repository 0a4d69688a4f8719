//! Profiles: which Django's rules a chain follows.

use std::fmt;
use std::str::FromStr;

/// Which rules a chain follows where Django's two middleware styles differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Profile {
    /// Django 1.10 and later (`MIDDLEWARE`): the onion of rules H. The default.
    #[default]
    Django5,
    /// Django 1.8 (`MIDDLEWARE_CLASSES`): after any short-circuit or error every layer's
    /// `process_response` runs (rules L).
    Django18,
    /// Django 1.11 with `MIDDLEWARE_CLASSES`: as 1.8, and `process_exception` is asked about
    /// errors of rendering too (rule L4).
    Django111Legacy,
}

impl Profile {
    /// Every profile.
    pub const ALL: [Profile; 3] = [Profile::Django5, Profile::Django18, Profile::Django111Legacy];

    /// Whether rules L hold.
    pub fn is_legacy(self) -> bool {
        self != Profile::Django5
    }

    /// The name in settings and reports.
    pub fn name(self) -> &'static str {
        match self {
            Profile::Django5 => "django-5",
            Profile::Django18 => "django-1.8",
            Profile::Django111Legacy => "django-1.11-legacy",
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Profile {
    type Err = UnknownProfile;

    fn from_str(name: &str) -> Result<Self, UnknownProfile> {
        Profile::ALL
            .into_iter()
            .find(|profile| profile.name() == name)
            .ok_or_else(|| UnknownProfile(name.to_owned()))
    }
}

/// A profile that does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownProfile(String);

impl fmt::Display for UnknownProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Profile::ALL.map(Profile::name).join("`, `");
        write!(f, "unknown profile `{}`: the profiles are `{names}`", self.0)
    }
}

impl std::error::Error for UnknownProfile {}
