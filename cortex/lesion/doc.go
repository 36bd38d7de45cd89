// Package lesion says how what the parts of a trained cortex deliver is changed: which
// connections or channels, at which steps, and how. Package cortex makes instructions of
// that; what a lesion puts in place of what was delivered comes in by input ports.
package lesion
