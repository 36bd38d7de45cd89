// Package spec reads experiment files, sweep files and what they compare into
// structs, writes the resolved text of an experiment, and lists every key that a
// file may have. It runs nothing.
package spec
