# The application, as its manifest describes it. Every resource is keyed by the tasks' names,
# so no setup ever creates, moves or deletes one.
locals {
  alias        = "live"
  application  = "small"
  inline_async = false
  runtime_path = "${path.module}/runtime/nodejs"
  shared       = []
  source_root  = "${path.module}/.."

  tasks = {
    only = {
      alone           = false
      calls           = null
      entrypoint      = true
      environment     = {}
      function_name   = "small-only"
      handler         = "handler.handler"
      isolation       = "default"
      min_memory_mb   = 128
      permissions     = []
      runtime         = "nodejs22.x"
      source          = "tasks/only"
      timeout_seconds = 30
    }
  }
}
