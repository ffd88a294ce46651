application "orders" {
  entrypoints = ["A"]

  task "A" {
    permission {
      actions   = ["dynamodb:GetItem"]
      resources = ["arn:aws:dynamodb:eu-central-1:123456789012:table/orders"]
    }
  }

  task "B" {
    permission {
      actions = ["s3:GetObject"]
    }
  }

  task "C" {
    isolation = "own"
  }
}
