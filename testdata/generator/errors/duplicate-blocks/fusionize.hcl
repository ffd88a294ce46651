application "orders" {
  entrypoints = ["A"]

  objective {
    minimize = "cost"
  }

  objective {
    minimize = "latency"
  }

  observation "mine" {}
}
