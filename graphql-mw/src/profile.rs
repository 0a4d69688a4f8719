//! Profiles: whose rules a stack of field layers follows where systems differ.

use std::fmt;
use std::str::FromStr;

/// Whose rules a stack of field layers follows where systems differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Profile {
    /// The contract's: the first listed layer is the outermost (rule S1), and layers run around
    /// the source of a subscription, too (rule F10). The default.
    #[default]
    Contract,
    /// Graphene 2 and 3, graphene-django: the last listed layer is the outermost (rule G1).
    Graphene,
    /// graphql-core 3.3 alone: the last listed layer is the outermost, and no layer runs around
    /// the source of a subscription, only around its events.
    GraphqlCore33,
}

impl Profile {
    /// Every profile.
    pub const ALL: [Profile; 3] = [Profile::Contract, Profile::Graphene, Profile::GraphqlCore33];

    /// Whether the last listed layer is the outermost.
    pub fn is_reversed(self) -> bool {
        self != Profile::Contract
    }

    /// Whether layers run around the source of a subscription.
    pub fn runs_around_source(self) -> bool {
        self != Profile::GraphqlCore33
    }

    /// The name in settings and reports.
    pub fn name(self) -> &'static str {
        match self {
            Profile::Contract => "contract",
            Profile::Graphene => "graphene",
            Profile::GraphqlCore33 => "graphql-core-3.3",
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no profile's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownProfile(String);

impl fmt::Display for UnknownProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Profile::ALL.map(Profile::name).join("`, `");
        write!(f, "unknown profile `{}`: the profiles are `{names}`", self.0)
    }
}

impl std::error::Error for UnknownProfile {}

impl FromStr for Profile {
    type Err = UnknownProfile;

    fn from_str(name: &str) -> Result<Self, UnknownProfile> {
        let found = Profile::ALL.into_iter().find(|profile| profile.name() == name);
        found.ok_or_else(|| UnknownProfile(name.into()))
    }
}
