# "(order,price)@512-(audit)@128"
output "setup" {
  description = "The setup in one line."
  value       = provider::fusion::notation(fusion_setup.this.groups)
}
