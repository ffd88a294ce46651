application "orders" {
  entrypoints = ["chekout", "stock"]
  together    = [["checkout", "Stock"]]
  apart       = [["checkout", "invoice"]]

  task "checkout" {
    calls = ["stok", { task = "mail", mode = "async" }]
  }

  task "stock" {}
}
