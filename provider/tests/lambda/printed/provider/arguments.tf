provider "fusion" {
  access_key          = "AKIATEST"
  endpoints           = { lambda = "localhost:4566" }
  allowed_account_ids = ["12345"]
  max_retries         = -1
  default_tags        = { "fusion:application" = "app" }
}

resource "fusion_switch" "this" {
  application = "app"
  versions    = {}
}
