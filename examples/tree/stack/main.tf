# Region, credentials and endpoints come from the environment, as for every AWS tool. With the
# embedded platform, `fusionize local` prints what to set.
provider "fusion" {}

module "tree" {
  source = "../fusionized"

  mode         = var.mode
  objective    = var.objective
  observation  = var.observation
  pinned_setup = var.pinned_setup
}
