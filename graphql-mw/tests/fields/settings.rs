//! Layers by name, as Graphene's `GRAPHENE["MIDDLEWARE"]` lists them (rules S7, S8, S12).

use crate::harness::{Log, ask, builder, logs};
use engine_core::{Built, Settings};
use graphql_mw::{Registry, Scope, scoped};

#[derive(Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Options {
    types: Vec<String>,
}

fn registry(log: &Log) -> Registry {
    let mut registry = Registry::new();
    let (a, b) = (log.clone(), log.clone());
    registry.register("timing", move |options| {
        options.none()?;
        Ok(Built::Layer(logs(&a, "timing")))
    });
    registry.register("audit", move |options| {
        let options: Options = options.read()?;
        Ok(Built::Layer(scoped(Scope::types(options.types), logs(&b, "audit"))))
    });
    registry.register("masking", |_| Ok(Built::NotUsed("errors are shown in debug".into())));
    registry
}

#[test]
fn settings_list_the_layers_by_name_with_their_options() {
    let log = Log::default();
    let settings = Settings::parse(
        "graphene = [\"timing\", \"masking\", \"audit\"]\n[layers.audit]\ntypes = [\"User\"]\n",
    )
    .unwrap();
    let stack = registry(&log).stack(&settings, "graphene").unwrap();
    assert!(stack.to_string().contains("errors are shown in debug"), "{stack}");
    let executor = builder(&log).stack(&stack).build().unwrap();
    ask(&executor, &log, "{ user { age } }");
    assert_eq!(
        log.take(),
        [
            "timing.enter@user",
            "timing.exit@user",
            "timing.enter@user.age",
            "audit.enter@user.age",
            "audit.exit@user.age",
            "timing.exit@user.age",
        ]
    );
}

#[test]
fn a_name_that_nobody_registered_does_not_build() {
    let settings = Settings::parse("graphene = [\"timng\"]").unwrap();
    let error = registry(&Log::default()).stack(&settings, "graphene").unwrap_err();
    assert!(error.to_string().contains("`timing`"), "{error}");
}
