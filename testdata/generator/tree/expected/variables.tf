variable "flush_seconds" {
  description = "How long a function may keep telemetry before it writes it, in seconds. On AWS 60 is a good value."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.flush_seconds >= 1 && floor(var.flush_seconds) == var.flush_seconds
    error_message = "The flush interval has to be a whole number of seconds, at least 1."
  }
}

variable "mode" {
  description = "`auto` lets every plan look for a better setup, `hold` keeps the one that is deployed."
  type        = string
  default     = "auto"
  nullable    = false

  validation {
    condition     = contains(["auto", "hold"], var.mode)
    error_message = "The mode has to be \"auto\" or \"hold\"."
  }
}

variable "objective" {
  description = "What to optimize for: `minimize` is `balanced`, `cost` or `latency`; `latency_weight` (0 to 1) weighs latency against cost; the other two are bounds to keep."
  type = object({
    latency_weight           = optional(number)
    max_cost_per_million_usd = optional(number)
    max_latency_p95_ms       = optional(number)
    minimize                 = optional(string)
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains(["balanced", "cost", "latency"], coalesce(var.objective.minimize, "balanced"))
    error_message = "What to minimize has to be \"balanced\", \"cost\" or \"latency\"."
  }

  validation {
    condition     = coalesce(var.objective.latency_weight, 0) >= 0 && coalesce(var.objective.latency_weight, 0) <= 1
    error_message = "The weight of latency has to be between 0 and 1."
  }

  validation {
    condition     = coalesce(var.objective.max_cost_per_million_usd, 1) > 0
    error_message = "The bound `max_cost_per_million_usd` has to be above 0."
  }

  validation {
    condition     = coalesce(var.objective.max_latency_p95_ms, 1) > 0
    error_message = "The bound `max_latency_p95_ms` has to be above 0."
  }
}

variable "observation" {
  description = "What counts as evidence: the window that is looked at, the requests that every entrypoint needs in it, the least relative improvement and its confidence, and the age in seconds below which figures are not believed yet (on AWS 180)."
  type = object({
    confidence      = optional(number)
    min_improvement = optional(number)
    min_requests    = optional(number)
    settle_seconds  = optional(number, 0)
    window_hours    = optional(number)
  })
  default  = {}
  nullable = false

  validation {
    condition     = coalesce(var.observation.confidence, 0.95) >= 0.5 && coalesce(var.observation.confidence, 0.95) <= 0.9999
    error_message = "The attribute `confidence` has to be between 0.5 and 0.9999."
  }

  validation {
    condition     = coalesce(var.observation.min_improvement, 0) >= 0 && coalesce(var.observation.min_improvement, 0) <= 1
    error_message = "The attribute `min_improvement` has to be between 0 and 1."
  }

  validation {
    condition     = coalesce(var.observation.min_requests, 1) >= 1 && floor(coalesce(var.observation.min_requests, 1)) == coalesce(var.observation.min_requests, 1)
    error_message = "The attribute `min_requests` has to be a whole number, at least 1."
  }

  validation {
    condition     = coalesce(var.observation.settle_seconds, 0) >= 0 && floor(coalesce(var.observation.settle_seconds, 0)) == coalesce(var.observation.settle_seconds, 0)
    error_message = "The attribute `settle_seconds` has to be a whole number, at least 0."
  }

  validation {
    condition     = coalesce(var.observation.window_hours, 24) >= 0.01 && coalesce(var.observation.window_hours, 24) <= 24
    error_message = "The attribute `window_hours` has to be between 0.01 and 24."
  }
}

variable "package_directory" {
  description = "Folder for the functions' packages; by default `.fusionize/packages` in the stack's folder."
  type        = string
  default     = null
}

variable "pinned_setup" {
  description = "A setup in notation, e.g. `(A,B)@128-(C)@1024`, to deploy whatever the figures say."
  type        = string
  default     = null
}

variable "role_arn" {
  description = "ARN of the role that the functions run under. The default is for the embedded platform, which has no IAM."
  type        = string
  default     = "arn:aws:iam::000000000000:role/fusionize"
  nullable    = false

  validation {
    condition     = can(regex("^arn:[^:]+:iam::[0-9]{12}:role/.+$", var.role_arn))
    error_message = "The role has to be an ARN, e.g. arn:aws:iam::123456789012:role/name."
  }
}

variable "tags" {
  description = "Tags of every function."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "telemetry_budget" {
  description = "The share of the application's cost that telemetry may take, 0 to 1. On AWS 0.02 is a good value."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.telemetry_budget >= 0 && var.telemetry_budget <= 1
    error_message = "The budget has to be between 0 and 1."
  }
}
