//! The chain as its users see it. The contract's rules are checked one by one, and against the
//! recorded cases, in `conformance.rs`; here stands what is this engine's own.

#![cfg(feature = "minijinja")]

use engine_sync::http::{Method, StatusCode, header};
use engine_sync::{
    Chain, Context, Ended, Error, Exit, HttpLayer, Profile, Request, Response, Route, Stack,
    Templates, from_fn, hook_fns,
};
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};

/// What happened, in order.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn add(&self, event: impl Into<String>) {
        self.0.lock().unwrap().push(event.into());
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// A layer that logs every hook and passes on.
fn logs(log: &Log, name: &'static str) -> Arc<HttpLayer> {
    let log = log.clone();
    hook_fns(name, move |on| {
        let (a, b, c, d) = (log.clone(), log.clone(), log.clone(), log);
        on.process_request(move |_, _| {
            a.add(format!("{name}.process_request"));
            Ok(ControlFlow::Continue(()))
        })
        .process_view(move |_, _, _| {
            b.add(format!("{name}.process_view"));
            Ok(ControlFlow::Continue(()))
        })
        .process_response(move |_, _, _| {
            c.add(format!("{name}.process_response"));
            Ok(())
        })
        .exit(move |_, _, how| d.add(format!("{name}.exit {how}")));
    })
}

fn stack(layers: impl IntoIterator<Item = Arc<HttpLayer>>) -> Stack {
    layers.into_iter().fold(Stack::builder(), |b, layer| b.layer(layer)).build().unwrap()
}

fn hello(_: &mut Request, _: &engine_sync::Params) -> engine_sync::Result<Response> {
    Ok(Response::text("hello"))
}

fn body(response: &Response) -> &str {
    std::str::from_utf8(response.body().as_bytes().unwrap()).unwrap()
}

#[test]
fn a_route_s_own_layers_stand_between_routing_and_every_process_view() {
    let log = Log::default();
    let own = stack([logs(&log, "Own")]);
    let chain = Chain::builder(&stack([logs(&log, "Outer")]))
        .route(Route::get("/with", hello).stack(&own))
        .route(Route::get("/without", hello))
        .build()
        .unwrap();

    assert_eq!(chain.respond(Request::get("/with")).status(), 200);
    assert_eq!(
        log.take(),
        [
            "Outer.process_request",
            "Own.process_request",
            "Outer.process_view",
            "Own.process_view",
            "Own.process_response",
            "Outer.process_response",
            "Own.exit done",
            "Outer.exit done",
        ],
    );
    chain.respond(Request::get("/without"));
    assert!(log.take().iter().all(|event| event.starts_with("Outer")));
    assert_eq!(chain.respond(Request::get("/neither")).status(), 404);
    assert_eq!(log.take(), ["Outer.process_request", "Outer.process_response", "Outer.exit done"]);
}

#[test]
fn a_wrapping_layer_between_the_two_keeps_the_order() {
    let log = Log::default();
    let around = |name: &'static str| {
        let log = log.clone();
        from_fn(name, move |request, next| {
            log.add(format!("{name}.before"));
            let response = next.run(request);
            log.add(format!("{name}.after"));
            Ok(response)
        })
    };
    let own = stack([around("C"), logs(&log, "D")]);
    let outer = stack([logs(&log, "A"), around("B")]);
    for profile_routes in [true, false] {
        let chain = if profile_routes {
            Chain::builder(&outer).route(Route::new("/", hello).stack(&own)).build()
        } else {
            let flat = Stack::builder().append(&outer).append(&own).build().unwrap();
            Chain::builder(&flat).view(hello).build()
        };
        chain.unwrap().respond(Request::get("/"));
        assert_eq!(
            log.take(),
            [
                "A.process_request",
                "B.before",
                "C.before",
                "D.process_request",
                "A.process_view",
                "D.process_view",
                "D.process_response",
                "C.after",
                "B.after",
                "A.process_response",
                "D.exit done",
                "A.exit done",
            ],
        );
    }
}

