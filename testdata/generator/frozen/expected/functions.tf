# One function a task, carrying the tasks of its group, behind an alias that never changes.
module "functions" {
  source = "./modules/switched-functions"

  alias                 = local.alias
  application           = local.application
  flush_seconds         = var.flush_seconds
  fusion_runtime_sha256 = data.fusion_sources.this.fusion_runtime_sha256
  groups                = local.groups
  inline_async          = local.inline_async
  package_directory     = coalesce(var.package_directory, "${path.root}/.fusionize/packages")
  role_arn              = var.role_arn
  runtime_path          = local.runtime_path
  sampling              = var.sampling
  shared                = local.shared
  source_root           = local.source_root
  tags                  = var.tags

  tasks = {
    for name, task in local.tasks : name => merge(task, {
      sha256 = data.fusion_sources.this.sources[name].sha256
    })
  }
}
