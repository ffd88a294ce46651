application "orders" {
  entrypoints = ["A"]

  task "A" {
    environment = {
      "AWS_REGION"         = "eu-central-1"
      AWS_LAMBDA_LOG_LEVEL = "debug"
      FUSION_RELEASE       = "1"
      X                    = "one letter"
      "MY-TABLE"           = "orders"
      NOTHING              = null
      TABLES               = ["orders"]
    }
  }
}
