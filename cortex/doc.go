// Package cortex brings areas and connectivity together: a Graph knows which
// area drives which at which step, when the image first reaches each area, and
// how to unroll itself over time into a straight-line nn.Program.
//
// Time: step 0 is what the input and its net deliver. A connection of delay d
// carries its source at step t-d to its target at step t, for every t of its
// window. At one step, areas are updated in the order of connections without
// delay, each in these steps: drives arrive and are added, the dynamics makes
// the new state, norms and nonlinearity make the response.
//
// A long simulation runs in windows of steps that hand their states on (Options,
// Carry). A Lesion makes another Graph, with the weights of the first.
package cortex
