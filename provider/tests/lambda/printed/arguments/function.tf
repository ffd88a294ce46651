resource "fusion_function" "texts" {
  application     = "app"
  task            = "1"
  name            = "no function"
  role            = "arn:aws:iam::000000000000:role/app"
  runtime         = "nodejs22.x"
  memory_mb       = 100
  timeout_seconds = 901
  attempt         = -1
  release         = "latest"
  package_path    = "packages/app-A.zip"
  package_sha256  = local.sha
  tags            = { "fusion:task" = "A" }
  environment     = { TABLE = null }
}

resource "fusion_switch" "versions" {
  application = "app"
  versions    = { app-A = 0, app-B = 1.5 }
}
