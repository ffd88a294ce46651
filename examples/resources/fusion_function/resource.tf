resource "fusion_function" "order" {
  application     = "shop"
  task            = "order"
  name            = "shop-order"
  role            = aws_iam_role.shop.arn
  runtime         = "nodejs22.x"
  memory_mb       = fusion_setup.this.groups["order"].memory_mb
  timeout_seconds = fusion_setup.this.groups["order"].timeout_seconds
  release         = fusion_setup.this.groups["order"].release
  attempt         = fusion_setup.this.groups["order"].attempt
  package_path    = fusion_package.order.path
  package_sha256  = fusion_package.order.sha256

  environment = {
    FUSION_RELEASE  = fusion_setup.this.groups["order"].release
    FUSION_SAMPLING = "${fusion_setup.this.sampling.share}/${fusion_setup.this.sampling.hours}"
    TABLE           = "orders"
  }
}
