application "orders" {
  entrypoints = ["A"]

  task "A" {
    environment = {
      TABLE = "orders"
      QUEUE = "mail"
      TABLE = "payments"
    }
  }
}
