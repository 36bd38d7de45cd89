// Package nn holds tensors, straight-line programs and their gradients. It
// knows nothing of brains, files or figures.
//
// A [Program] is a list of instructions in the order in which they run. Each
// applies an [Op] to earlier values and defines new ones; a [Builder] writes
// it, [Builder.Gradient] continues it backwards, [Prune] drops what nobody
// reads and [Program.Verify] checks it. An [Engine] executes it.
// [Program.String] prints it for people, [Program.MarshalJSON] for other
// programs, and [Parse] and [Program.UnmarshalJSON] read what they print.
//
// Activations are N×H×W×C, convolution kernels H×W×Cin×Cout, vectors have one
// axis. docs/program.md defines every operation to the last detail.
package nn
