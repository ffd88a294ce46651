application "small" {
  entrypoints = ["only"]
}
