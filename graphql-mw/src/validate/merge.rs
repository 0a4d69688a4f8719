//! Fields that have one name in the answer.
use super::context::Context;
pub(super) fn check(_: &mut Context<'_>) {}