#[test]
fn s11_a_route_that_needs_what_nobody_provides_does_not_build() {
    struct User;
    let error = Chain::builder(&Stack::empty())
        .route(Route::get("/profile", hello).requires::<User>())
        .build()
        .unwrap_err();
    assert!(
        error.to_string().contains("the route `/profile` needs `User`, which no layer"),
        "{error}"
    );
}

#[test]
fn s11_a_route_s_own_layer_may_require_what_the_chain_s_stack_provides() {
    struct User;
    struct Provides;
    impl engine_sync::Layer for Provides {
        fn declare(&self, order: &mut engine_sync::Order) {
            order.provides::<User>();
        }
    }
    impl engine_sync::Hooks for Provides {
        fn install(&self, on: &mut engine_sync::On<Self>) {
            on.process_request(|_, request| {
                request.state_mut().insert(User);
                Ok(ControlFlow::Continue(()))
            });
        }
    }
    struct Requires;
    impl engine_sync::Layer for Requires {
        fn declare(&self, order: &mut engine_sync::Order) {
            order.requires::<User>();
        }
    }
    impl engine_sync::Hooks for Requires {
        fn install(&self, on: &mut engine_sync::On<Self>) {
            on.process_view(|_, request, _| {
                request.require::<User>()?;
                Ok(ControlFlow::Continue(()))
            });
        }
    }
    let route = || Route::get("/", hello).layer(engine_sync::hooks(Requires));
    let outer = stack([engine_sync::hooks(Provides)]);
    let chain = Chain::builder(&outer).route(route()).build().unwrap();
    assert_eq!(chain.respond(Request::get("/")).status(), 200);

    let error = Chain::builder(&Stack::empty()).route(route()).build().unwrap_err();
    assert!(error.to_string().contains("`Requires` (1st) needs `User`"), "{error}");
}

#[test]
fn a_wrapping_layer_under_a_legacy_profile_does_not_build() {
    let stack = stack([from_fn("wraps", |request, next| Ok(next.run(request)))]);
    let error = Chain::builder(&stack).view(hello).profile(Profile::Django18).build().unwrap_err();
    assert!(error.to_string().contains("`wraps` (1st) wraps the call"), "{error}");
}

#[test]
fn a_chain_without_anything_to_serve_does_not_build() {
    let error = Chain::builder(&Stack::empty()).build().unwrap_err();
    assert_eq!(error.to_string(), "the chain has nothing to serve: give it routes or a view");
}

#[test]
fn a_wrong_method_is_405_with_the_right_ones_and_options_asks_for_them() {
    let chain = Chain::builder(&Stack::empty())
        .route(Route::get("/a", hello))
        .route(Route::post("/a", hello))
        .build()
        .unwrap();
    let response = chain.respond(Request::new(Method::DELETE, "/a"));
    assert_eq!(response.status(), 405);
    assert_eq!(response.header(header::ALLOW), Some("GET, HEAD, POST, OPTIONS"));
    assert_eq!(chain.respond(Request::new(Method::OPTIONS, "/a")).status(), 200);
    assert_eq!(chain.respond(Request::new(Method::HEAD, "/a")).status(), 200);
}

#[test]
fn h10_error_pages_are_the_user_s_and_a_page_that_panics_is_replaced() {
    let announced = Log::default();
    let hears = announced.clone();
    let chain = Chain::builder(&Stack::empty())
        .route(Route::get("/{status:int}", |_, params| {
            Err(Error::new(StatusCode::from_u16(params.parse("status")?)?, "secret"))
        }))
        .error_page(StatusCode::NOT_FOUND, |request, _| {
            Response::text(format!("no {}", request.path())).with_status(StatusCode::NOT_FOUND)
        })
        .error_page(StatusCode::FORBIDDEN, |_, _| panic!("a broken page"))
        .announce(move |_, error| hears.add(error.status().as_str()))
        .build()
        .unwrap();
    let respond = |path: &str| chain.respond(Request::get(path));
    assert_eq!(body(&respond("/404")), "no /404");
    assert_eq!(respond("/403").status(), 500);
    let response = respond("/500");
    assert!(!body(&response).contains("secret"));
    assert_eq!(response.cause().unwrap().message(), "secret");
    assert_eq!(announced.take(), ["500"]);
}

