application "shared" {
  entrypoints       = ["A"]
  share_permissions = "any"

  task "A" {
    permission {
      actions   = ["s3:GetObject"]
      resources = ["*"]
    }
  }

  task "B" {}
}
