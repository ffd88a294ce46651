output "notation" {
  description = "The application's setup."
  value       = module.tree.notation
}

output "route" {
  description = "What the client invokes."
  value       = module.client.route
}
