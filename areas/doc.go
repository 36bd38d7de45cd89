// Package areas says what a visual area does with its drives: one kind of cell
// dynamics a file.
//
// An area is a map of units with a state that is carried from step to step.
// At every step its dynamics turns what arrives at its ports into new states;
// what other areas read of it is a signal, by default the response. It may call
// functions, maps with weights of their own. Areas know nothing of connections:
// package cortex brings both together.
//
// To add a kind of dynamics, write a struct that is a Dynamics in a file of its
// own and enter it in the table of kind.go.
package areas
