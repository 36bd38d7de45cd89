package probe

import (
	"ventral/cortex"
	"ventral/nn"
)

// Subject is the trained cortex that is probed, and what it is shown.
type Subject struct {
	Graph     *cortex.Graph
	Engine    nn.Engine
	Variables *nn.Variables // trained weights, with the statistics of norms
	Norms     *cortex.Norms

	Taps     []cortex.Tap      // states that training has reached, of every area at every step
	Unusable map[string]string // why it has not reached others, by the names of their taps

	IDs, Labels []int // of the images; a label is -1 where an image has none, or several
	Unlabelled  bool  // the images have no labels at all
	Batch       int   // images that are shown at once, at most

	// Show returns the images of IDs in batches of so many.
	Show func(batch int) (cortex.Batches, error)

	// Longer returns the same cortex over so many steps, which sees the same images. Norms
	// that re-estimate their statistics have none at further steps.
	Longer func(steps int) (*Subject, error)

	Stage func(text string)             // a stage of the probe begins
	Work  func(done, total int64)       // within it
	Note  func(format string, a ...any) // something worth knowing
}
