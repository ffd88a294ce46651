application "orders" {
  entrypoints = ["A"]

  task "A" {
    environment = {
      BUCKET = "orders-${terraform.workspace}"
      TABLE  = aws_dynamodb_table.orders.name
    }
  }
}
