application "orders" {
  entrypoint   = ["A"]
  entrypoints  = ["A"]
  shared       = []
  share_permission = "any"

  task "A" {
    memory_mb = 512
    environment {
      TABLE = "orders"
    }
    permisson {
      actions = ["s3:GetObject"]
    }
  }

  objective = {
    minimize = "cost"
  }

  observation {
    min_reqests = 10
  }
}

provider "fusion" {}
