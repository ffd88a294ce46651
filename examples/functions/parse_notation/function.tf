# { order = { active = true, memory_mb = 512, tasks = ["order", "price"] } }
output "groups" {
  description = "The groups of a setup that somebody wrote down."
  value       = provider::fusion::parse_notation("(order,price)@512")
}
