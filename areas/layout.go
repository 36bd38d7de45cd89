package areas

import "ventral/nn"

// Signals that every kind of dynamics offers.
const (
	State    = "state"    // what is carried from step to step; stability is judged by it
	Response = "response" // what other areas read by default; what an electrode would see
)

// Ports that kinds of dynamics have in common. Every kind has Drive, where the
// image arrives, too.
const (
	Drive = "drive" // what arrives is added
	Gain  = "gain"  // what arrives scales by one plus itself
)

// Layout says what an area of some dynamics has.
type Layout struct {
	// About says in a line what the kind is, for lists and the reference.
	About string
	// States are the names of what Step makes, each a map of the area's shape.
	States []string
	// Signals can be read, recorded and connected; State and Response are among
	// them.
	Signals []Signal
	// Ports are what a connection can drive; Drive is among them.
	Ports []Port
	// Functions are what Step calls by Drives.Call. They do not depend on settings.
	Functions []Function
	// Silence says at which steps the area is present.
	Silence Silence
	// Carries says whether a step's states depend on those of the step before.
	Carries bool
	// Bias says where biases are: "connection", "area" or "absent".
	Bias string
	// Readout names the signal that a readout reads by default.
	Readout string
}

// Signal is what can be read of an area's states.
type Signal struct {
	Name string
	// State is the state that the signal is, "" where it is computed.
	State string
	// Norm is the norm that the signal passes, the zero value where it passes none.
	Norm nn.Norm
	// Normalises is the state to which Norm is applied before anything else, ""
	// where it is not: whoever normalises that state alike shares its statistics.
	Normalises string
}

// Port is what a connection can drive.
type Port struct {
	Name  string
	About string
	// Wakes says whether what arrives makes the area present.
	Wakes bool
}

// Function is a map with weights of its own, from maps of the area's shape to one
// of that shape: a convolution unless an experiment says otherwise. It is a key
// of the area.
type Function struct {
	Name  string
	About string
	Bias  bool // its convolutions have biases
}

// Silence says at which steps an area has states.
type Silence int

const (
	// Absent is an area without states at any step at which nothing wakes it.
	Absent Silence = iota
	// Lasting is an area that stays present from the first step on at which
	// something wakes it.
	Lasting
	// Zero is an area that is present at every step: what does not arrive is zero.
	Zero
)

// Signal returns the signal of a name; ok is false where there is none.
func (l Layout) Signal(name string) (s Signal, ok bool) {
	for _, s := range l.Signals {
		if s.Name == name {
			return s, true
		}
	}
	return Signal{}, false
}

// Port returns the port of a name; ok is false where there is none.
func (l Layout) Port(name string) (p Port, ok bool) {
	for _, p := range l.Ports {
		if p.Name == name {
			return p, true
		}
	}
	return Port{}, false
}

// SignalNames returns the names of the signals.
func (l Layout) SignalNames() []string {
	names := make([]string, len(l.Signals))
	for i, s := range l.Signals {
		names[i] = s.Name
	}
	return names
}

// PortNames returns the names of the ports.
func (l Layout) PortNames() []string {
	names := make([]string, len(l.Ports))
	for i, p := range l.Ports {
		names[i] = p.Name
	}
	return names
}

// driven are the ports of kinds that compute (b + Σ drive)·Π(1 + gain).
func driven() []Port {
	return []Port{{Drive, "added to the other drives", true}, {Gain, "scales the sum of the drives by one plus itself", false}}
}
