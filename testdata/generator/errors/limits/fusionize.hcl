application "orders" {
  entrypoints      = ["A"]
  memory_sizes_mb  = [64, 256, 20000]
  telemetry_budget = 2

  task "A" {
    min_memory_mb   = 10241
    timeout_seconds = 0
  }

  task "B" {
    min_memory_mb   = 512
    timeout_seconds = 1.5
  }

  task "C" {
    timeout_seconds = 901
  }

  observation {
    window_hours = 25
    confidence   = 1
  }

  objective {
    max_latency_p95_ms = -1
  }
}
