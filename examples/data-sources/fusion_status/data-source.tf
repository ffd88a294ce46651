data "fusion_status" "this" {
  application  = "shop"
  window_hours = 1
}

output "latency_ms_p95" {
  description = "By task: the 95th percentile of the requests that clients sent to it."
  value       = { for task, function in data.fusion_status.this.functions : task => function.latency_ms_p95 }
}
