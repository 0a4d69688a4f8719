//! The stack: layers in listed order, checked once when it is built.

use crate::check::{self, Declared, Unused};
use crate::explain::{Explanation, LayerExplanation, NotUsedExplanation};
use crate::layer::Member;
use crate::order::{Endpoint, Key, Order};
use crate::place::Position;
use crate::problem::{BuildError, Listed, Problem};
use std::fmt;
use std::sync::Arc;

/// Layers in listed order, the first one outermost (rule S1).
///
/// A stack is immutable and cheap to clone: it was built once and checked once. An empty stack is
/// the endpoint alone (rule S5).
pub struct Stack<L: ?Sized> {
    inner: Arc<Inner<L>>,
}

struct Inner<L: ?Sized> {
    layers: Vec<Arc<L>>,
    declared: Vec<Declared>,
    groups: Vec<Option<String>>,
    unused: Vec<Unused>,
    empty_groups: Vec<Listed>,
}

/// Something that is allowed and is probably not what was meant.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// The layer implements no hook, so it is as if it were not listed (rule S4).
    NoHook(Listed),
    /// A stack without layers is listed inside this one.
    EmptyStack(Listed),
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Warning::NoHook(layer) => write!(
                f,
                "{layer} does nothing: it implements no hook; implement one, or remove it"
            ),
            Warning::EmptyStack(stack) => {
                write!(f, "the stack {stack} does nothing: it has no layers; add one, or remove it")
            }
        }
    }
}

impl<L: Member + ?Sized> Stack<L> {
    /// Starts a stack; layers are added in listed order, the outermost first.
    pub fn builder() -> StackBuilder<L> {
        StackBuilder { items: Vec::new(), problems: Vec::new(), listed: 0 }
    }

    /// The stack without layers: the endpoint alone.
    pub fn empty() -> Self {
        Stack {
            inner: Arc::new(Inner {
                layers: Vec::new(),
                declared: Vec::new(),
                groups: Vec::new(),
                unused: Vec::new(),
                empty_groups: Vec::new(),
            }),
        }
    }

    /// The layers, outermost first; those that are not used are not among them (rule S7).
    pub fn layers(&self) -> &[Arc<L>] {
        &self.inner.layers
    }

    /// How many layers the stack has.
    pub fn len(&self) -> usize {
        self.inner.layers.len()
    }

    /// Whether the stack is the endpoint alone.
    pub fn is_empty(&self) -> bool {
        self.inner.layers.is_empty()
    }

    /// The layer at a place (from zero) as it is listed.
    pub fn listed(&self, place: usize) -> Option<&Listed> {
        self.inner.declared.get(place).map(|declared| &declared.listed)
    }

    /// What the layer at a place (from zero) declared.
    pub fn declared(&self, place: usize) -> Option<&Order> {
        self.inner.declared.get(place).map(|declared| &declared.order)
    }

    /// Checks that this stack provides what an endpoint requires (rule S11), so that an endpoint
    /// without what it needs is found when the program starts and not by its first visitor.
    pub fn check_endpoint(&self, endpoint: &Endpoint) -> Result<(), BuildError> {
        check::check_endpoint(&self.inner.declared, &self.inner.unused, endpoint)
    }

    /// What is allowed and probably not meant.
    pub fn warnings(&self) -> Vec<Warning> {
        let idle = self
            .inner
            .layers
            .iter()
            .zip(&self.inner.declared)
            .filter(|(layer, _)| layer.hooks().is_some_and(|hooks| hooks.is_empty()))
            .map(|(_, declared)| Warning::NoHook(declared.listed.clone()));
        idle.chain(self.inner.empty_groups.iter().cloned().map(Warning::EmptyStack)).collect()
    }

