application "orders" {
  entrypoints = ["A]
}
