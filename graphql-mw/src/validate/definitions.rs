//! What a document consists of.

use super::Rule;
use super::context::Context;
use super::unique::pairs;

pub(super) fn check(context: &mut Context<'_>) {
    let document = context.document;
    for other in &document.not_executable {
        let message = format!(
            "the definition of `{}` belongs into the schema: remove it from the document",
            other.name
        );
        context.report(Rule::ExecutableDefinitions, [other.location], message);
    }
    for (name, places) in pairs(document.operations.iter().filter_map(|it| it.name.as_ref())) {
        let message = format!("two operations are called `{name}`: rename one of them");
        context.report(Rule::UniqueOperationNames, places, message);
    }
    if document.operations.len() > 1 {
        for operation in document.operations.iter().filter(|it| it.name.is_none()) {
            let message = "there are other operations beside this one: give it a name";
            context.report(Rule::LoneAnonymousOperation, [operation.location], message);
        }
    }
    for (name, places) in pairs(document.fragments.iter().map(|it| &it.name)) {
        let message = format!("two fragments are called `{name}`: rename one of them");
        context.report(Rule::UniqueFragmentNames, places, message);
    }
}
