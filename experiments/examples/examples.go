// Package examples has the experiments that show what the program does, and the
// workloads W1 to W5.
package examples

import "embed"

// Files are the experiment files, by name.
//
//go:embed *.toml
var Files embed.FS
