application "an-application-with-a-rather-long-name" {
  entrypoints = ["A"]

  task "A" {
    function_name = "orders"
  }

  task "B" {
    function_name = "orders"
  }

  task "C" {
    function_name = "orders/C"
  }

  task "a-task-with-a-long-name-of-its-own" {}
}
