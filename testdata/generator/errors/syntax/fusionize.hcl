application "tree" {
  entrypoints = ["A"
  shared = []
}
