//! Routing: which view a path and method lead to, and which path leads to a view.

use crate::error::{Error, Result};
use crate::http_layer::HttpLayer;
use crate::params::Params;
use crate::pattern::{Pattern, Segment};
use crate::request::Request;
use crate::response::Response;
use engine_core::{Endpoint, Stack, StackBuilder, State};
use http::Method;
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// What a route leads to.
pub type View = Arc<dyn Fn(&mut Request, &Params) -> Result<Response> + Send + Sync>;

/// One route: a path pattern, a view, and what belongs to it.
///
/// A pattern is a path whose segments may be arguments: `/articles/{year:int}/{slug:slug}/`.
/// `{name}` takes one segment; `{name:int}`, `{name:slug}` and `{name:uuid}` take a segment of that
/// form; `{name:path}` takes all that is left. A path that fits the pattern and not the form is
/// tried with the next route, and is 404 when none fits.
pub struct Route {
    pub(crate) pattern: String,
    pub(crate) name: Option<Cow<'static, str>>,
    pub(crate) methods: Option<Vec<Method>>,
    pub(crate) view: View,
    pub(crate) own: Option<StackBuilder<HttpLayer>>,
    pub(crate) needs: Endpoint,
    pub(crate) marks: State,
}

impl Route {
    /// A route for every method.
    pub fn new(
        pattern: impl Into<String>,
        view: impl Fn(&mut Request, &Params) -> Result<Response> + Send + Sync + 'static,
    ) -> Self {
        let pattern = pattern.into();
        Route {
            needs: Endpoint::new(format!("the route `{pattern}`")),
            pattern,
            name: None,
            methods: None,
            view: Arc::new(view),
            own: None,
            marks: State::new(),
        }
    }

    /// A route for GET (and HEAD).
    pub fn get(
        pattern: impl Into<String>,
        view: impl Fn(&mut Request, &Params) -> Result<Response> + Send + Sync + 'static,
    ) -> Self {
        Route::new(pattern, view).methods([Method::GET])
    }

    /// A route for POST.
    pub fn post(
        pattern: impl Into<String>,
        view: impl Fn(&mut Request, &Params) -> Result<Response> + Send + Sync + 'static,
    ) -> Self {
        Route::new(pattern, view).methods([Method::POST])
    }

    /// Names the route, so that its path can be asked for; see [`Urls::reverse`].
    pub fn named(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Answers these methods only. GET brings HEAD with it; any other method is answered 405 with
    /// an `Allow` header, unless another route of the same path takes it.
    pub fn methods(mut self, methods: impl IntoIterator<Item = Method>) -> Self {
        self.methods = Some(methods.into_iter().collect());
        self
    }

    /// Puts a layer around this route's view, inside the chain's stack and inside those that were
    /// put there before. Its `process_request` runs after routing, before every `process_view` of
    /// both stacks. It is checked together with the chain's stack, so it may require what a layer
    /// there provides.
    pub fn layer(mut self, layer: Arc<HttpLayer>) -> Self {
        self.own = Some(self.own.unwrap_or_default().layer(layer));
        self
    }

    /// Puts the layers of a stack around this route's view; see [`Route::layer`].
    pub fn stack(mut self, stack: &Stack<HttpLayer>) -> Self {
        self.own = Some(self.own.unwrap_or_default().append(stack));
        self
    }

    /// The view needs a `T` that some layer around it provides; without one the chain does not
    /// build (rule S11).
    pub fn requires<T: 'static>(mut self) -> Self {
        self.needs = self.needs.requires::<T>();
        self
    }

    /// Marks the route with a value that layers can ask for; see [`ViewMatch::mark`].
    pub fn mark<T: Send + Sync + 'static>(mut self, mark: T) -> Self {
        self.marks.insert(mark);
        self
    }
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Route")
            .field("pattern", &self.pattern)
            .field("name", &self.name)
            .field("methods", &self.methods)
            .field("own", &self.own)
            .finish_non_exhaustive()
    }
}

/// The view that was found for a request, as `process_view` sees it.
pub struct ViewMatch {
    pub(crate) route: Arc<Matched>,
    pub(crate) params: Params,
}

/// What of a route is needed at run time.
pub(crate) struct Matched {
    pub(crate) pattern: String,
    pub(crate) name: Option<Cow<'static, str>>,
    pub(crate) view: View,
    pub(crate) marks: State,
}

impl ViewMatch {
    /// The route's name, if it has one.
    pub fn name(&self) -> Option<&str> {
        self.route.name.as_deref()
    }

