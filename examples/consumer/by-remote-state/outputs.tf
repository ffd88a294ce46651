output "route" {
  description = "What the client invokes."
  value       = module.client.route
}
