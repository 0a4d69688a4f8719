//! HTTP programs: a stack of layers with known behaviours around a view with a known one.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// Which Django's rules a program runs under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Profile {
    /// Django 1.10 and later, `MIDDLEWARE`: rules H.
    Django5,
    /// Django 1.8, `MIDDLEWARE_CLASSES`: rules L.
    Django18,
    /// Django 1.11 with `MIDDLEWARE_CLASSES`: rules L, and L4's second half.
    Django111Legacy,
}

impl Profile {
    /// Every profile.
    pub const ALL: [Profile; 3] = [Profile::Django5, Profile::Django18, Profile::Django111Legacy];

    /// The name in hellos, reports and cases.
    pub fn name(self) -> &'static str {
        match self {
            Profile::Django5 => "django-5",
            Profile::Django18 => "django-1.8",
            Profile::Django111Legacy => "django-1.11-legacy",
        }
    }

    /// The profile with this name.
    pub fn by_name(name: &str) -> Option<Self> {
        Profile::ALL.into_iter().find(|profile| profile.name() == name)
    }

    /// The profile of a recorded case: its `semantics` and its `version`.
    pub fn of_recording(semantics: &str, version: &str) -> Option<Self> {
        match semantics {
            "onion" => Some(Profile::Django5),
            "legacy" if version.starts_with("1.8") => Some(Profile::Django18),
            "legacy" if version.starts_with("1.11") => Some(Profile::Django111Legacy),
            _ => None,
        }
    }

    /// Whether rules L hold.
    pub fn is_legacy(self) -> bool {
        self != Profile::Django5
    }

    /// How a recorded case says it.
    pub(super) fn semantics(self) -> (&'static str, &'static str) {
        match self {
            Profile::Django5 => ("onion", "5.2"),
            Profile::Django18 => ("legacy", "1.8"),
            Profile::Django111Legacy => ("legacy", "1.11"),
        }
    }
}

/// A stack of layers with known behaviours, a view with a known one, and the profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// The rules to follow.
    pub profile: Profile,
    /// What is listed, the outermost first.
    pub layers: Vec<Listed>,
    /// What the view does.
    pub view: View,
}

impl Program {
    /// The layers in listed order, nested stacks taken apart (rule S5).
    pub fn flat(&self) -> Vec<&Layer> {
        fn collect<'a>(listed: &'a [Listed], into: &mut Vec<&'a Layer>) {
            for item in listed {
                match item {
                    Listed::Layer(layer) => into.push(layer),
                    Listed::Stack { stack } => collect(stack, into),
                }
            }
        }
        let mut layers = Vec::new();
        collect(&self.layers, &mut layers);
        layers
    }

    /// The same program without nested stacks.
    pub fn flattened(&self) -> Program {
        let layers = self.flat().into_iter().cloned().map(Listed::Layer).collect();
        Program { layers, ..self.clone() }
    }

    /// The same program with every layer changed or, where `change` gives `None`, left out.
    pub fn map_layers(&self, mut change: impl FnMut(&Layer) -> Option<Layer>) -> Program {
        fn map(listed: &[Listed], change: &mut dyn FnMut(&Layer) -> Option<Layer>) -> Vec<Listed> {
            let mapped = listed.iter().filter_map(|item| match item {
                Listed::Layer(layer) => change(layer).map(Listed::Layer),
                Listed::Stack { stack } => Some(Listed::Stack { stack: map(stack, change) }),
            });
            mapped.collect()
        }
        Program { layers: map(&self.layers, &mut change), ..self.clone() }
    }

    /// The same program with the layers named by their place: A, B, C.
    pub fn with_distinct_names(&self) -> Program {
        let mut names = ('A'..='Z').map(String::from);
        self.map_layers(|layer| {
            let name = names.next().unwrap_or_else(|| layer.name.clone());
            Some(Layer { name, hooks: layer.hooks.clone() })
        })
    }

    /// Whether a stack is listed inside the stack.
    pub fn has_nested_stack(&self) -> bool {
        self.layers.iter().any(|item| matches!(item, Listed::Stack { .. }))
    }
}

/// One item of a stack's list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Listed {
    /// A stack inside the stack. No recorded case has one.
    Stack {
        /// Its list.
        stack: Vec<Listed>,
    },
    /// A layer.
    Layer(Layer),
}

/// A layer: its name and what each of its hooks does. A hook that is missing is not implemented.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layer {
    /// The name that stands in events. Two layers may share one.
    pub name: String,
    /// What each hook does.
    pub hooks: BTreeMap<Hook, Behaviour>,
}

impl Layer {
    /// A layer with these hooks.
    pub fn new(name: &str, hooks: impl IntoIterator<Item = (Hook, Behaviour)>) -> Self {
        Layer { name: String::from(name), hooks: hooks.into_iter().collect() }
    }

    /// What a hook does, if the layer has it.
    pub fn does(&self, hook: Hook) -> Option<Behaviour> {
        self.hooks.get(&hook).copied()
    }

    /// Whether the layer declares itself not used when it is built (rule S7).
    pub fn is_not_used(&self) -> bool {
        self.does(Hook::Init) == Some(Behaviour::NotUsed)
    }
}

