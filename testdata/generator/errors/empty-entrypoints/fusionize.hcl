application "orders" {
  entrypoints = []
}
