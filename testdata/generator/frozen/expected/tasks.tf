# The application, as its manifest describes it. Every resource is keyed by the tasks' names,
# so no setup ever creates, moves or deletes one.
locals {
  alias        = "live"
  application  = "tree"
  inline_async = false
  runtime_path = "${path.module}/runtime/nodejs"
  shared       = []
  source_root  = "${path.module}/.."

  tasks = {
    A = {
      alone           = false
      calls           = [{ task = "B", mode = "sync" }, { task = "C", mode = "async" }]
      entrypoint      = true
      environment     = {}
      function_name   = "tree-A"
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
      calls           = [{ task = "D", mode = "sync" }]
      entrypoint      = false
      environment     = {}
      function_name   = "tree-B"
      handler         = "handler.handler"
      isolation       = "default"
      min_memory_mb   = 128
      permissions     = []
      runtime         = "nodejs22.x"
      source          = "tasks/B"
      timeout_seconds = 30
    }
    C = {
      alone           = false
      calls           = [{ task = "F", mode = "async" }, { task = "G", mode = "async" }]
      entrypoint      = false
      environment     = {}
      function_name   = "tree-C"
      handler         = "handler.handler"
      isolation       = "default"
      min_memory_mb   = 128
      permissions     = []
      runtime         = "nodejs22.x"
      source          = "tasks/C"
      timeout_seconds = 30
    }
    D = {
      alone           = false
      calls           = [{ task = "E", mode = "sync" }]
      entrypoint      = false
      environment     = {}
      function_name   = "tree-D"
      handler         = "handler.handler"
      isolation       = "default"
      min_memory_mb   = 128
      permissions     = []
      runtime         = "nodejs22.x"
      source          = "tasks/D"
      timeout_seconds = 30
    }
    E = {
      alone           = false
      calls           = []
      entrypoint      = false
      environment     = {}
      function_name   = "tree-E"
      handler         = "handler.handler"
      isolation       = "default"
      min_memory_mb   = 128
      permissions     = []
      runtime         = "nodejs22.x"
      source          = "tasks/E"
      timeout_seconds = 30
    }
    F = {
      alone           = false
      calls           = []
      entrypoint      = false
      environment     = {}
      function_name   = "tree-F"
      handler         = "handler.handler"
      isolation       = "default"
      min_memory_mb   = 128
      permissions     = []
      runtime         = "nodejs22.x"
      source          = "tasks/F"
      timeout_seconds = 30
    }
    G = {
      alone           = false
      calls           = []
      entrypoint      = false
      environment     = {}
      function_name   = "tree-G"
      handler         = "handler.handler"
      isolation       = "default"
      min_memory_mb   = 128
      permissions     = []
      runtime         = "nodejs22.x"
      source          = "tasks/G"
      timeout_seconds = 30
    }
  }
}
