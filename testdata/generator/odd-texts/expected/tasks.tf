# The application, as its manifest describes it. Every resource is keyed by the tasks' names,
# so no setup ever creates, moves or deletes one.
locals {
  alias        = "live"
  application  = "odd"
  inline_async = false
  runtime_path = "${path.module}/runtime/nodejs"
  shared       = []
  source_root  = "${path.module}/.."

  tasks = {
    a-b = {
      alone      = false
      calls      = null
      entrypoint = true
      environment = {
        DOLLARS    = { value = "\u0024$ $${x} 5% $${y}" }
        EMPTY      = { value = "" }
        EXPRESSION = { value = "$${path.module} and %%{ if true }" }
        LINES      = { value = "one\n  two\ttab\n" }
        QUOTES     = { value = "say \"hello\" to C:\\temp" }
        SAME       = { value = "same" }
        TABLE      = { name = "a_b__TABLE_2", value = "first" }
        UNICODE    = { value = "Grüße, 世界 \u202e\u0007" }
        a_b__TABLE = { value = "taken" }
      }
      function_name   = "odd-a-b"
      handler         = "handler.handler"
      isolation       = "default"
      min_memory_mb   = 128
      permissions     = []
      runtime         = "nodejs22.x"
      source          = "tasks/a-b"
      timeout_seconds = 30
    }
    a_b = {
      alone      = false
      calls      = null
      entrypoint = false
      environment = {
        SAME  = { value = "same" }
        TABLE = { name = "a_b__TABLE_3", value = "second" }
      }
      function_name   = "odd-a_b"
      handler         = "handler.handler"
      isolation       = "default"
      min_memory_mb   = 128
      permissions     = []
      runtime         = "nodejs22.x"
      source          = "tasks/a_b"
      timeout_seconds = 30
    }
    "for" = {
      alone           = false
      calls           = null
      entrypoint      = true
      environment     = {}
      function_name   = "null"
      handler         = "handler.handler"
      isolation       = "default"
      min_memory_mb   = 128
      permissions     = []
      runtime         = "nodejs22.x"
      source          = "tasks/for"
      timeout_seconds = 30
    }
    "null" = {
      alone      = false
      calls      = null
      entrypoint = false
      environment = {
        TABLE  = { name = "null__TABLE", value = "third" }
        "null" = { value = "a name" }
      }
      function_name   = "for"
      handler         = "handler.handler"
      isolation       = "default"
      min_memory_mb   = 128
      permissions     = []
      runtime         = "nodejs22.x"
      source          = "tasks/null"
      timeout_seconds = 30
    }
  }
}
