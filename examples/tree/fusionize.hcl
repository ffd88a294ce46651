# TREE, the application of the Fusionize papers. A calls B and waits for it, B calls D, D calls E;
# A starts C without waiting, C starts F and G. B, D and E wait for something else, C, F and G
# compute. None of that is declared here: the first requests show it.
application "tree" {
  runtime     = "nodejs22.x"
  entrypoints = ["A"]
  shared      = ["lib"]
}
