package run

import (
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"ventral/areas"
	"ventral/cortex"
	"ventral/cortex/analysis"
	"ventral/cortex/recording"
)

// track is one signal of one area while it is recorded, or what arrives in the area.
type track struct {
	area   int
	signal string
	parts  []recording.Part // of recording.Drive, nil elsewhere
	onset  int
	full   int // units of the area
	units  int // that are kept, of all parts
	shape  [3]int
	kept   recording.Reduction
	reduce recording.Reducer
	taps   map[int][]int // taps of each step, of each part; -1 where nothing arrives
	data   []float32     // of a batch, [image, step, y, x, channel]
	out    *recording.TraceWriter
}

// count is how many taps of the area's size a step has.
func (t *track) count() int { return max(len(t.parts), 1) }

// tracksOf sorts taps by area and signal.
func tracksOf(n *network, taps []cortex.Tap) []*track {
	var tracks []*track
	for i, a := range n.g.Areas {
		for _, signal := range signalsOf(n, i) {
			t := &track{area: i, signal: signal, onset: n.g.Onset(i), full: a.Image(1).Len(), taps: map[int][]int{}}
			signals := []string{signal}
			if signal == recording.Drive {
				signals = nil
				for _, d := range drivesOf(n, i) {
					t.parts, signals = append(t.parts, recording.Part(d)), append(signals, d.Signal())
				}
			}
			for k, tap := range taps {
				part := slices.Index(signals, tap.Signal)
				if tap.Area != i || part < 0 {
					continue
				}
				if t.taps[tap.Step] == nil {
					t.taps[tap.Step] = slices.Repeat([]int{-1}, len(signals))
				}
				t.taps[tap.Step][part] = k
			}
			if len(t.taps) > 0 {
				tracks = append(tracks, t)
			}
		}
	}
	return tracks
}

// signalsOf are the signals of area i that are recorded: those that analyses read, and
// those that the experiment names.
func signalsOf(n *network, i int) []string {
	var list []string
	for _, s := range signalsAsked(n) {
		if _, ok := n.g.Areas[i].Dynamics.Layout().Signal(s); ok && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	if len(drivesOf(n, i)) > 0 {
		list = append(list, recording.Drive)
	}
	return list
}

// signalsAsked are those of analyses, then those of the experiment.
func signalsAsked(n *network) []string {
	return append(analysis.Signals(n.e.Analyses), n.e.Record.Signals...)
}

// drivesOf are what arrives in area i of which there are recordings: all, or those that
// the experiment names.
func drivesOf(n *network, i int) []cortex.Drive {
	asked := signalsAsked(n)
	return slices.DeleteFunc(cortex.Drives(n.g, i), func(d cortex.Drive) bool {
		return !slices.ContainsFunc(asked, func(s string) bool {
			return s == recording.Drive || s == d.Signal() || s == cortex.Drive{From: d.From, Port: areas.Drive}.Signal()
		})
	})
}

// tapsOf returns what can be recorded of every area at every step, and why the
// rest cannot.
func tapsOf(n *network) ([]cortex.Tap, map[string]string, error) {
	var all []cortex.Tap
	for i := range n.g.Areas {
		drives := drivesOf(n, i)
		for _, signal := range signalsOf(n, i) {
			for t := range n.g.Steps {
				switch {
				case !n.g.Informed(i, t):
				case signal != recording.Drive:
					all = append(all, cortex.Tap{Area: i, Signal: signal, Step: t})
				default:
					for _, d := range cortex.DrivesAt(n.g, i, t) {
						if slices.Contains(drives, d) {
							all = append(all, cortex.Tap{Area: i, Signal: d.Signal(), Step: t})
						}
					}
				}
			}
		}
	}
	return cortex.Usable(n.g, all, n.norms)
}

// gather brings a batch of taps into the order [image, step, y, x, channel], with what is
// kept of the units; steps without numbers are NaN, and a part that does not arrive is 0.
// Threads share the images.
func (t *track) gather(images, steps, threads int, taps [][]float32) {
	if need := images * steps * t.units; len(t.data) < need {
		t.data = make([]float32, need)
	}
	var next atomic.Int64
	var work sync.WaitGroup
	for range min(images, max(threads, 1)) {
		work.Go(func() {
			part := make([]float32, t.units/t.count())
			for i := int(next.Add(1)) - 1; i < images; i = int(next.Add(1)) - 1 {
				t.gatherImage(i, steps, taps, part)
			}
		})
	}
	work.Wait()
}

func (t *track) gatherImage(i, steps int, taps [][]float32, part []float32) {
	for s := range steps {
		dst := t.data[(i*steps+s)*t.units:][:t.units]
		of, ok := t.taps[s]
		switch {
		case !ok:
			for j := range dst {
				dst[j] = float32(math.NaN())
			}
			continue
		case t.parts == nil:
			t.reduce(taps[of[0]][i*t.full:][:t.full], dst)
			continue
		}
		channels := t.shape[2] / len(t.parts)
		for p, k := range of {
			if clear(part); k >= 0 {
				t.reduce(taps[k][i*t.full:][:t.full], part)
			}
			for at := 0; at < len(part); at += channels {
				copy(dst[(at/channels*len(t.parts)+p)*channels:][:channels], part[at:])
			}
		}
	}
}
