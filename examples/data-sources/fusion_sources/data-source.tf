data "fusion_sources" "this" {
  root         = "${path.module}/.."
  runtime_path = "${path.module}/runtime/nodejs"
  shared       = ["lib"]

  tasks = {
    for name in ["order", "price", "audit"] : name => {
      handler = "handler.handler"
      runtime = "nodejs22.x"
      source  = "tasks/${name}"
    }
  }
}
