package connectivity

import (
	"fmt"
	"strings"
)

// Roles that a connection can have.
const (
	Feedforward = "feedforward" // to the next area up
	Lateral     = "lateral"     // within an area
	Feedback    = "feedback"    // to an area further down
	Bypass      = "bypass"      // forward, past one or more areas
	Self        = "self"        // the identity shortcut of an area: no lateral connection
)

// Roles lists the roles in the order of documentation.
var Roles = []string{Feedforward, Lateral, Feedback, Bypass, Self}

// Connection carries a signal of area From at step t-Delay to area To at
// step t, for the steps t of its Window.
type Connection struct {
	Name, From, To string

	Role   string   `toml:"role" oneof:"feedforward lateral feedback bypass self" doc:"role in lesions and figures; follows from the order of areas"`
	Delay  int      `toml:"delay" min:"0" doc:"steps that a signal takes"`
	Window Window   `toml:"window" doc:"steps at which signals arrive: \"a..b\", both included, \"a..\", \"..b\" or \"a\""`
	Reads  string   `toml:"state" doc:"signal read of the source: state, response, or preactivation of rate areas; the kind has a default"`
	Merge  string   `toml:"merge" oneof:"add multiply" doc:"drives are added, or scale the sum of the others by one plus themselves"`
	Ports  []string `toml:"ports" omit:"empty" doc:"ports of the target that are driven, each by weights of its own; by default drive, or gain with merge = \"multiply\""`
	Gain   float64  `toml:"gain" doc:"factor on what arrives; 1 changes nothing"`
	Bias   string   `toml:"bias" oneof:"auto present absent" doc:"bias of the convolutions; auto follows the target area's rule"`
	Time   Tying    `toml:"time" doc:"how its weights are tied over time: tied, untied, or \"tied ..k\", one set of weights up to step k and one for each step beyond; sharing.time by default"`
	Init   string   `toml:"init" oneof:"he_normal he_uniform glorot_normal glorot_uniform" doc:"initial values of kernels"`

	Transform Transform
}

// NewConnection returns a connection with the defaults of its keys.
func NewConnection() Connection {
	return Connection{Delay: 1, Window: Always(), Merge: "add", Gain: 1, Bias: "auto", Init: "he_normal"}
}

// Signal returns the signal that the connection reads of its source.
func (c *Connection) Signal() string {
	if c.Reads != "" {
		return c.Reads
	}
	return c.Transform.Reads()
}

// Driven returns the ports of the target that the connection drives.
func (c *Connection) Driven() []string {
	switch {
	case len(c.Ports) > 0:
		return c.Ports
	case c.Merge == "multiply":
		return []string{"gain"}
	}
	return []string{"drive"}
}

// within returns what tells the weights for a port from those for another.
func (c *Connection) within(port string) string {
	if len(c.Driven()) == 1 {
		return ""
	}
	return port + "/"
}

// ParseName splits the name of a connection, "V2->V1" or "V2->V1 late", into
// the ends it gives and what tells it from others between the same pair.
func ParseName(name string) (from, to, suffix string, err error) {
	from, rest, ok := strings.Cut(name, "->")
	to, suffix, _ = strings.Cut(rest, " ")
	if !ok || from == "" || to == "" || strings.TrimSpace(from) != from {
		return "", "", "", fmt.Errorf("found connection %q, want \"FROM->TO\" or \"FROM->TO suffix\"", name)
	}
	return from, to, suffix, nil
}

// RoleOf returns the role that follows from the order of areas: from and to
// are places in that order.
func RoleOf(from, to int, identity bool) string {
	switch {
	case from == to && identity:
		return Self
	case from == to:
		return Lateral
	case from > to:
		return Feedback
	case to-from > 1:
		return Bypass
	}
	return Feedforward
}
