application "orders" {
  entrypoints = ["A"]
  together    = [["A", "B"], ["A", "C"], ["A", "D"], ["A", "E"], ["A", "F"]]
  apart       = [["A", "B"]]

  task "A" {}
  task "B" {}

  task "C" {
    isolation = "partner"
  }

  task "D" {
    runtime = "nodejs24.x"
  }

  task "E" {
    isolation = "own"
  }

  task "F" {}
}
