data "fusion_status" "this" {
  application  = "shop"
  window_hours = 1

  # `jsonencode(fusion_setup.this)`, which generated modules have as an output.
  setup = module.shop.setup
}

output "converged" {
  description = "Whether nothing is left to improve."
  value       = data.fusion_status.this.converged
}

output "latency_ms_p95" {
  description = "By task: the 95th percentile of the requests that clients sent to it."
  value       = { for task, function in data.fusion_status.this.functions : task => function.latency_ms_p95 }
}