    /// What this stack is: names, places, declarations, and who is not used and why (rule S12).
    pub fn explain(&self) -> Explanation {
        let keys = |keys: &[Key]| keys.iter().map(Key::to_string).collect();
        let layers = (self.inner.declared.iter().zip(&self.inner.layers).zip(&self.inner.groups))
            .enumerate()
            .map(|(place, ((declared, layer), group))| LayerExplanation {
                place: place + 1,
                name: declared.listed.name.clone(),
                layer: declared.own_name.clone(),
                stack: group.clone(),
                hooks: layer.hooks().map(|hooks| hooks.iter().map(|h| String::from(*h)).collect()),
                provides: keys(&declared.order.provides),
                requires: keys(&declared.order.requires),
                before: declared.order.before.iter().map(|t| t.to_string()).collect(),
                after: declared.order.after.iter().map(|t| t.to_string()).collect(),
                single: declared.order.single,
            })
            .collect();
        let not_used = (self.inner.unused.iter())
            .map(|unused| NotUsedExplanation {
                listed: unused.listed.place + 1,
                name: unused.listed.name.clone(),
                reason: unused.reason.clone(),
            })
            .collect();
        Explanation { layers, not_used }
    }
}

impl<L: ?Sized> Clone for Stack<L> {
    fn clone(&self) -> Self {
        Stack { inner: Arc::clone(&self.inner) }
    }
}

impl<L: Member + ?Sized> fmt::Display for Stack<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.explain().fmt(f)
    }
}

impl<L: ?Sized> fmt::Debug for Stack<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.inner.declared.iter().map(|declared| &declared.listed.name);
        f.debug_list().entries(names).finish()
    }
}

/// Collects the layers of a [`Stack`] in listed order.
pub struct StackBuilder<L: ?Sized> {
    items: Vec<Item<L>>,
    problems: Vec<Problem>,
    listed: usize,
}

enum Item<L: ?Sized> {
    Layer { layer: Arc<L>, declared: Box<Declared>, group: Option<String> },
    Unused(Unused),
    EmptyGroup(Listed),
}

impl<L: Member + ?Sized> StackBuilder<L> {
    /// Lists a layer, further in than all that were listed before.
    pub fn layer(self, layer: Arc<L>) -> Self {
        self.layer_as(layer, None, None)
    }

    /// Lists a layer under the name and at the position it has in the settings.
    pub fn layer_as(
        mut self,
        layer: Arc<L>,
        listed_as: Option<String>,
        position: Option<Position>,
    ) -> Self {
        let own_name = layer.name().into_owned();
        let listed = self.next(listed_as.unwrap_or_else(|| own_name.clone()), position);
        let mut order = Order::default();
        layer.declare(&mut order);
        let declared = Box::new(Declared { listed, own_name, of: layer.layer_type(), order });
        self.items.push(Item::Layer { layer, declared, group: None });
        self
    }

    /// Lists a stack: the same as listing its layers here (rule S5). The name stands beside them
    /// in explanations.
    pub fn stack(mut self, name: impl Into<String>, stack: &Stack<L>) -> Self {
        let name = name.into();
        if stack.is_empty() {
            let listed = Listed { name: name.clone(), place: self.listed, position: None };
            self.items.push(Item::EmptyGroup(listed));
        }
        self.splice(Some(name), stack)
    }

    /// Lists the layers of a stack here, without a name for the whole.
    pub fn append(self, stack: &Stack<L>) -> Self {
        self.splice(None, stack)
    }

    /// Lists what another builder lists, behind what is listed here. Only the whole is checked, so
    /// a layer there may rely on one here.
    pub fn extend(mut self, other: StackBuilder<L>) -> Self {
        for mut item in other.items {
            match &mut item {
                Item::Layer { declared, .. } => declared.listed.place += self.listed,
                Item::Unused(unused) => unused.listed.place += self.listed,
                Item::EmptyGroup(listed) => listed.place += self.listed,
            }
            self.items.push(item);
        }
        self.problems.extend(other.problems);
        self.listed += other.listed;
        self
    }

