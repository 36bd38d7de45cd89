// Package connectivity says which area drives which, how, and at which time
// step: connections, matrices of them, patterns that make them, sharing sets
// that tie their weights, and one kind of transform a file.
//
// It knows nothing of what areas do with their drives.
//
// To add a kind of transform, write a struct that is a Transform in a file of
// its own and enter it in the table of kind.go.
package connectivity
