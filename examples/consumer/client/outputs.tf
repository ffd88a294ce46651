output "route" {
  description = "The function's name, the ARN that is invoked, and the URI for an API's integration."
  value       = terraform_data.route.output
}
