terraform {
  required_providers {
    fusion = {
      source = "fusionize/fusion"
    }
  }
}

# On AWS: region and credentials come from the usual chain.
provider "fusion" {
  region              = "eu-central-1"
  allowed_account_ids = ["123456789012"]

  default_tags = {
    team = "orders"
  }
}

# Against an endpoint of one's own, such as `fusionize local`.
provider "fusion" {
  alias      = "local"
  region     = "us-east-1"
  access_key = var.access_key
  secret_key = var.secret_key

  endpoints = {
    cloudwatch = "http://127.0.0.1:4566"
    lambda     = "http://127.0.0.1:4566"
  }
}

variable "access_key" {
  description = "Access key that `fusionize local` printed."
  type        = string
}

variable "secret_key" {
  description = "Its secret."
  type        = string
  sensitive   = true
}
