package cortex

import (
	"slices"
	"strings"

	"ventral/areas"
)

// Drive is one of the parts of what arrives at a port of an area: that of a connection,
// of a further input by its name, or of the image.
type Drive struct {
	From string // name of a connection or stream, or ImagePort
	Port string
}

// drivePrefix begins the signals of taps that read drives.
const drivePrefix = "drive:"

// Signal is the signal of a [Tap] that reads the drive at its target: "drive:V1->V2",
// or "drive:V1->V2/gain" where the port is not areas.Drive. It is what is delivered,
// after gains and lesions.
func (d Drive) Signal() string {
	if d.Port == areas.Drive {
		return drivePrefix + d.From
	}
	return drivePrefix + d.From + "/" + d.Port
}

// Drives returns what arrives at area i at some step, in the order in which areas take
// it: the image, further inputs, connections.
func Drives(g *Graph, i int) (list []Drive) {
	for t := range g.Steps {
		for _, d := range DrivesAt(g, i, t) {
			if !slices.Contains(list, d) {
				list = append(list, d)
			}
		}
	}
	rank := func(d Drive) int {
		for j := range g.Matrix.Connections {
			if g.Matrix.Connections[j].Name == d.From {
				return len(g.Streams) + 1 + j
			}
		}
		return 1 + slices.IndexFunc(g.Streams, func(s Stream) bool { return s.Name == d.From })
	}
	slices.SortStableFunc(list, func(a, b Drive) int { return rank(a) - rank(b) })
	return list
}

// DrivesAt returns what arrives at area i at step t.
func DrivesAt(g *Graph, i, t int) (list []Drive) {
	if g.shown[t] && g.fed(i) {
		list = append(list, Drive{ImagePort, areas.Drive})
	}
	for _, s := range streams(g, i, t) {
		for _, port := range s.driven() {
			list = append(list, Drive{s.Name, port})
		}
	}
	for _, j := range g.arriving(i, t) {
		c := &g.Matrix.Connections[j]
		for _, port := range c.Driven() {
			list = append(list, Drive{c.Name, port})
		}
	}
	return list
}

// IsDrive reports whether a signal is a drive.
func IsDrive(signal string) bool { return strings.HasPrefix(signal, drivePrefix) }