#[test]
fn s10_a_panic_anywhere_is_that_request_s_500_and_the_layers_outside_see_it() {
    let log = Log::default();
    for place in ["process_request", "process_view", "process_response", "handle", "view"] {
        let broken = match place {
            "handle" => from_fn("broken", |_, _| panic!("on purpose")),
            _ => hook_fns("broken", |on| {
                match place {
                    "process_request" => on.process_request(|_, _| panic!("on purpose")),
                    "process_view" => on.process_view(|_, _, _| panic!("on purpose")),
                    "process_response" => on.process_response(|_, _, _| panic!("on purpose")),
                    _ => on,
                };
            }),
        };
        let chain = Chain::builder(&stack([logs(&log, "Outer"), broken]))
            .view(move |_, _| match place {
                "view" => panic!("on purpose"),
                _ => Ok(Response::text("fine")),
            })
            .announce(|_, error| assert!(error.is_panic()))
            .build()
            .unwrap();
        let response = chain.respond(Request::get("/"));
        assert_eq!(response.status(), 500, "{place}");
        assert_eq!(response.cause().unwrap().message(), "on purpose");
        let log = log.take();
        assert!(log.contains(&"Outer.process_response".into()), "{place}: {log:?}");
        assert_eq!(log.last().unwrap(), "Outer.exit done");
    }
}

#[test]
fn s9_a_panic_in_an_exit_stops_no_other_exit() {
    let log = Log::default();
    let broken = hook_fns("broken", |on| {
        on.exit(|_, _, _| panic!("on purpose"));
    });
    let chain = Chain::builder(&stack([logs(&log, "Outer"), broken])).view(hello).build().unwrap();
    chain.respond(Request::get("/"));
    assert_eq!(log.take().last().unwrap(), "Outer.exit done");
}

#[test]
fn s9_exits_wait_for_a_streamed_body_and_know_how_it_ended() {
    let log = Log::default();
    let chain = Chain::builder(&stack([logs(&log, "A")]))
        .view(|_, _| Ok(Response::text(engine_sync::Body::stream(&b"streamed"[..]))))
        .build()
        .unwrap();
    let exits =
        |log: &Log| log.take().into_iter().filter(|e| e.contains("exit")).collect::<Vec<_>>();

    let mut response = chain.respond(Request::get("/"));
    assert!(exits(&log).is_empty());
    assert_eq!(response.body_mut().take().into_bytes(100).unwrap(), "streamed");
    assert_eq!(exits(&log), ["A.exit done"]);

    drop(chain.respond(Request::get("/")));
    assert_eq!(exits(&log), ["A.exit dropped"]);

    chain.run(Request::get("/")).finish(Exit::TimedOut);
    assert_eq!(exits(&log), ["A.exit timed out"]);
}

#[test]
fn s12_the_exchange_knows_which_layer_ended_the_unit() {
    let answers = hook_fns("answers", |on| {
        on.process_request(|_, _| Ok(ControlFlow::Break(Response::text("short"))));
    });
    let chain =
        Chain::builder(&stack([logs(&Log::default(), "A"), answers])).view(hello).build().unwrap();
    let exchange = chain.run(Request::get("/"));
    assert_eq!(exchange.ended(), Ended::Answered(1));
    assert_eq!(exchange.ended_by(), Some("answers"));
}

#[test]
#[cfg(debug_assertions)]
fn s11_a_layer_that_does_not_provide_what_it_declares_is_found_in_debug_builds() {
    struct Liar;
    impl engine_sync::Layer for Liar {
        fn declare(&self, order: &mut engine_sync::Order) {
            order.provides::<u64>();
        }
    }
    impl engine_sync::Hooks for Liar {
        fn install(&self, on: &mut engine_sync::On<Self>) {
            on.process_request(|_, _| Ok(ControlFlow::Continue(())));
        }
    }
    let chain = Chain::builder(&stack([engine_sync::hooks(Liar)])).view(hello).build().unwrap();
    let response = chain.respond(Request::get("/"));
    let message = response.cause().unwrap().message();
    assert!(message.contains("`Liar` declares that it provides `u64`"), "{message}");
}

