//! How a request ended, seen from outside.

use serde::{Deserialize, Serialize};

/// How a request ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Outcome {
    /// There was a response.
    Answered {
        /// Its status.
        status: u16,
        /// Its body.
        body: String,
        /// The marks on it, or none.
        x_trail: Option<String>,
        /// The errors that were announced, in order.
        errors: Vec<String>,
    },
    /// Something left the application altogether.
    Escaped {
        /// What.
        escaped: String,
        /// The errors that were announced, in order.
        errors: Vec<String>,
    },
}

impl Outcome {
    /// The errors that were announced, in order.
    pub fn errors(&self) -> &[String] {
        match self {
            Outcome::Answered { errors, .. } | Outcome::Escaped { errors, .. } => errors,
        }
    }

    /// The same without the errors that were announced.
    pub(super) fn without_errors(&self) -> Outcome {
        let mut bare = self.clone();
        match &mut bare {
            Outcome::Answered { errors, .. } | Outcome::Escaped { errors, .. } => errors.clear(),
        }
        bare
    }
}
