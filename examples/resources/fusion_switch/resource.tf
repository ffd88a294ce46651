# Moves every alias after all versions exist.
resource "fusion_switch" "this" {
  application = "shop"

  versions = {
    (fusion_function.order.name) = fusion_function.order.version
    (fusion_function.price.name) = fusion_function.price.version
  }
}
