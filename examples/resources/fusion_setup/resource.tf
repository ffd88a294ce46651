# `fusionize generate` writes this from a manifest.
resource "fusion_setup" "this" {
  application           = "shop"
  fusion_runtime_sha256 = data.fusion_sources.this.fusion_runtime_sha256

  tasks = {
    order = {
      entrypoint    = true
      handler       = "handler.handler"
      runtime       = "nodejs22.x"
      source        = "tasks/order"
      source_bytes  = data.fusion_sources.this.sources["order"].bytes
      source_sha256 = data.fusion_sources.this.sources["order"].sha256

      calls = [
        { task = "price" },
        { task = "audit", mode = "async" },
      ]
    }
    price = {
      handler       = "handler.handler"
      runtime       = "nodejs22.x"
      source        = "tasks/price"
      source_bytes  = data.fusion_sources.this.sources["price"].bytes
      source_sha256 = data.fusion_sources.this.sources["price"].sha256
    }
    audit = {
      handler       = "handler.handler"
      isolation     = "own"
      runtime       = "nodejs22.x"
      source        = "tasks/audit"
      source_bytes  = data.fusion_sources.this.sources["audit"].bytes
      source_sha256 = data.fusion_sources.this.sources["audit"].sha256
    }
  }

  sources = {
    root         = "${path.module}/.."
    runtime_path = "${path.module}/runtime/nodejs"
  }

  objective = {
    minimize           = "cost"
    max_latency_p95_ms = 800
  }

  observation = {
    min_requests = 500
  }
}

output "setup" {
  description = "The setup in notation, such as (order,price)@512-(audit)@128."
  value       = fusion_setup.this.notation
}
