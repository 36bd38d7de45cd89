// Package analysis analyses recordings: what areas and the readout do at every
// time step. It works on files alone and knows no engine.
//
// A kind of analysis is one file: its settings, what it does, and a [Kind] that
// is added to kinds in kind.go. [Run] reads the recordings of a run once, in
// batches, for all analyses that are asked for. An analysis gives frames,
// labelled arrays that are written as JSON or CSV and drawn by package plots.
//
// Steps before an area's onset hold NaN in a recording. They are skipped and
// stay NaN in a frame: no analysis averages over them.
package analysis
