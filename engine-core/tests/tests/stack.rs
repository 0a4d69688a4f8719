use super::*;
use engine_core::{Stack, Warning};

fn inner() -> Stack<Named> {
    Stack::builder().layer(authentication()).layer(book()).build_or_panic()
}

trait BuildOrPanic {
    fn build_or_panic(self) -> Stack<Named>;
}

impl BuildOrPanic for engine_core::StackBuilder<Named> {
    fn build_or_panic(self) -> Stack<Named> {
        self.build().unwrap_or_else(|error| panic!("{error}"))
    }
}

#[test]
#[should_panic(expected = "`Authentication` (1st) needs `Session`")]
fn a_stack_is_judged_by_itself() {
    inner();
}

#[test]
fn s5_a_stack_inside_a_stack_is_its_layers_in_its_place() {
    let pair = Stack::builder().layer(plain("A")).layer(plain("B")).build_or_panic();
    let nested = Stack::builder()
        .layer(plain("First"))
        .stack("pair", &pair)
        .layer(plain("Last"))
        .build_or_panic();
    let names: Vec<_> = nested.layers().iter().map(|layer| layer.name).collect();
    assert_eq!(names, ["First", "A", "B", "Last"]);
    let explained = nested.explain();
    assert_eq!(explained.layers[2].place, 3);
    assert_eq!(explained.layers[2].stack.as_deref(), Some("pair"));
    assert!(Stack::<Named>::empty().is_empty());
}

#[test]
fn s7_a_layer_that_is_not_used_is_not_there_and_the_stack_says_so() {
    let stack = Stack::builder()
        .layer(plain("A"))
        .not_used("Debug", "the site is not in debug mode")
        .layer(plain("B"))
        .build_or_panic();
    assert_eq!(stack.len(), 2);
    assert_eq!(
        stack.to_string(),
        "  1. A; hooks call\n  2. B; hooks call\n  \
         -. Debug  not used: the site is not in debug mode\n"
    );
}

#[test]
fn s12_a_stack_explains_itself_as_json() {
    let stack = Stack::builder().layer(sessions()).layer(authentication()).build_or_panic();
    let json: serde_json::Value = serde_json::from_str(&stack.explain().to_json()).unwrap();
    assert_eq!(json["layers"][1]["name"], "Authentication");
    assert_eq!(json["layers"][1]["requires"][0], "Session");
    assert_eq!(json["layers"][1]["provides"][0], "User");
    assert_eq!(json["not_used"], serde_json::json!([]));
}

#[test]
fn a_layer_that_does_nothing_is_worth_a_warning() {
    let idle = Arc::new(Named { name: "Idle", declare: Box::new(|_| {}), hooks: vec![] });
    let stack = Stack::builder().layer(idle).stack("none", &Stack::empty()).build_or_panic();
    let warnings: Vec<_> = stack.warnings().iter().map(Warning::to_string).collect();
    assert_eq!(
        warnings,
        [
            "`Idle` (1st) does nothing: it implements no hook; implement one, or remove it",
            "the stack `none` (2nd) does nothing: it has no layers; add one, or remove it",
        ],
    );
}
