application "4orders" {
  alias       = "7"
  entrypoints = ["A"]

  task "A" {
    isolation = "my team"
  }

  task "has space" {}

  task "an-unusually-long-name-of-a-task-with-more-than-forty-letters" {}

  task {}

  task "B" "C" {}
}
