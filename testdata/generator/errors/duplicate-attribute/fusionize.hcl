application "orders" {
  entrypoints = ["A"]

  task "A" {
    handler = "handler.handler"
    handler = "handler.other"
  }
}
