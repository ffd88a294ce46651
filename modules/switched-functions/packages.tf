locals {
  # The function's name for every variable of every task.
  variable_names = {
    for name, task in var.tasks : name => {
      for own, variable in task.environment : own => coalesce(variable.name, own)
    }
  }

  # Names of functions that a caller cannot make out of the application's and the task's name.
  unusual_names = {
    for name, task in var.tasks : name => task.function_name
    if task.function_name != "${var.application}-${name}"
  }

  # The tasks that may call one of these.
  unusual_names_callers = {
    for callee in keys(local.unusual_names) : callee => [
      for name, task in var.tasks : name
      if task.calls == null || contains(coalesce(task.calls, [])[*].task, callee)
    ]
  }
}

# One package a function: the tasks of its group, the shared folders, the fusion runtime.
resource "fusion_package" "this" {
  for_each = local.names

  alias                 = var.alias
  application           = var.application
  directory             = var.package_directory
  fusion_runtime_sha256 = var.fusion_runtime_sha256
  inline_async          = var.inline_async
  root                  = each.key
  runtime_path          = var.runtime_path
  shared                = var.shared
  source_root           = var.source_root

  # Its own name, and those of the tasks that its group may call.
  function_names = {
    for task, name in local.unusual_names : task => name
    if task == each.key || length(setintersection(local.unusual_names_callers[task], var.groups[each.key].tasks)) > 0
  }

  tasks = {
    for name in var.groups[each.key].tasks : name => {
      environment     = local.variable_names[name]
      handler         = var.tasks[name].handler
      runtime         = var.tasks[name].runtime
      sha256          = var.tasks[name].sha256
      source          = var.tasks[name].source
      timeout_seconds = var.tasks[name].timeout_seconds
    }
  }
}
