//! Functions.

use super::Rpc;
use crate::dynamic::Dynamic;
use crate::function::{FunctionError, Signature};
use crate::proto::tfplugin6 as wire;
use crate::provider::Provider;
use crate::server::convert;
use crate::shape::complete;

impl<P: Provider> Rpc<P> {
    pub(in crate::server) fn get_functions(&self) -> wire::get_functions::Response {
        wire::get_functions::Response {
            functions: self
                .functions
                .iter()
                .map(|(name, f)| ((*name).to_owned(), convert::function(f.signature())))
                .collect(),
            diagnostics: Vec::new(),
        }
    }

    pub(in crate::server) fn call_function(
        &self,
        request: &wire::call_function::Request,
    ) -> Result<wire::call_function::Response, FunctionError> {
        let name = request.name.as_str();
        let Some(function) = self.functions.get(name) else {
            let text = format!("This version of the provider has no function `{name}`.");
            return Err(FunctionError::new(text));
        };
        let signature = function.signature();
        let arguments = arguments(request, signature)?;
        let result = complete(function.call(arguments)?, None, &signature.returns);
        let result = convert::written(&result, &signature.returns, name)
            .map_err(|error| FunctionError::new(error.detail))?;
        Ok(wire::call_function::Response {
            result,
            error: None,
        })
    }
}

fn arguments(
    request: &wire::call_function::Request,
    signature: &Signature,
) -> Result<Vec<Dynamic>, FunctionError> {
    let parameters = signature
        .parameters
        .iter()
        .chain(signature.variadic.iter().cycle());
    let read = request.arguments.iter().zip(parameters).enumerate();
    let arguments: Vec<_> = read
        .map(|(position, (argument, parameter))| {
            convert::read(Some(argument), &parameter.r#type, &request.name)
                .map_err(|error| FunctionError::at(position, error.detail))
        })
        .collect::<Result<_, _>>()?;
    if arguments.len() == request.arguments.len() {
        Ok(arguments)
    } else {
        Err(FunctionError::new(format!(
            "`{}` takes {} arguments, not {}.",
            request.name,
            signature.parameters.len(),
            request.arguments.len()
        )))
    }
}
