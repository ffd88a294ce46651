application "orders" {
  alias           = 3
  entrypoints     = "A"
  inline_async    = "yes"
  memory_sizes_mb = 128
  runtime         = var.runtime
  shared          = [1]
  together        = ["A", "B"]

  task "A" {
    timeout_seconds = "30"
    environment     = ["TABLE"]
    calls           = "B"
  }

  task "B" {
    handler = "handler.${var.name}"
    calls   = ["A", 7, { task = "A", mode = "later" }, { name = "A" }]
  }
}