#[test]
fn h7_a_template_is_rendered_once_after_the_hooks_have_changed_it() {
    let templates = Templates::from_sources([("page.html", "<p>{{ name }}</p>")]).unwrap();
    let adds = hook_fns("adds", |on| {
        on.process_template_response(|_, _, response| {
            let template = response.template_mut().expect("the hook runs for templates only");
            template.context_mut().insert("name".into(), "<Ada>".into());
            Ok(())
        });
    });
    let chain = Chain::builder(&stack([adds]))
        .view(move |_, _| Ok(templates.response("page.html", Context::new())))
        .build()
        .unwrap();
    assert_eq!(body(&chain.respond(Request::get("/"))), "<p>&lt;Ada&gt;</p>");
}

#[test]
fn h7_a_template_put_out_of_the_way_by_a_plain_response_is_an_error_that_is_asked_about() {
    let templates = Templates::from_sources([("page.html", "x")]).unwrap();
    let replaces = hook_fns("replaces", |on| {
        on.process_template_response(|_, _, response| {
            *response = Response::text("plain");
            Ok(())
        })
        .process_exception(|_, _, error| Ok(Some(Response::text(format!("asked about: {error}")))));
    });
    let chain = Chain::builder(&stack([replaces]))
        .view(move |_, _| Ok(templates.response("page.html", Context::new())))
        .build()
        .unwrap();
    let response = chain.respond(Request::get("/"));
    assert!(body(&response).starts_with("asked about: a process_template_response hook"));
}

#[test]
fn a_template_from_a_request_hook_is_rendered_by_1_8_and_not_by_5() {
    let templates = Templates::from_sources([("page.html", "rendered")]).unwrap();
    let answers = hook_fns("answers", move |on| {
        on.process_request(move |_, _| {
            Ok(ControlFlow::Break(templates.response("page.html", Context::new())))
        });
    });
    let stack = stack([answers]);
    let respond = |profile| {
        let chain = Chain::builder(&stack).view(hello).profile(profile).build().unwrap();
        chain.respond(Request::get("/"))
    };
    assert_eq!(body(&respond(Profile::Django18)), "rendered");
    let response = respond(Profile::Django5);
    assert_eq!(response.status(), 500);
    assert!(response.cause().unwrap().message().contains("only a view may do"));
}

#[test]
fn s6_many_requests_at_once_share_nothing() {
    let echo = from_fn("echo", |request, next| {
        let path = request.path().to_owned();
        request.state_mut().insert(path);
        let mut response = next.run(request);
        let path = request.require::<String>()?.parse()?;
        response.headers_mut().insert("x-path", path);
        Ok(response)
    });
    let chain = Chain::builder(&stack([echo])).view(hello).build().unwrap();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let chain = &chain;
            scope.spawn(move || {
                for n in 0..200 {
                    let path = format!("/{thread}/{n}");
                    let response = chain.respond(Request::get(&path));
                    assert_eq!(response.header("x-path"), Some(path.as_str()));
                }
            });
        }
    });
}

#[test]
fn s12_a_chain_that_traces_says_which_layer_did_what() {
    let answers = hook_fns("answers", |on| {
        on.process_view(|_, request, _| {
            Ok(match request.path() {
                "/short" => ControlFlow::Break(Response::text("short")),
                _ => ControlFlow::Continue(()),
            })
        });
    });
    let wraps = from_fn("wraps", |request, next| Ok(next.run(request)));
    let traced = Log::default();
    let hears = traced.clone();
    let chain = Chain::builder(&stack([logs(&Log::default(), "A"), wraps, answers]))
        .view(|request, _| match request.path() {
            "/panic" => panic!("on purpose"),
            _ => Ok(Response::text("fine")),
        })
        .announce(|_, _| {})
        .trace(move |_, trace, _| hears.add(trace.to_string()))
        .build()
        .unwrap();
    for path in ["/", "/short", "/panic"] {
        chain.respond(Request::get(path));
    }
    let head = "A.process_request, wraps.handle, A.process_view, answers.process_view";
    assert_eq!(
        traced.take(),
        [
            format!("{head}, view=answered, A.process_response"),
            format!("{head}=answered, A.process_response"),
            format!("{head}, view=panicked, A.process_response"),
        ],
    );
}
