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

# The setup: which tasks run inside which function, and how much memory each function gets.
# It is frozen; `fusionize generate --frozen` writes another one.
locals {
  setup = {
    A = { memory_mb = 128, tasks = ["A", "B", "D", "E"] }
    B = { memory_mb = 128, tasks = ["B"] }
    C = { memory_mb = 1024, tasks = ["C"] }
    D = { memory_mb = 128, tasks = ["D"] }
    E = { memory_mb = 128, tasks = ["E"] }
    F = { memory_mb = 1769, tasks = ["F"] }
    G = { memory_mb = 1769, tasks = ["G"] }
  }

  # 12 hexadecimal digits over everything that decides how a function behaves. Metrics bear them.
  releases = {
    for root, group in local.setup : root => substr(sha256(jsonencode({
      alias                 = local.alias
      application           = local.application
      fusion_runtime_sha256 = data.fusion_sources.this.fusion_runtime_sha256
      inline_async          = local.inline_async
      members = {
        for name in group.tasks : name => {
          runtime         = local.tasks[name].runtime
          source_sha256   = data.fusion_sources.this.sources[name].sha256
          timeout_seconds = local.tasks[name].timeout_seconds
        }
      }
      memory_mb = group.memory_mb
      root      = root
      sampling  = local.tasks[root].entrypoint ? "${var.sampling.share}/${var.sampling.hours}" : null
    })), 0, 12)
  }

  groups = {
    for root, group in local.setup : root => {
      attempt         = 0
      memory_mb       = group.memory_mb
      release         = local.releases[root]
      tasks           = group.tasks
      timeout_seconds = local.tasks[root].timeout_seconds
    }
  }
}
