provider "fusion" {}

module "tree" {
  source = "../../tree/fusionized"
}

module "client" {
  source = "../client"

  function = module.tree.entrypoints["A"]
}