/// The hooks of a layer, named as in Django, and its constructor and exit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are Django's")]
pub enum Hook {
    ProcessRequest,
    ProcessView,
    ProcessTemplateResponse,
    ProcessException,
    ProcessResponse,
    /// The layer is one call around the rest, and has no other hook but `exit`.
    Call,
    /// The constructor does this.
    Init,
    /// The last thing the layer sees of a unit it has entered (rule S9).
    Exit,
}

impl Hook {
    /// The five hooks of Django.
    pub const PHASES: [Hook; 5] = [
        Hook::ProcessRequest,
        Hook::ProcessView,
        Hook::ProcessTemplateResponse,
        Hook::ProcessException,
        Hook::ProcessResponse,
    ];

    /// The name in cases and events.
    pub fn name(self) -> &'static str {
        match self {
            Hook::ProcessRequest => "process_request",
            Hook::ProcessView => "process_view",
            Hook::ProcessTemplateResponse => "process_template_response",
            Hook::ProcessException => "process_exception",
            Hook::ProcessResponse => "process_response",
            Hook::Call => "call",
            Hook::Init => "init",
            Hook::Exit => "exit",
        }
    }

    /// What the hook may do, the plainest first.
    pub fn words(self) -> &'static [Behaviour] {
        use Behaviour::*;
        match self {
            Hook::ProcessRequest | Hook::ProcessView => {
                &[Pass, Modify, Respond, Raise, Raise404, Raise403, Raise400, Panic]
            }
            Hook::ProcessTemplateResponse => {
                &[Pass, Modify, Replace, Raise, Raise404, Raise403, Raise400, Panic, None]
            }
            Hook::ProcessException => &[Pass, Respond, Raise, Raise404, Raise403, Raise400, Panic],
            Hook::ProcessResponse => {
                &[Pass, Modify, Replace, Raise, Raise404, Raise403, Raise400, Panic, None]
            }
            Hook::Call => &[
                Pass,
                ModifyRequest,
                ModifyResponse,
                Replace,
                Catch,
                Short,
                RaiseBefore,
                RaiseAfter,
                PanicBefore,
                PanicAfter,
                None,
            ],
            Hook::Init => &[NotUsed, Raise],
            Hook::Exit => &[Pass, Panic],
        }
    }
}

impl fmt::Display for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a hook does; which words a hook knows is said by [`Hook::words`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Behaviour {
    /// Nothing: passes on what it got.
    Pass,
    /// Marks the request, the view's arguments, the context or the response with its name.
    Modify,
    /// Answers: status 201, body `Layer.hook`.
    Respond,
    /// Puts another response in place: status 202.
    Replace,
    /// Fails with an ordinary error.
    Raise,
    /// Fails with "not found".
    #[serde(rename = "raise404")]
    Raise404,
    /// Fails with "forbidden".
    #[serde(rename = "raise403")]
    Raise403,
    /// Fails with "bad request".
    #[serde(rename = "raise400")]
    Raise400,
    /// Panics.
    Panic,
    /// Returns None where a response is due.
    None,
    /// `init`: the layer declares itself not used.
    NotUsed,
    /// `call`: answers without calling next.
    Short,
    /// `call`: fails before next.
    RaiseBefore,
    /// `call`: fails after next.
    RaiseAfter,
    /// `call`: panics before next.
    PanicBefore,
    /// `call`: panics after next.
    PanicAfter,
    /// `call`: marks the request.
    ModifyRequest,
    /// `call`: marks the response.
    ModifyResponse,
    /// `call`: would answer an error of next, if there were such a thing (rule H3).
    Catch,
}

impl Behaviour {
    /// The same with an ordinary error in the place of a panic.
    pub fn without_panic(self) -> Self {
        match self {
            Behaviour::Panic => Behaviour::Raise,
            Behaviour::PanicBefore => Behaviour::RaiseBefore,
            Behaviour::PanicAfter => Behaviour::RaiseAfter,
            other => other,
        }
    }
}

/// What the view does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// Answers 200 with `view` and the marks it sees.
    Return,
    /// Answers with a template that is rendered late.
    Template,
    /// Fails with an ordinary error.
    Raise,
    /// Fails with "not found".
    #[serde(rename = "raise404")]
    Raise404,
    /// Fails with "forbidden".
    #[serde(rename = "raise403")]
    Raise403,
    /// Fails with "bad request".
    #[serde(rename = "raise400")]
    Raise400,
    /// Panics.
    Panic,
    /// Answers with a template whose rendering fails.
    TemplateRaise,
    /// Answers with a template whose rendering panics.
    TemplatePanic,
    /// Returns None.
    None,
}

impl View {
    /// Every word, the plainest first.
    pub const ALL: [View; 10] = [
        View::Return,
        View::Template,
        View::Raise,
        View::Raise404,
        View::Raise403,
        View::Raise400,
        View::Panic,
        View::TemplateRaise,
        View::TemplatePanic,
        View::None,
    ];

    /// The same with an ordinary error in the place of a panic.
    pub fn without_panic(self) -> Self {
        match self {
            View::Panic => View::Raise,
            View::TemplatePanic => View::TemplateRaise,
            other => other,
        }
    }
}
