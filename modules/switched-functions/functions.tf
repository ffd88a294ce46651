locals {
  # What resources are made for each of. Both hosts evaluate a `for_each` again for every instance,
  # and walk all of its value: over the tasks themselves a plan of 500 takes three times as long.
  names = tomap({ for name, task in var.tasks : name => true })

  # Every function waits for this value, and it for all packages: a source that changed after the
  # plan stops the apply while everything still serves what it served before. A `depends_on` would
  # do the same with an edge for every pair of function and package.
  packages = {
    for task, package in fusion_package.this : task => {
      path   = package.path
      sha256 = package.sha256
    }
  }

  # Every task's variables under the function's names for them.
  variables = {
    for name, task in var.tasks : name => {
      for own, variable in task.environment : local.variable_names[name][own] => variable.value
    }
  }
}

# Every task keeps a function of its own; its group only decides what runs inside.
resource "fusion_function" "this" {
  for_each = local.names

  alias           = var.alias
  application     = var.application
  attempt         = var.groups[each.key].attempt
  handler         = "fusion/entry.handler"
  memory_mb       = var.groups[each.key].memory_mb
  name            = var.tasks[each.key].function_name
  package_path    = local.packages[each.key].path
  package_sha256  = local.packages[each.key].sha256
  release         = var.groups[each.key].release
  role            = var.role_arn
  runtime         = var.tasks[each.key].runtime
  tags            = var.tags
  task            = each.key
  timeout_seconds = var.groups[each.key].timeout_seconds

  environment = merge(
    merge([for name in var.groups[each.key].tasks : local.variables[name]]...),
    {
      FUSION_FLUSH_SECONDS = tostring(var.flush_seconds)
      FUSION_RELEASE       = var.groups[each.key].release
    },
    var.tasks[each.key].entrypoint ? { FUSION_SAMPLING = "${var.sampling.share}/${var.sampling.hours}" } : {},
  )
}
