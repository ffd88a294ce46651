application "pair" {
  runtime     = "nodejs22.x"
  entrypoints = ["front"]

  # At 128 MB starting takes a second, and what a function of a millisecond gains from more memory
  # depends on how busy the machine is.
  memory_sizes_mb = [1024]

  observation {
    min_requests = 20
  }
}
