variable "function" {
  description = "The function to invoke, as an application's outputs `entrypoints` and `tasks` hold it."
  type = object({
    alias_arn     = string
    function_name = string
    invoke_arn    = string
  })
  nullable = false
}
