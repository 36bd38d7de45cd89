// Package independent holds a second reading of experiment files, written from
// the documentation alone: docs/experiment.md, docs/reference.md and
// docs/program.md. Its tests draw random files, say with plain loops in float64
// what network each of them means, and compare that with what the program makes
// of the same text: the names and shapes of its variables, and what its areas,
// logits and losses are.
//
// It shares no code with the packages that it checks. What it had to guess,
// the documentation should have said.
package independent
