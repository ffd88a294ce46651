resource "fusion_package" "order" {
  application           = "shop"
  root                  = "order"
  source_root           = "${path.module}/.."
  runtime_path          = "${path.module}/runtime/nodejs"
  fusion_runtime_sha256 = data.fusion_sources.this.fusion_runtime_sha256
  directory             = "${path.root}/.fusionize/packages"

  tasks = {
    for name in fusion_setup.this.groups["order"].tasks : name => {
      handler = "handler.handler"
      runtime = "nodejs22.x"
      sha256  = data.fusion_sources.this.sources[name].sha256
      source  = "tasks/${name}"
    }
  }
}
