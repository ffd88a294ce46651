//! Functions without their types, as the server keeps them.

use super::{Function, FunctionError, Signature};
use crate::dynamic::Dynamic;
use crate::typed::{from_dynamic, to_dynamic};

/// A function of any type; made with [`function`].
pub trait AnyFunction: Erased {}

impl<T: Erased> AnyFunction for T {}

/// Makes a function ready to be listed by [`Provider::functions`](crate::Provider::functions).
pub fn function<F: Function>(function: F) -> Box<dyn AnyFunction> {
    let signature = function.signature();
    Box::new(Typed {
        function,
        signature,
    })
}

/// What the server asks of a function.
pub trait Erased: Send + Sync {
    /// The name.
    fn name(&self) -> &'static str;
    /// What it takes and gives.
    fn signature(&self) -> &Signature;
    /// Computes the result from as many arguments as the call has.
    fn call(&self, arguments: Vec<Dynamic>) -> Result<Dynamic, FunctionError>;
}

struct Typed<F> {
    function: F,
    signature: Signature,
}

impl<F: Function> Erased for Typed<F> {
    fn name(&self) -> &'static str {
        F::NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn call(&self, mut arguments: Vec<Dynamic>) -> Result<Dynamic, FunctionError> {
        let fixed = self.signature.parameters.len();
        if arguments.len() < fixed {
            return Err(FunctionError::new(format!(
                "`{}` takes {fixed} arguments, not {}.",
                F::NAME,
                arguments.len()
            )));
        }
        if self.signature.variadic.is_some() {
            let further = arguments.split_off(fixed);
            arguments.push(Dynamic::Sequence(further));
        }
        let arguments = from_dynamic(Dynamic::Sequence(arguments))
            .map_err(|error| FunctionError::new(format!("Unsuitable argument: {error}.")))?;
        let result = self.function.call(arguments)?;
        to_dynamic(&result).map_err(|error| {
            FunctionError::new(format!(
                "`{}` returned what no host has: {error}. This is a bug in the provider.",
                F::NAME
            ))
        })
    }
}
