application "pair" {
  runtime     = "nodejs22.x"
  entrypoints = ["front"]

  observation {
    min_requests = 20
  }
}
