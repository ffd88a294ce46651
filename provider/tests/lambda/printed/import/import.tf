import {
  to = fusion_setup.wrong
  id = "app:live:1"
}

import {
  to = fusion_setup.nobody
  id = "nobody"
}

import {
  to = fusion_function.wrong
  id = ":live"
}

import {
  to = fusion_function.nobody
  id = "nobody:live"
}

import {
  to = fusion_package.a
  id = "packages/app-A.zip"
}

locals {
  sha   = "0000000000000000000000000000000000000000000000000000000000000000"
  tasks = { A = { entrypoint = true, source_sha256 = local.sha, runtime = "nodejs22.x" } }
}

resource "fusion_setup" "wrong" {
  application           = "app"
  fusion_runtime_sha256 = local.sha
  tasks                 = local.tasks
}

resource "fusion_setup" "nobody" {
  application           = "nobody"
  fusion_runtime_sha256 = local.sha
  tasks                 = local.tasks
}

resource "fusion_function" "wrong" {
  application     = "app"
  task            = "A"
  name            = "app-A"
  role            = "arn:aws:iam::000000000000:role/app"
  runtime         = "nodejs22.x"
  memory_mb       = 128
  timeout_seconds = 30
  release         = "0123456789ab"
  package_path    = "packages/app-A.zip"
  package_sha256  = local.sha
}

resource "fusion_function" "nobody" {
  application     = "nobody"
  task            = "A"
  name            = "nobody"
  role            = "arn:aws:iam::000000000000:role/app"
  runtime         = "nodejs22.x"
  memory_mb       = 128
  timeout_seconds = 30
  release         = "0123456789ab"
  package_path    = "packages/app-A.zip"
  package_sha256  = local.sha
}

resource "fusion_package" "a" {
  application           = "app"
  root                  = "A"
  source_root           = "app"
  runtime_path          = "runtime"
  fusion_runtime_sha256 = local.sha
  directory             = "packages"
  tasks = {
    A = { source = "tasks/A", handler = "handler.handler", runtime = "nodejs22.x", sha256 = local.sha }
  }
}
