variable "state_path" {
  description = "The state of the stack that owns the application."
  type        = string
  default     = "../../tree/stack/terraform.tfstate"
  nullable    = false
}
