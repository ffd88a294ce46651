application "orders" {
  entrypoints = ["A"]
  shared      = ["lib"]

  task "A" {}

  task "B" {
    source = "tasks/b"
  }

  task "C" {
    handler = "main.run"
  }

  task "D" {
    handler = "handler.run"
  }

  task "E" {
    handler = "handler"
  }

  task "F" {
    handler = "../A/handler.handler"
  }
}
