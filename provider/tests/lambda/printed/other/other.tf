resource "fusion_package" "b" {
  application           = "other"
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

resource "fusion_function" "b" {
  application     = "other"
  task            = "A"
  name            = "app-A"
  role            = "arn:aws:iam::000000000000:role/app"
  runtime         = "nodejs22.x"
  memory_mb       = 128
  timeout_seconds = 30
  release         = fusion_setup.this.groups["A"].release
  package_path    = fusion_package.b.path
  package_sha256  = fusion_package.b.sha256
}
