# TREE, whose setup is frozen in the module.
application "tree" {
  entrypoints = ["A"]
  initial     = "declared"

  task "A" {
    calls = ["B", { task = "C", mode = "async" }]
  }

  task "B" {
    calls = ["D"]
  }

  task "C" {
    calls = [{ task = "F", mode = "async" }, { task = "G", mode = "async" }]
  }

  task "D" {
    calls = ["E"]
  }

  task "E" {
    calls = []
  }

  task "F" {
    calls = []
  }

  task "G" {
    calls = []
  }
}
