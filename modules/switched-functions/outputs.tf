output "functions" {
  description = "The function of every task, by task: `alias_arn` and `invoke_arn` stay the same in every setup."
  value = {
    for task, function in fusion_function.this : task => {
      alias_arn     = function.alias_arn
      function_name = function.name
      invoke_arn    = function.invoke_arn
    }
  }

  depends_on = [fusion_switch.this]
}
