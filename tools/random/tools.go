//go:build tools

// Package random pins hashicorp/random as a dependency of this module, so that
// `go build github.com/terraform-providers/terraform-provider-random` takes the
// version and the checksums that go.mod and go.sum name. Nothing compiles this
// file.
package random

import _ "github.com/terraform-providers/terraform-provider-random"
