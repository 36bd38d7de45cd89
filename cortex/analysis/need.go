package analysis

// Need is a recording that must be on disk.
type Need struct {
	Of     Of
	Signal string // of areas: recording.Response, recording.State or another; of Probe its name
	Split  string // of Answers: Validation, or "" for the images that the run was tested on
	Images int    // of images: how many, as Chosen picks them
}

// Of is the kind of a recording.
type Of int

// What is recorded.
const (
	Areas   Of = iota // a signal of the areas
	Answers           // what the readout gave, the logits
	Images            // pixels of the images shown
	Probe             // what a probe measured with the engine
)

// Validation is the split of answers to validation images, from which thresholds come.
const Validation = "validation"

// SignalOf is the need for a signal of the areas.
func SignalOf(signal string) Need { return Need{Of: Areas, Signal: signal} }
