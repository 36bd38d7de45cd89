// Package peer holds the PyTorch script that cortex bench is compared with.
package peer

import _ "embed"

// Script builds the network of a resolved experiment file in PyTorch and times
// its training; its own documentation says how it is called.
//
//go:embed torch_peer.py
var Script string

// Modes are the ways in which the script can run a network in float32, from
// what one would write to what one would tune.
var Modes = []string{"eager", "eager+cl", "compile", "compile+cl", "eager+opt", "eager+cl+opt", "compile+opt", "compile+cl+opt"}
