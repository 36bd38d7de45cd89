// Package decode reads TOML strictly into structs. It knows where every key and
// value stands, which change a variant or --set made to it, and says of each
// mistake where it is, what was found and what would do. What keys and words mean
// is told to it by Hints.
package decode