    /// The route's pattern.
    pub fn pattern(&self) -> &str {
        &self.route.pattern
    }

    /// The view's arguments.
    pub fn params(&self) -> &Params {
        &self.params
    }

    /// Changes the view's arguments.
    pub fn params_mut(&mut self) -> &mut Params {
        &mut self.params
    }

    /// The mark of type `T` that the route carries; see [`Route::mark`].
    pub fn mark<T: 'static>(&self) -> Option<&T> {
        self.route.marks.get::<T>()
    }
}

impl fmt::Debug for ViewMatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ViewMatch")
            .field("pattern", &self.pattern())
            .field("params", &self.params)
            .finish_non_exhaustive()
    }
}

/// The routes of a chain, ready to be asked.
pub(crate) struct Router {
    trie: matchit::Router<Vec<usize>>,
    routes: Vec<Entry>,
    names: HashMap<String, usize>,
}

struct Entry {
    pattern: Pattern,
    methods: Option<Vec<Method>>,
}

pub(crate) enum Found {
    Route(usize, Params),
    /// The path exists, the method does not; these do.
    WrongMethod(Vec<Method>),
    Nothing,
}

impl Router {
    /// # Errors
    ///
    /// What is wrong with a pattern or a name, and how to mend it.
    pub(crate) fn new(routes: &[Route]) -> Result<Self, String> {
        let mut router =
            Router { trie: matchit::Router::new(), routes: Vec::new(), names: HashMap::new() };
        // Routes that differ only in their arguments' names or forms share one node of the trie
        // and are tried there in listed order.
        let mut shapes: Vec<(String, Vec<usize>)> = Vec::new();
        for (index, route) in routes.iter().enumerate() {
            let pattern = Pattern::parse(&route.pattern)?;
            let shape = pattern.shape();
            match shapes.iter_mut().find(|(other, _)| *other == shape) {
                Some((_, indexes)) => indexes.push(index),
                None => shapes.push((shape, vec![index])),
            }
            if let Some(name) = &route.name
                && let Some(first) = router.names.insert(name.to_string(), index)
            {
                return Err(format!(
                    "two routes are named `{name}`: `{}` and `{}`; rename one",
                    routes[first].pattern, route.pattern
                ));
            }
            let methods = route.methods.clone().map(|mut methods| {
                if methods.contains(&Method::GET) && !methods.contains(&Method::HEAD) {
                    methods.push(Method::HEAD);
                }
                methods
            });
            router.routes.push(Entry { pattern, methods });
        }
        for (shape, indexes) in shapes {
            let pattern = &routes[indexes[0]].pattern;
            router.trie.insert(shape, indexes).map_err(|error| {
                format!("the route `{pattern}` does not fit beside the others: {error}")
            })?;
        }
        Ok(router)
    }

    pub(crate) fn find(&self, method: &Method, path: &str) -> Result<Found> {
        let path = percent_encoding::percent_decode_str(path)
            .decode_utf8()
            .map_err(|_| Error::bad_request("the path is not UTF-8"))?;
        let Ok(found) = self.trie.at(&path) else {
            return Ok(Found::Nothing);
        };
        let mut allowed: Vec<Method> = Vec::new();
        for &index in found.value {
            let entry = &self.routes[index];
            let values = found.params.iter().map(|(_, value)| value);
            let Some(params) = entry.pattern.bind(values) else {
                continue;
            };
            match &entry.methods {
                Some(methods) if !methods.contains(method) => {
                    for method in methods {
                        if !allowed.contains(method) {
                            allowed.push(method.clone());
                        }
                    }
                }
                _ => return Ok(Found::Route(index, params)),
            }
        }
        Ok(if allowed.is_empty() { Found::Nothing } else { Found::WrongMethod(allowed) })
    }
}

/// The routes of a chain as layers and views ask them: which path a name has, and whether a path
/// leads anywhere. Cheap to clone.
#[derive(Clone)]
pub struct Urls(pub(crate) Arc<Router>);

