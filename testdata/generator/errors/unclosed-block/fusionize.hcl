application "orders" {
  entrypoints = ["A"]
