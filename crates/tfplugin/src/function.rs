//! Functions of the provider: pure, callable in any expression.

mod erased;

pub use erased::{AnyFunction, function};

use crate::types::Type;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A parameter of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name in the documentation.
    pub name: String,
    /// Its type.
    pub r#type: Type,
    /// What it means, in Markdown.
    pub description: String,
    /// The function is called with null too.
    pub nullable: bool,
    /// The function is called with values that are not known yet too; else its result is unknown.
    pub unknown_allowed: bool,
}

impl Parameter {
    /// A parameter that is never null or unknown.
    pub fn new(name: impl Into<String>, r#type: Type, description: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            r#type,
            description: description.into(),
            nullable: false,
            unknown_allowed: false,
        }
    }

    /// May be null.
    #[must_use]
    pub fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// May be unknown.
    #[must_use]
    pub fn unknown_allowed(mut self) -> Self {
        self.unknown_allowed = true;
        self
    }
}

/// What a function takes and gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The parameters in order.
    pub parameters: Vec<Parameter>,
    /// The parameter of any number of further arguments.
    pub variadic: Option<Parameter>,
    /// The type of the result.
    pub returns: Type,
    /// One line on what it does.
    pub summary: String,
    /// What it does, in Markdown.
    pub description: String,
    /// Why and since when it should not be used any more; `None` for what is current.
    pub deprecated: Option<String>,
}

impl Signature {
    /// A function of these parameters.
    pub fn new(
        summary: impl Into<String>,
        parameters: impl IntoIterator<Item = Parameter>,
        returns: Type,
    ) -> Self {
        let summary = summary.into();
        Self {
            parameters: parameters.into_iter().collect(),
            variadic: None,
            returns,
            description: summary.clone(),
            summary,
            deprecated: None,
        }
    }

    /// With a longer description than the summary.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// With any number of further arguments.
    #[must_use]
    pub fn variadic(mut self, parameter: Parameter) -> Self {
        self.variadic = Some(parameter);
        self
    }
}

/// Why a function has no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct FunctionError {
    /// What, why, and how to mend it.
    pub text: String,
    /// The argument it is about, counted from 0.
    pub argument: Option<usize>,
}

impl FunctionError {
    /// An error about the call as a whole.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            argument: None,
        }
    }

    /// An error about one argument, counted from 0.
    pub fn at(argument: usize, text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            argument: Some(argument),
        }
    }
}

/// A function: same arguments, same result, on every machine and in plan and apply.
///
/// ```
/// use tfplugin::*;
///
/// struct Mix;
///
/// impl Function for Mix {
///     type Arguments = (String, Vec<String>);
///     type Output = String;
///     const NAME: &'static str = "mix";
///
///     fn signature(&self) -> Signature {
///         Signature::new(
///             "Mixes colours.",
///             [Parameter::new("base", Type::String, "The first colour.")],
///             Type::String,
///         )
///         .variadic(Parameter::new("others", Type::String, "What goes into it."))
///     }
///
///     fn call(&self, (base, others): Self::Arguments) -> Result<String, FunctionError> {
///         if others.is_empty() {
///             return Err(FunctionError::new("Give at least two colours."));
///         }
///         Ok(format!("{base}+{}", others.join("+")))
///     }
/// }
/// ```
pub trait Function: Send + Sync + 'static {
    /// The arguments: a tuple with one element a parameter, and a last `Vec` for the variadic one.
    type Arguments: DeserializeOwned;
    /// The result.
    type Output: Serialize;
    /// The name after `provider::<provider>::`.
    const NAME: &'static str;

    /// What it takes and gives.
    fn signature(&self) -> Signature;

    /// Computes the result.
    fn call(&self, arguments: Self::Arguments) -> Result<Self::Output, FunctionError>;
}
