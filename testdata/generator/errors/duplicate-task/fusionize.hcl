application "orders" {
  entrypoints = ["stock"]

  task "stock" {}
  task "Stock" {}
  task "stock" {}
}
