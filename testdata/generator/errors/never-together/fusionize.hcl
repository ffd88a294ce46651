application "orders" {
  entrypoints = ["A"]
  together    = [["A", "B"], ["A", "C"], ["A", "D"], ["A", "E"], ["A", "F", "G"], ["A", "A"]]
  apart       = [["A", "B"], ["F", "G"]]

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
  task "G" {}
}
