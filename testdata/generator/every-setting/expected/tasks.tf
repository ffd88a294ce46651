# The application, as its manifest describes it. Every resource is keyed by the tasks' names,
# so no setup ever creates, moves or deletes one.
locals {
  alias        = "production"
  application  = "orders"
  inline_async = true
  runtime_path = "${path.module}/runtime/nodejs"
  shared       = ["lib", "vendor/prices"]
  source_root  = "${path.module}/.."

  tasks = {
    checkout = {
      alone      = false
      calls      = [{ task = "mail", mode = "async" }, { task = "stock", mode = "sync" }]
      entrypoint = true
      environment = {
        DRY_RUN = { value = "false" }
        RETRIES = { value = "3" }
        TABLE   = { name = "checkout__TABLE", value = "orders" }
      }
      function_name = "shop-checkout"
      handler       = "main/index.run"
      isolation     = "default"
      min_memory_mb = 512
      permissions = [
        "dynamodb:GetItem, dynamodb:PutItem on arn:aws:dynamodb:eu-central-1:123456789012:table/orders",
      ]
      runtime         = "nodejs24.x"
      source          = "src/checkout"
      timeout_seconds = 10
    }
    mail = {
      alone      = true
      calls      = null
      entrypoint = false
      environment = {
        TABLE = { name = "mail__TABLE", value = "mails" }
      }
      function_name   = "orders-mail"
      handler         = "handler.handler"
      isolation       = "own"
      min_memory_mb   = 128
      permissions     = []
      runtime         = "nodejs22.x"
      source          = "tasks/mail"
      timeout_seconds = 30
    }
    refund = {
      alone           = false
      calls           = null
      entrypoint      = true
      environment     = {}
      function_name   = "orders-refund"
      handler         = "handler.handler"
      isolation       = "finance"
      min_memory_mb   = 128
      permissions     = []
      runtime         = "nodejs24.x"
      source          = "tasks/refund"
      timeout_seconds = 30
    }
    stock = {
      alone         = false
      calls         = null
      entrypoint    = false
      environment   = {}
      function_name = "orders-stock"
      handler       = "handler.handler"
      isolation     = "default"
      min_memory_mb = 128
      permissions = [
        "dynamodb:GetItem, dynamodb:PutItem on arn:aws:dynamodb:eu-central-1:123456789012:table/orders",
      ]
      runtime         = "nodejs24.x"
      source          = "tasks/stock"
      timeout_seconds = 30
    }
  }
}
