// Package reference lists what an experiment file may say: every kind with its keys,
// their defaults and ranges, from the structs that they decode into. It makes
// docs/reference.md and what cortex list prints.
package reference
