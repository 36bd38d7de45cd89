package analysis

// Need is a recording that must be on disk.
type Need struct {
	Of     Of
	Signal string // of areas: recording.Response, recording.State or another
	Images int    // of images: how many, as Chosen picks them
}

// Of is the kind of a recording.
type Of int

// What is recorded.
const (
	Areas   Of = iota // a signal of the areas
	Answers           // what the readout gave, the logits
	Images            // pixels of the images shown
)

// SignalOf is the need for a signal of the areas.
func SignalOf(signal string) Need { return Need{Of: Areas, Signal: signal} }
