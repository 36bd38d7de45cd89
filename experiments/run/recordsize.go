package run

import (
	"ventral/cortex"
	"ventral/cortex/recording"
	"ventral/experiments/spec"
)

// RecordedBytes is what the recordings of an experiment will take on disk.
func RecordedBytes(e *spec.Experiment, g *cortex.Graph) int64 {
	n := &network{e: e, g: g}
	shown := int64(min(e.Record.Images, images(n, spec.Splits[e.Record.Split]))) * int64(e.Record.Repeats)
	bytes := int64(0)
	for i, a := range g.Areas {
		if g.Onset(i) < 0 {
			continue
		}
		shape, err := e.Record.Reduce.Of(a.Shape).Shape(a.Shape)
		if err != nil {
			shape = a.Shape // the recording will say so
		}
		bytes += 4 * shown * int64(tapsAStep(n, i)*g.Steps*shape[0]*shape[1]*shape[2])
	}
	return bytes
}

// tapsAStep is how many recordings of an area's size are made of area i at a step.
func tapsAStep(n *network, i int) int {
	count := 0
	for _, s := range signalsOf(n, i) {
		if s == recording.Drive {
			count += len(drivesOf(n, i))
		} else {
			count++
		}
	}
	return count
}
