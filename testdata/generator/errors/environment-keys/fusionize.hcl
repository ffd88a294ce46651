application "orders" {
  entrypoints = ["A"]

  task "A" {
    calls = [{ task = "A", "task" = "A" }]
    environment = {
      TABLE       = "orders"
      "TABLE"     = "payments"
      (var.queue) = "mail"
      7           = "seven"
    }
  }
}
