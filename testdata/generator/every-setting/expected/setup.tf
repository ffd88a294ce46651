# Content hash and size of every task, read in the plan.
data "fusion_sources" "this" {
  root         = local.source_root
  runtime_path = local.runtime_path
  shared       = local.shared

  tasks = {
    for name, task in local.tasks : name => {
      handler = task.handler
      runtime = task.runtime
      source  = task.source
    }
  }
}

# Decides which tasks run inside which function, and how much memory each function gets:
# first from the settings below, then from what CloudWatch says about the application.
resource "fusion_setup" "this" {
  alias                 = local.alias
  apart                 = [["refund", "stock"], ["checkout", "mail", "refund"]]
  application           = local.application
  fusion_runtime_sha256 = data.fusion_sources.this.fusion_runtime_sha256
  initial               = "separate"
  inline_async          = local.inline_async
  memory_sizes_mb       = [256, 512, 1769]
  mode                  = var.mode
  objective             = var.objective
  observation           = var.observation
  pinned_setup          = var.pinned_setup
  pricing = {
    architecture  = "arm64"
    gb_second_usd = 0.0000133334
    request_usd   = 0.0000002
  }
  telemetry_budget = var.telemetry_budget
  together         = [["checkout", "stock"]]

  sources = {
    root         = local.source_root
    runtime_path = local.runtime_path
    shared       = local.shared
  }

  tasks = {
    for name, task in local.tasks : name => {
      alone           = task.alone
      calls           = task.calls
      entrypoint      = task.entrypoint
      function_name   = task.function_name
      handler         = task.handler
      isolation       = task.isolation
      min_memory_mb   = task.min_memory_mb
      permissions     = task.permissions
      runtime         = task.runtime
      source          = task.source
      source_bytes    = data.fusion_sources.this.sources[name].bytes
      source_sha256   = data.fusion_sources.this.sources[name].sha256
      timeout_seconds = task.timeout_seconds
    }
  }
}
