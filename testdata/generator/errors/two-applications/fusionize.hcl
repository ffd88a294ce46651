application "orders" {
  entrypoints = ["A"]
}

application "billing" {
  entrypoints = ["A"]
}
