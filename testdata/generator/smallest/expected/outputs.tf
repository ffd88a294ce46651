output "decision" {
  description = "Why the setup is what it is: what changed, because of what, instead of what."
  value       = fusion_setup.this.decision
}

output "entrypoints" {
  description = "Like `tasks`, but only those that clients invoke."
  value = {
    for name, function in module.functions.functions : name => function
    if local.tasks[name].entrypoint
  }
}

output "forecast" {
  description = "Latency and cost of the setup as expected when it was chosen, with intervals."
  value       = fusion_setup.this.forecast
}

output "notation" {
  description = "The setup in one line, e.g. `(A,B)@128-(C)@1024`."
  value       = fusion_setup.this.notation
}

output "phase" {
  description = "How the setup came about: `initial`, `optimized`, `reverted` or `pinned`."
  value       = fusion_setup.this.phase
}

output "setup" {
  description = "The resource `fusion_setup` as JSON: what the argument `setup` of `data.fusion_status` takes, which then says what would be decided at this moment."
  value       = jsonencode(fusion_setup.this)
}

output "setup_id" {
  description = "First 12 hexadecimal digits of the SHA-256 of the notation."
  value       = fusion_setup.this.setup_id
}

output "tasks" {
  description = "Of every task the `function_name`, and the `alias_arn` and `invoke_arn` under which it is called; a new setup changes none of them."
  value       = module.functions.functions
}
