# Names and texts that mean something in HCL, and variables on which tasks disagree.
application "odd" {
  entrypoints = ["for", "a-b"]

  task "a-b" {
    environment = {
      TABLE       = "first"
      a_b__TABLE  = "taken"
      EXPRESSION  = "$${path.module} and %%{ if true }"
      DOLLARS     = "$$ $${x} 5% \u0024{y}"
      QUOTES      = "say \"hello\" to C:\\temp"
      LINES       = <<-EOT
        one
          two	tab
      EOT
      UNICODE     = "Grüße, 世界 \u202e\u0007"
      EMPTY       = ""
      SAME        = "same"
    }
  }

  task "a_b" {
    environment = {
      TABLE = "second"
      SAME  = "same"
    }
  }

  task "for" {
    function_name = "null"
  }

  task "null" {
    function_name = "for"

    environment = {
      TABLE = "third"
      null  = "a name"
    }
  }
}
