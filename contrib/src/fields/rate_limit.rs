//! How much a client may ask for: a limit on what fields cost.

use super::bucket::Bucket;
use super::{public, who};
use crate::options::{self, OptionsError};
use graphql_mw::{Field, FieldMiddleware, Info, Layer, Next, On, Order, Resolved, Result, Scope};
use moka::sync::Cache;
use serde::Deserialize;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Options of [`RateLimit`].
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct RateLimitOptions {
    /// What a client may spend in a second for ever. Default: 1,000.
    #[serde(deserialize_with = "per_second")]
    pub per_second: u32,
    /// What it may spend at once, having been silent. Default: 10,000.
    #[serde(deserialize_with = "burst")]
    pub burst: u32,
    /// What a field costs that `costs` does not name; 0 for a layer around the named ones only.
    /// Introspection is free. Default: 1.
    pub cost: u32,
    /// What the fields of a type (`Type`) or one field (`Type.field`, which wins) cost. Default:
    /// none are named.
    pub costs: HashMap<String, u32>,
    /// How many users are remembered at once; of more, those who were silent the longest begin
    /// anew. Default: 100,000.
    #[serde(deserialize_with = "users")]
    pub users: u32,
}

impl Default for RateLimitOptions {
    fn default() -> Self {
        let costs = HashMap::new();
        RateLimitOptions { per_second: 1_000, burst: 10_000, cost: 1, costs, users: 100_000 }
    }
}

fn some(name: &str, value: u32) -> Result<(), OptionsError> {
    match value {
        0 => Err(OptionsError::new(format!(
            "`{name}` is 0, so nothing could be asked for: say how many, or leave the layer out"
        ))),
        _ => Ok(()),
    }
}

/// Every cost is one that somebody could pay.
fn payable(options: &RateLimitOptions) -> Result<(), OptionsError> {
    let costs = options.costs.iter().map(|(name, cost)| (name.as_str(), *cost));
    match costs.chain([("cost", options.cost)]).find(|(_, cost)| *cost > options.burst) {
        Some((name, cost)) => Err(OptionsError::new(format!(
            "`{name}` costs {cost} and `burst` is {}, so nobody could ever pay: raise `burst` or \
             lower the cost",
            options.burst
        ))),
        None => Ok(()),
    }
}

fn per_second<'de, D: serde::Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    options::checked(from, |value| some("per_second", *value))
}

fn burst<'de, D: serde::Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    options::checked(from, |value| some("burst", *value))
}

fn users<'de, D: serde::Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    options::checked(from, |value| some("users", *value))
}

/// Limits what fields cost together, for each user, or for each connection where nobody is logged
/// in. A field that is too much is not resolved: `extensions.code` is `RATE_LIMITED`, and
/// `retryAfter` the seconds until it could be.
///
/// A field costs each time it runs, so one in a list costs once for each item, and one of a
/// subscription for each event, its source included. A connection is what shares a state: all
/// operations of a websocket, and one HTTP request.
pub struct RateLimit {
    options: RateLimitOptions,
    users: Cache<i64, Arc<Mutex<Bucket>>>,
}

impl RateLimit {
    /// The layer with these options.
    ///
    /// # Errors
    ///
    /// A limit of 0, or a cost above `burst`, which nobody could ever pay.
    pub fn new(options: RateLimitOptions) -> Result<Self, OptionsError> {
        some("per_second", options.per_second)?;
        some("burst", options.burst)?;
        some("users", options.users)?;
        payable(&options)?;
        // Who has been silent for so long has a full bucket, as somebody new has.
        let refill = f64::from(options.burst) / f64::from(options.per_second);
        let users = Cache::builder()
            .max_capacity(options.users.into())
            .time_to_idle(Duration::from_secs_f64(refill))
            .build();
        Ok(RateLimit { options, users })
    }

    fn cost(&self, info: &Info<'_>) -> u32 {
        let costs = &self.options.costs;
        if costs.is_empty() {
            return self.options.cost;
        }
        let field = costs.get(&format!("{}.{}", info.parent_type(), info.field_name()));
        field.or_else(|| costs.get(info.parent_type())).copied().unwrap_or(self.options.cost)
    }

    fn charge(&self, info: &Info<'_>) -> Result<()> {
        let RateLimitOptions { per_second, burst, .. } = self.options;
        let (cost, now) = (self.cost(info), Instant::now());
        let taken = match who::account_id(info)? {
            Some(id) => {
                let full = || Arc::new(Mutex::new(Bucket::full(burst, now)));
                let bucket = self.users.get_with(id, full);
                let mut bucket = bucket.lock().unwrap_or_else(PoisonError::into_inner);
                bucket.take(cost, per_second, burst, now)
            }
            None => {
                let mut state = info.state();
                let bucket = state.get_or_insert_with(|| Bucket::full(burst, now));
                bucket.take(cost, per_second, burst, now)
            }
        };
        taken.map_err(|seconds| {
            public("too much at once: try again later")
                .with_extension("code", "RATE_LIMITED")
                .with_extension("retryAfter", seconds.ceil())
        })
    }
}

impl Layer for RateLimit {
    fn declare(&self, order: &mut Order) {
        order.single();
    }
}

impl FieldMiddleware for RateLimit {
    fn resolve<'a>(&'a self, field: Field<'a>, next: Next<'a>) -> Resolved<'a> {
        match self.charge(&field.info) {
            Ok(()) => next.resolve(field),
            Err(error) => Resolved::error(error),
        }
    }

    fn install(&self, on: &mut On<Self>) {
        let mut scope = Scope::everywhere().not_introspection();
        if self.options.cost == 0 {
            for name in self.options.costs.keys() {
                scope = match name.contains('.') {
                    true => scope.and_field(name),
                    false => scope.and_type(name),
                };
            }
        }
        on.scope(scope);
    }
}

impl fmt::Debug for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimit").field("options", &self.options).finish_non_exhaustive()
    }
}
