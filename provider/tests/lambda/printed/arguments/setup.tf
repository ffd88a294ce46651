locals {
  sha = "0000000000000000000000000000000000000000000000000000000000000000"
  a   = { entrypoint = true, source_sha256 = local.sha, runtime = "nodejs22.x" }
  b   = { source_sha256 = local.sha, runtime = "nodejs22.x" }
}

resource "fusion_setup" "application" {
  application           = "my app"
  fusion_runtime_sha256 = local.sha
  tasks                 = { A = local.a }
}

resource "fusion_setup" "task_name" {
  application           = "app"
  fusion_runtime_sha256 = local.sha
  tasks                 = { A = local.a, "1st" = local.b }
}

resource "fusion_setup" "case_twins" {
  application           = "app"
  fusion_runtime_sha256 = local.sha
  tasks                 = { A = local.a, a = local.b }
}

resource "fusion_setup" "function_names" {
  application           = "app"
  fusion_runtime_sha256 = local.sha
  tasks = {
    A = merge(local.a, { function_name = "same" })
    B = merge(local.b, { function_name = "same" })
    C = merge(local.b, { function_name = "not a name" })
  }
}

resource "fusion_setup" "no_tasks" {
  application           = "app"
  fusion_runtime_sha256 = local.sha
  tasks                 = {}
}

resource "fusion_setup" "no_entrypoint" {
  application           = "app"
  fusion_runtime_sha256 = local.sha
  tasks                 = { B = local.b }
}

resource "fusion_setup" "calls" {
  application           = "app"
  fusion_runtime_sha256 = local.sha
  tasks = {
    A = {
      entrypoint    = true
      source_sha256 = local.sha
      runtime       = "nodejs22.x"
      calls         = [{ task = "Z" }]
    }
    B = {
      source_sha256 = null
      runtime       = "nodejs22.x"
    }
  }
}

resource "fusion_setup" "unknown_task" {
  application           = "app"
  fusion_runtime_sha256 = local.sha
  tasks                 = { A = merge(local.a, { calls = [{ task = "Z" }] }), B = local.b }
  together              = [["A", "Z"]]
  apart                 = [["A", "B"], ["Z"]]
}

resource "fusion_setup" "contradiction" {
  application           = "app"
  fusion_runtime_sha256 = local.sha
  tasks                 = { A = local.a, B = local.b }
  together              = [["A", "B"]]
  apart                 = [["B", "A"]]
}

resource "fusion_setup" "no_memory" {
  application           = "app"
  fusion_runtime_sha256 = local.sha
  tasks                 = { A = local.a }
  memory_sizes_mb       = []
}

resource "fusion_setup" "small_memory" {
  application           = "app"
  fusion_runtime_sha256 = local.sha
  tasks                 = { A = merge(local.a, { min_memory_mb = 512 }) }
  memory_sizes_mb       = [128]
}

resource "fusion_setup" "numbers" {
  application           = "app"
  fusion_runtime_sha256 = local.sha
  tasks                 = { A = merge(local.a, { timeout_seconds = 901, min_memory_mb = 128.5 }) }
  memory_sizes_mb       = [64, 20000]
  telemetry_budget      = 2
  objective             = { latency_weight = 1.1, max_latency_p95_ms = 0, max_cost_per_million_usd = -1 }
  observation           = { window_hours = 25, min_requests = 0, min_improvement = -0.1, confidence = 1, settle_seconds = -1 }
  pricing               = { gb_second_usd = -1, request_usd = 1e9 }
}

resource "fusion_setup" "choices" {
  application           = "app"
  fusion_runtime_sha256 = local.sha
  tasks                 = { A = merge(local.a, { calls = [{ task = "A", mode = "later" }] }) }
  mode                  = "off"
  initial               = "random"
  objective             = { minimize = "speed" }
  pricing               = { architecture = "x86" }
}

resource "fusion_setup" "notation" {
  application           = "app"
  fusion_runtime_sha256 = local.sha
  tasks                 = { A = local.a }
  pinned_setup          = "(A,B)512"
}
