variable "memory_mb" {
  default = 128
}

data "fusion_sources" "this" {
  root         = "app"
  runtime_path = "runtime"
  tasks        = { A = { source = "tasks/A", handler = "handler.handler", runtime = "nodejs22.x" } }
}

resource "fusion_setup" "this" {
  application           = "app"
  fusion_runtime_sha256 = data.fusion_sources.this.fusion_runtime_sha256
  memory_sizes_mb       = [var.memory_mb]
  tasks = {
    A = {
      entrypoint    = true
      source_sha256 = data.fusion_sources.this.sources["A"].sha256
      runtime       = "nodejs22.x"
      min_memory_mb = var.memory_mb
    }
  }
}

resource "fusion_package" "a" {
  application           = "app"
  root                  = "A"
  source_root           = "app"
  runtime_path          = "runtime"
  fusion_runtime_sha256 = data.fusion_sources.this.fusion_runtime_sha256
  directory             = "packages"
  tasks = {
    A = {
      source  = "tasks/A"
      handler = "handler.handler"
      runtime = "nodejs22.x"
      sha256  = data.fusion_sources.this.sources["A"].sha256
    }
  }
}

resource "fusion_function" "a" {
  application     = "app"
  task            = "A"
  name            = "app-A"
  role            = "arn:aws:iam::000000000000:role/app"
  runtime         = "nodejs22.x"
  memory_mb       = var.memory_mb
  timeout_seconds = 30
  release         = fusion_setup.this.groups["A"].release
  package_path    = fusion_package.a.path
  package_sha256  = fusion_package.a.sha256
}

resource "fusion_switch" "this" {
  application = "app"
  versions    = { app-A = fusion_function.a.version }
}
