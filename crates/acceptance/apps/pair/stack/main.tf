terraform {
  required_providers {
    fusion = {
      source = "fusionize/fusion"
    }
  }
}

provider "fusion" {}

variable "minimize" {
  type    = string
  default = "balanced"
}

variable "mode" {
  type    = string
  default = "auto"
}

variable "pinned_setup" {
  type    = string
  default = null
}

module "application" {
  source       = "../app/fusionized"
  mode         = var.mode
  objective    = { minimize = var.minimize }
  pinned_setup = var.pinned_setup
}

output "tasks" {
  value = module.application.tasks
}
