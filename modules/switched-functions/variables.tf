variable "alias" {
  description = "Name of the alias that callers use, on every function."
  type        = string
  default     = "live"
  nullable    = false
}

variable "application" {
  description = "Name of the application, unique in account and region."
  type        = string
  nullable    = false
}

variable "flush_seconds" {
  description = "How long a function may keep telemetry before it writes it, in seconds."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.flush_seconds >= 1 && floor(var.flush_seconds) == var.flush_seconds
    error_message = "The flush interval has to be a whole number of seconds, at least 1."
  }
}

variable "fusion_runtime_sha256" {
  description = "SHA-256 of the fusion runtime's files, as `data.fusion_sources` computes it."
  type        = string
  nullable    = false
}

variable "groups" {
  description = "The fusion group of every task's function, by task, as `fusion_setup` computes them: the tasks that run inside, and what the function gets."
  type = map(object({
    attempt         = number
    memory_mb       = number
    release         = string
    tasks           = set(string)
    timeout_seconds = number
  }))
  nullable = false
}

variable "inline_async" {
  description = "Whether asynchronous calls inside a group may run in the caller's process."
  type        = bool
  default     = false
  nullable    = false
}

variable "package_directory" {
  description = "Folder into which the functions' packages are written."
  type        = string
  nullable    = false
}

variable "role_arn" {
  description = "ARN of the role that every function runs under."
  type        = string
  nullable    = false
}

variable "runtime_path" {
  description = "Folder of the fusion runtime's files."
  type        = string
  nullable    = false
}

variable "sampling" {
  description = "Which requests are measured: the share of them, in one hour of so many."
  type = object({
    hours = number
    share = number
  })
  default = {
    hours = 1
    share = 1
  }
  nullable = false
}

variable "shared" {
  description = "Folders that every package gets, relative to `source_root`."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "source_root" {
  description = "The application's folder."
  type        = string
  nullable    = false
}

variable "tags" {
  description = "Tags of every function."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "tasks" {
  description = "The tasks by name. `calls` is null where a task's callees are not declared; `environment` maps a task's variable to its value and, where it differs, to the function's name for it."
  type = map(object({
    calls = optional(list(object({
      task = string
      mode = optional(string, "sync")
    })))
    entrypoint = bool
    environment = optional(map(object({
      value = string
      name  = optional(string)
    })), {})
    function_name   = string
    handler         = string
    runtime         = string
    sha256          = string
    source          = string
    timeout_seconds = number
  }))
  nullable = false
}
