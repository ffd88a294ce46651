output "entrypoints" {
  description = "Like `tasks`, but only those that clients invoke."
  value = {
    for name, function in module.functions.functions : name => function
    if local.tasks[name].entrypoint
  }
}

output "notation" {
  description = "The setup in one line, e.g. `(A,B)@128-(C)@1024`."
  value       = "(A,B,D,E)@128-(C)@1024-(F)@1769-(G)@1769"
}

output "setup_id" {
  description = "First 12 hexadecimal digits of the SHA-256 of the notation."
  value       = "42b9aee4c574"
}

output "tasks" {
  description = "Of every task the `function_name`, and the `alias_arn` and `invoke_arn` under which it is called; a new setup changes none of them."
  value       = module.functions.functions
}