impl Urls {
    /// The path of a named route with these arguments, percent-encoded.
    ///
    /// # Errors
    ///
    /// 500: no route has the name, an argument is missing or does not fit.
    pub fn reverse(&self, name: &str, params: &[(&str, &str)]) -> Result<String> {
        let known = || self.0.names.keys().map(String::as_str);
        let Some(&index) = self.0.names.get(name) else {
            let advice = match engine_core::nearest(name, known()) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => String::from("name a route with `Route::named`"),
            };
            return Err(Error::internal(format!("no route is named `{name}`: {advice}")));
        };
        let mut path = String::new();
        for segment in self.0.routes[index].pattern.segments() {
            match segment {
                Segment::Text(text) => path.push_str(text),
                Segment::Argument { name: argument, form } => {
                    let value = params.iter().find(|(key, _)| key == argument).map(|(_, v)| *v);
                    let Some(value) = value.filter(|value| form.fits(value)) else {
                        return Err(Error::internal(match value {
                            None => format!("the route `{name}` needs the argument `{argument}`"),
                            Some(value) => format!(
                                "{value:?} does not fit the argument `{argument}` of the route \
                                 `{name}`"
                            ),
                        }));
                    };
                    path.push_str(&form.encode(value));
                }
            }
        }
        Ok(path)
    }

    /// Whether a path, percent-encoded as sent, leads to a view by any method.
    pub fn leads_somewhere(&self, path: &str) -> bool {
        matches!(self.0.find(&Method::GET, path), Ok(Found::Route(..) | Found::WrongMethod(_)))
    }
}

impl fmt::Debug for Urls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.routes.iter().map(|entry| entry.pattern.shape())).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(pattern: &str) -> Route {
        Route::new(pattern, |_, _| Ok(Response::text("")))
    }

    fn router(routes: Vec<Route>) -> Router {
        Router::new(&routes).unwrap()
    }

    #[track_caller]
    fn check(router: &Router, path: &str, expected: Option<(usize, &[(&str, &str)])>) {
        let found = match router.find(&Method::GET, path).unwrap() {
            Found::Route(index, params) => Some((index, params)),
            _ => None,
        };
        let found = found.as_ref().map(|(index, params)| (*index, params.iter().collect()));
        assert_eq!(found, expected.map(|(index, params)| (index, params.to_vec())));
    }

    #[test]
    fn routes_of_one_shape_are_tried_in_listed_order_by_the_form_of_their_arguments() {
        let router = router(vec![
            route("/a/{id:int}/"),
            route("/a/{name:slug}/"),
            route("/a/{rest}/"),
            route("/a/new/"),
        ]);
        check(&router, "/a/7/", Some((0, &[("id", "7")])));
        check(&router, "/a/99999999999999999999/", Some((1, &[("name", "99999999999999999999")])));
        check(&router, "/a/x-y/", Some((1, &[("name", "x-y")])));
        check(&router, "/a/%C3%A9/", Some((2, &[("rest", "é")])));
        check(&router, "/a/new/", Some((3, &[])));
        check(&router, "/a/7", None);
    }

    #[test]
    fn a_path_argument_takes_all_that_is_left() {
        let router = router(vec![route("/files/{path:path}"), route("/files/top")]);
        check(&router, "/files/a/b.txt", Some((0, &[("path", "a/b.txt")])));
        check(&router, "/files/top", Some((1, &[])));
    }

    #[test]
    fn a_wrong_method_is_told_the_right_ones() {
        let router = router(vec![
            route("/a/{id:int}").methods([Method::GET]),
            route("/a/{id:int}").methods([Method::PUT]),
        ]);
        let Found::WrongMethod(allowed) = router.find(&Method::POST, "/a/1").unwrap() else {
            panic!("the path exists");
        };
        assert_eq!(allowed, [Method::GET, Method::HEAD, Method::PUT]);
        assert!(matches!(router.find(&Method::PUT, "/a/1").unwrap(), Found::Route(1, _)));
        assert!(matches!(router.find(&Method::HEAD, "/a/1").unwrap(), Found::Route(0, _)));
    }

    #[test]
    fn a_reversed_path_leads_back_to_its_route() {
        let urls = Urls(Arc::new(router(vec![
            route("/a/{id:int}/{title}/").named("article"),
            route("/f/{path:path}").named("file"),
        ])));
        let path = urls.reverse("article", &[("id", "7"), ("title", "a b/ü")]).unwrap();
        assert_eq!(path, "/a/7/a%20b%2F%C3%BC/");
        assert_eq!(urls.reverse("file", &[("path", "x/y z")]).unwrap(), "/f/x/y%20z");
        let error = urls.reverse("articel", &[]).unwrap_err();
        assert_eq!(error.message(), "no route is named `articel`: did you mean `article`?");
        let error = urls.reverse("article", &[("id", "x"), ("title", "t")]).unwrap_err();
        assert!(error.message().contains("does not fit the argument `id`"), "{error}");
    }

    #[test]
    fn a_path_that_is_not_utf_8_is_400() {
        let router = router(vec![route("/{x}")]);
        assert_eq!(router.find(&Method::GET, "/%FF").err().unwrap().status(), 400);
    }
}
