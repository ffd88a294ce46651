variable "mode" {
  description = "`auto` lets every plan look for a better setup, `hold` keeps the one that is deployed."
  type        = string
  default     = null
}

variable "objective" {
  description = "What to optimize for; see the module."
  type = object({
    latency_weight           = optional(number)
    max_cost_per_million_usd = optional(number)
    max_latency_p95_ms       = optional(number)
    minimize                 = optional(string)
  })
  default = null
}

variable "observation" {
  description = "What counts as evidence; see the module."
  type = object({
    confidence      = optional(number)
    min_improvement = optional(number)
    min_requests    = optional(number)
    settle_seconds  = optional(number, 0)
    window_hours    = optional(number)
  })
  default = null
}

variable "pinned_setup" {
  description = "A setup in notation, e.g. `(A,B,D,E)@128-(C)@1024-(F)@1024-(G)@1024`, to deploy whatever the figures say."
  type        = string
  default     = null
}
