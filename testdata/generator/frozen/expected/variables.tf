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

variable "package_directory" {
  description = "Folder for the functions' packages; by default `.fusionize/packages` in the stack's folder."
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

variable "sampling" {
  description = "Which requests are measured: a share of them, 0 to 1, in one hour of so many."
  type = object({
    hours = number
    share = number
  })
  default = {
    hours = 1
    share = 1
  }
  nullable = false

  validation {
    condition     = var.sampling.share >= 0 && var.sampling.share <= 1 && var.sampling.hours >= 1
    error_message = "The share has to be between 0 and 1, and the hours at least 1."
  }
}

variable "tags" {
  description = "Tags of every function."
  type        = map(string)
  default     = {}
  nullable    = false
}
