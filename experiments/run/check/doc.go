// Package check says of an experiment what its cortex is, before anything is trained:
// onsets, receptive fields, what reaches what, weights, memory, and faults that no run
// would survive.
package check
