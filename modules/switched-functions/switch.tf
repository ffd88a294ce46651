# Moves every alias after all versions exist, and then deletes the functions that left.
resource "fusion_switch" "this" {
  alias       = var.alias
  application = var.application
  versions    = { for function in fusion_function.this : function.name => function.version }
}
