# Where a gateway would have its integration, or a schedule its target.
resource "terraform_data" "route" {
  input = {
    function = var.function.function_name
    target   = var.function.alias_arn
    uri      = var.function.invoke_arn
  }

  lifecycle {
    postcondition {
      condition     = can(regex("^arn:[^:]+:lambda:[^:]+:[0-9]{12}:function:[^:]+:[^:]+$", self.output.target))
      error_message = "The target has to be the ARN of an alias: callers of a function without it would see versions before they are ready."
    }
  }
}
