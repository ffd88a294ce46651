application "orders" {
  runtime           = "nodejs18.x"
  entrypoints       = ["A"]
  share_permissions = "all"
  initial           = "fused"

  task "A" {
    runtime = "python3.13"
  }

  objective {
    minimize = "price"
  }

  pricing {
    architecture = "arm"
  }
}
