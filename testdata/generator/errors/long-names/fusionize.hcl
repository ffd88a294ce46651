application "an-application-whose-name-has-41-letters-" {
  alias       = "an-alias-of-129-letters----------------------------------------------------------------------------------------------------------"
  entrypoints = ["A"]

  task "A" {
    function_name = "a-function-of-65-letters-----------------------------------------"
    isolation     = "an-isolation-whose-name-has-41-letters---"
  }

  task "a-task-whose-name-has-forty-one-letters--" {}
}
