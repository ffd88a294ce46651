terraform {
  required_version = ">= 1.5"

  required_providers {
    fusion = {
      source  = "fusionize/fusion"
      version = "~> 0.1"
    }
  }
}
