// Package probe measures a trained cortex with the engine: what its recordings cannot
// tell, such as gradients, answers without an update, and Jacobians. A kind of probe is
// one file and a line in kind.go. It takes the graph, the trained weights and images, and
// gives frames, which analyses read from the run's folder.
package probe
