# The application, as its manifest describes it. Every resource is keyed by the tasks' names,
# so no setup ever creates, moves or deletes one.
locals {
  alias        = "live"
  application  = "shared"
  inline_async = false
  runtime_path = "${path.module}/runtime/nodejs"
  shared       = []
  source_root  = "${path.module}/.."

  tasks = {
    A = {
      alone           = false
      calls           = null
      entrypoint      = true
      environment     = {}
      function_name   = "shared-A"
      handler         = "handler.handler"
      isolation       = "default"
      min_memory_mb   = 128
      permissions     = []
      runtime         = "nodejs22.x"
      source          = "tasks/A"
      timeout_seconds = 30
    }
    B = {
      alone           = false
      calls           = null
      entrypoint      = false
      environment     = {}
      function_name   = "shared-B"
      handler         = "handler.handler"
      isolation       = "default"
      min_memory_mb   = 128
      permissions     = []
      runtime         = "nodejs22.x"
      source          = "tasks/B"
      timeout_seconds = 30
    }
  }
}
