application "orders" {
  alias             = "production"
  runtime           = "nodejs24.x"
  entrypoints       = ["refund", "checkout"]
  shared            = ["lib", "./vendor/prices/"]
  inline_async      = true
  share_permissions = "same"
  initial           = "separate"
  memory_sizes_mb   = [1769, 256, 512]
  together          = [["checkout", "stock"]]
  apart             = [["refund", "stock"], ["checkout", "refund", "mail"]]
  telemetry_budget  = 0.05

  objective {
    minimize                 = "latency"
    latency_weight           = 0.7
    max_latency_p95_ms       = 300
    max_cost_per_million_usd = 12.5
  }

  observation {
    window_hours    = 6
    min_requests    = 500
    min_improvement = 0.03
    confidence      = 0.99
    settle_seconds  = 60
  }

  pricing {
    architecture  = "arm64"
    gb_second_usd = 0.0000133334
    request_usd   = 2e-7
  }

  task "checkout" {
    source          = "src/checkout"
    handler         = "main/index.run"
    calls           = ["stock", { task = "mail", mode = "async" }, { task = "stock" }]
    function_name   = "shop-checkout"
    timeout_seconds = 10
    min_memory_mb   = 512

    environment = {
      TABLE   = "orders"
      RETRIES = 3
      DRY_RUN = false
    }

    permission {
      actions   = ["dynamodb:PutItem", "dynamodb:GetItem"]
      resources = ["arn:aws:dynamodb:eu-central-1:123456789012:table/orders"]
    }
  }

  task "mail" {
    isolation = "own"
    runtime   = "nodejs22.x"

    environment = {
      "TABLE" = "mails"
    }
  }

  task "refund" {
    isolation = "finance"
  }

  task "stock" {
    permission {
      actions   = ["dynamodb:GetItem", "dynamodb:PutItem"]
      resources = ["arn:aws:dynamodb:eu-central-1:123456789012:table/orders"]
    }
  }
}
