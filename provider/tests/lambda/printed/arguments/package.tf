resource "fusion_package" "application" {
  application           = "../app"
  root                  = "A"
  source_root           = "app"
  runtime_path          = "runtime"
  fusion_runtime_sha256 = local.sha
  directory             = "packages"
  tasks = {
    A = { source = "tasks/A", handler = "handler.handler", runtime = "nodejs22.x", sha256 = local.sha }
  }
}

resource "fusion_package" "root" {
  application           = "app"
  root                  = "C"
  source_root           = "app"
  runtime_path          = "runtime"
  fusion_runtime_sha256 = local.sha
  directory             = "packages"
  tasks = {
    A = { source = "tasks/A", handler = "handler.handler", runtime = "nodejs22.x", sha256 = local.sha }
  }
}

resource "fusion_package" "tasks" {
  application           = "app"
  root                  = "not a task"
  source_root           = "app"
  runtime_path          = "runtime"
  fusion_runtime_sha256 = local.sha
  directory             = "packages"
  function_names        = { A = null, "1" = "app-1" }
  tasks = {
    A = {
      source          = "tasks/A"
      handler         = "handler.handler"
      runtime         = "nodejs22.x"
      sha256          = local.sha
      timeout_seconds = 0
    }
  }
}

data "fusion_sources" "names" {
  root  = "app"
  tasks = { "1st" = { source = "tasks/A", handler = "handler.handler", runtime = "nodejs22.x" } }
}

data "fusion_status" "arguments" {
  application  = "app"
  window_hours = 25
  setup        = "{"
}

output "notation" {
  value = provider::fusion::notation({ "1st" = { tasks = ["A"], memory_mb = 128, active = true } })
}

output "groups" {
  value = provider::fusion::parse_notation("(A,B)512")
}
