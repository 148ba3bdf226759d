//go:build tools

// Package wrapper names what is built, so that Go keeps its requirements.
package wrapper

import _ "github.com/sigstore/cosign/v2/cmd/cosign"
