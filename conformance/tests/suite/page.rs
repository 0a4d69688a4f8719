//! The page of rules is made from them.

#[test]
fn the_page_of_rules_is_up_to_date() {
    let page = include_str!("../../../docs/RULES.md");
    assert!(
        page == conformance::rule::page(),
        "docs/RULES.md is out of date: run `conformance rules --markdown > docs/RULES.md`",
    );
}
