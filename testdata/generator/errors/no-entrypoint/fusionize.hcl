application "orders" {
  task "A" {}
}
