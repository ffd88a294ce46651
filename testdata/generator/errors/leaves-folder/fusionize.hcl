application "orders" {
  entrypoints = ["A"]
  shared      = ["../lib", "tasks/A/../../..", "fusion", "./"]

  task "A" {
    source = "tasks/../../other"
  }

  task "B" {
    source = "/srv/tasks/B"
  }

  task "C" {
    source = "tasks\\C"
  }

  task "D" {
    source = "fusion/D"
  }

  task "E" {
    source = "."
  }
}
