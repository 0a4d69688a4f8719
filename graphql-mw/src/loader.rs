//! Many loads in one batch.

use crate::ast::OperationKind;
use crate::error::{Error, Result};
use crate::executor::Queue;
use crate::info::Info;
use futures_channel::oneshot;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Loads values by key, many at once: what a hundred fields of one operation ask for goes out in
/// one batch, when no field of the operation is ready to run any more.
///
/// A loader is made once and shared; what waits belongs to one operation and never to two (rule
/// S6). Within a query or an event of a subscription a key is loaded once; a mutation changes
/// things, so there only keys of one batch are.
///
/// ```
/// use graphql_mw::Loader;
/// use std::collections::HashMap;
///
/// let names = Loader::new(|ids: Vec<u32>| {
///     Box::pin(async move {
///         Ok(ids.into_iter().map(|id| (id, format!("user {id}"))).collect::<HashMap<_, _>>())
///     })
/// });
/// // In a resolver: `names.load(&field.info, 7).await?`
/// # let _ = names;
/// ```
pub struct Loader<K, V> {
    shared: Arc<Shape<K, V>>,
}

struct Shape<K, V> {
    number: usize,
    max_batch: usize,
    batch: Box<BatchFn<K, V>>,
}

type BatchFn<K, V> = dyn Fn(Vec<K>) -> BoxFuture<'static, Result<HashMap<K, V>>> + Send + Sync;

impl<K, V> Loader<K, V>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// A loader; `batch` is given the keys, each once, and returns the values of those that exist.
    pub fn new(
        batch: impl Fn(Vec<K>) -> BoxFuture<'static, Result<HashMap<K, V>>> + Send + Sync + 'static,
    ) -> Self {
        static NUMBERS: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBERS.fetch_add(1, Ordering::Relaxed);
        Loader { shared: Arc::new(Shape { number, max_batch: 1000, batch: Box::new(batch) }) }
    }

    /// The same loader with at most this many keys in a batch, at least one; 1,000 by default.
    /// What waits beyond goes out at the same time, in batches of its own.
    pub fn max_batch(self, keys: usize) -> Self {
        match Arc::try_unwrap(self.shared) {
            Ok(shape) => Loader { shared: Arc::new(Shape { max_batch: keys.max(1), ..shape }) },
            Err(shared) => Loader { shared },
        }
    }

    /// Loads the value of a key, none where it does not exist.
    ///
    /// The key waits from this call on, and not only from the first poll of the future.
    ///
    /// # Errors
    ///
    /// What the batch failed with; every key of a batch that failed has its error.
    pub fn load(
        &self,
        info: &Info<'_>,
        key: K,
    ) -> impl Future<Output = Result<Option<V>>> + Send + use<K, V> {
        let keeps = info.operation() != OperationKind::Mutation;
        let queue = info.batches().queue(self.shared.number, || Waiting {
            shared: Arc::clone(&self.shared),
            keeps,
            keys: Mutex::default(),
        });
        queue.load(key)
    }
}

/// The keys of one operation.
struct Waiting<K, V> {
    shared: Arc<Shape<K, V>>,
    keeps: bool,
    keys: Mutex<Keys<K, V>>,
}

struct Keys<K, V> {
    loads: HashMap<K, Shared<oneshot::Receiver<Result<Option<V>>>>>,
    queue: Vec<(K, oneshot::Sender<Result<Option<V>>>)>,
}

impl<K, V> Default for Keys<K, V> {
    fn default() -> Self {
        Keys { loads: HashMap::new(), queue: Vec::new() }
    }
}

impl<K, V> Waiting<K, V>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    fn load(&self, key: K) -> impl Future<Output = Result<Option<V>>> + Send + use<K, V> {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        let Keys { loads, queue } = &mut *keys;
        let load = loads.entry(key).or_insert_with_key(|key| {
            let (sender, receiver) = oneshot::channel();
            queue.push((key.clone(), sender));
            receiver.shared()
        });
        let load = load.clone();
        async move {
            load.await.unwrap_or_else(|_| Err(Error::new("the batch of this key has panicked")))
        }
    }
}

impl<K, V> Queue for Waiting<K, V>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    fn flush(self: Arc<Self>) -> Option<BoxFuture<'static, ()>> {
        let mut queue = {
            let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
            if !self.keeps {
                keys.loads.clear();
            }
            std::mem::take(&mut keys.queue)
        };
        if queue.is_empty() {
            return None;
        }
        let mut batches = Vec::new();
        while !queue.is_empty() {
            let rest = queue.split_off(queue.len().min(self.shared.max_batch));
            batches.push(self.batch(std::mem::replace(&mut queue, rest)).boxed());
        }
        Some(futures_util::future::join_all(batches).map(|_| ()).boxed())
    }
}

impl<K, V> Waiting<K, V>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// Loads one batch and hands the values out. A panic is the batch's end, and an error for each
    /// of its keys (rule S10).
    fn batch(
        self: &Arc<Self>,
        queue: Vec<(K, oneshot::Sender<Result<Option<V>>>)>,
    ) -> impl Future<Output = ()> + Send + 'static {
        let shared = Arc::clone(&self.shared);
        async move {
            let keys = queue.iter().map(|(key, _)| key.clone()).collect();
            let load = AssertUnwindSafe(async { (shared.batch)(keys).await }).catch_unwind();
            let mut loaded = load.await.unwrap_or_else(|payload| Err(Error::from_panic(payload)));
            for (key, waiting) in queue {
                // Whoever has gone away does not wait for it.
                let _ = waiting.send(match &mut loaded {
                    Ok(values) => Ok(values.remove(&key)),
                    Err(error) => Err(error.clone()),
                });
            }
        }
    }
}

impl<K, V> Clone for Loader<K, V> {
    fn clone(&self) -> Self {
        Loader { shared: Arc::clone(&self.shared) }
    }
}

impl<K, V> fmt::Debug for Loader<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loader").field("max_batch", &self.shared.max_batch).finish_non_exhaustive()
    }
}
