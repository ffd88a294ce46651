locals {
  sha = "0000000000000000000000000000000000000000000000000000000000000000"
}

resource "terraform_data" "late" {
  input = local.sha
}

resource "fusion_setup" "misfit" {
  application           = "app"
  fusion_runtime_sha256 = local.sha
  tasks                 = { A = { entrypoint = true, source_sha256 = local.sha, runtime = "nodejs22.x" } }
  pinned_setup          = "(A,Z)@128"
}

resource "fusion_setup" "late" {
  application           = "app"
  fusion_runtime_sha256 = local.sha
  tasks = {
    A = { entrypoint = true, source_sha256 = terraform_data.late.output, runtime = "nodejs22.x" }
  }
}

data "fusion_sources" "missing" {
  root  = "app"
  tasks = { A = { source = "tasks/none", handler = "handler.handler", runtime = "nodejs22.x" } }
}

data "fusion_sources" "outside" {
  root  = "app"
  tasks = { A = { source = "../elsewhere", handler = "handler.handler", runtime = "nodejs22.x" } }
}

data "fusion_sources" "runtime" {
  root         = "app"
  runtime_path = "no/runtime"
  tasks        = { A = { source = "tasks/A", handler = "handler.handler", runtime = "nodejs22.x" } }
}

data "fusion_status" "refused" {
  application = "app"
}