    fn splice(mut self, name: Option<String>, stack: &Stack<L>) -> Self {
        let inner = &stack.inner;
        for ((layer, declared), group) in
            inner.layers.iter().zip(&inner.declared).zip(&inner.groups)
        {
            let mut declared = Box::new(declared.clone());
            declared.listed = self.next(declared.listed.name, declared.listed.position);
            let group = match (&name, group) {
                (Some(name), Some(group)) => Some(format!("{name}/{group}")),
                (name, group) => name.as_ref().or(group.as_ref()).cloned(),
            };
            let layer = Arc::clone(layer);
            self.items.push(Item::Layer { layer, declared, group });
        }
        self.items.extend(inner.unused.iter().cloned().map(Item::Unused));
        self
    }

    /// Lists a layer that declared itself not used when it was built: it is not in the stack, and
    /// the stack says so when asked (rule S7).
    pub fn not_used(self, name: impl Into<String>, reason: impl Into<String>) -> Self {
        self.not_used_as(name.into(), reason.into(), None, Order::default())
    }

    pub(crate) fn not_used_as(
        mut self,
        name: String,
        reason: String,
        position: Option<Position>,
        promised: Order,
    ) -> Self {
        let listed = self.next(name, position);
        self.items.push(Item::Unused(Unused { listed, reason, would_provide: promised.provides }));
        self
    }

    /// Notes a mistake that was found while listing; the stack will not build.
    pub(crate) fn problem(
        mut self,
        name: String,
        position: Option<Position>,
        make: impl FnOnce(Listed) -> Problem,
    ) -> Self {
        let listed = self.next(name, position);
        self.problems.push(make(listed));
        self
    }

    fn next(&mut self, name: String, position: Option<Position>) -> Listed {
        let place = self.listed;
        self.listed += 1;
        Listed { name, place, position }
    }

    /// Reorders the layers so that every declaration holds, moving as few as possible. Where the
    /// declarations contradict each other nothing moves, and [`build`](Self::build) says why.
    ///
    /// This is for a tool that proposes an order. A program should list its layers in the order
    /// it wants, so that whoever reads it sees that order.
    pub fn arrange(mut self) -> Self {
        let declared: Vec<Declared> = self
            .items
            .iter()
            .filter_map(|item| match item {
                Item::Layer { declared, .. } => Some((**declared).clone()),
                _ => None,
            })
            .collect();
        let Some(order) = check::arranged(&declared) else {
            return self;
        };
        let (layers, rest): (Vec<_>, Vec<_>) =
            self.items.into_iter().partition(|item| matches!(item, Item::Layer { .. }));
        let mut layers: Vec<Option<Item<L>>> = layers.into_iter().map(Some).collect();
        self.items = order.into_iter().filter_map(|at| layers[at].take()).collect();
        for (place, item) in self.items.iter_mut().enumerate() {
            if let Item::Layer { declared, .. } = item {
                declared.listed.place = place;
            }
        }
        self.items.extend(rest);
        self
    }

    /// Checks every declaration and builds the stack.
    ///
    /// # Errors
    ///
    /// All mistakes at once, each with its cure; see [`Problem`].
    pub fn build(self) -> Result<Stack<L>, BuildError> {
        let mut inner = Inner {
            layers: Vec::new(),
            declared: Vec::new(),
            groups: Vec::new(),
            unused: Vec::new(),
            empty_groups: Vec::new(),
        };
        for item in self.items {
            match item {
                Item::Layer { layer, declared, group } => {
                    inner.layers.push(layer);
                    inner.declared.push(*declared);
                    inner.groups.push(group);
                }
                Item::Unused(unused) => inner.unused.push(unused),
                Item::EmptyGroup(listed) => inner.empty_groups.push(listed),
            }
        }
        // A name nobody knows, or a layer that could not be built, may well be the provider that
        // others miss: the order is judged once the listing itself is in order.
        if !self.problems.is_empty() {
            return Err(BuildError::new(self.problems));
        }
        check::check(&inner.declared, &inner.unused)?;
        Ok(Stack { inner: Arc::new(inner) })
    }
}

impl<L: Member + ?Sized> Default for StackBuilder<L> {
    fn default() -> Self {
        Stack::builder()
    }
}

impl<L: ?Sized> fmt::Debug for StackBuilder<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StackBuilder").field("listed", &self.listed).finish_non_exhaustive()
    }
}
