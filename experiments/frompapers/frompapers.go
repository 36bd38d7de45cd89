// Package frompapers has an experiment for each published model.
package frompapers

import "embed"

// Files are the experiment files, by name.
//
//go:embed *.toml
var Files embed.FS
