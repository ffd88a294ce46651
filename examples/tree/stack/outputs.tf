output "decision" {
  description = "Why the setup is what it is."
  value       = module.tree.decision
}

output "entrypoints" {
  description = "The functions that clients invoke, by task."
  value       = module.tree.entrypoints
}

output "forecast" {
  description = "Latency and cost of the setup as expected when it was chosen."
  value       = module.tree.forecast
}

output "notation" {
  description = "The setup in one line."
  value       = module.tree.notation
}

output "phase" {
  description = "How the setup came about."
  value       = module.tree.phase
}

output "setup_id" {
  description = "The setup's id."
  value       = module.tree.setup_id
}

output "tasks" {
  description = "The function of every task."
  value       = module.tree.tasks
}
