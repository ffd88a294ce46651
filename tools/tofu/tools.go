//go:build tools

// Package tofu pins OpenTofu's command as a dependency of this module, so that
// `go build github.com/opentofu/opentofu/cmd/tofu` takes the version and the
// checksums that go.mod and go.sum name. Nothing compiles this file.
package tofu

import _ "github.com/opentofu/opentofu/cmd/tofu"
