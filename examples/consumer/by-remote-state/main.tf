data "terraform_remote_state" "tree" {
  backend = "local"

  config = {
    path = var.state_path
  }
}

module "client" {
  source = "../client"

  function = data.terraform_remote_state.tree.outputs.entrypoints["A"]
}
