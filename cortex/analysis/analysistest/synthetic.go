package analysistest

import (
	"fmt"
	"math"
	"math/rand/v2"

	"ventral/cortex/analysis"
	"ventral/cortex/recording"
)

// Steps and others say what Synthetic holds.
const (
	steps   = 5
	images  = 12
	classes = 3
)

// Synthetic returns recordings of three areas, V1, V4 and IT, that the image
// reaches at steps 0, 1 and 3, and the answers of a readout of IT. Drawn from a
// seed. Recorded steps begin at from.
func Synthetic(seed uint64, from int) *Files {
	a := &recording.Anatomy{Format: recording.Format, Name: "synthetic", Steps: steps, Readout: "IT", Precision: "float32",
		Classes: []string{"circle", "square", "triangle"}, TrainSteps: []int{3, 4}, TestSteps: []int{3, 4}}
	for i, name := range []string{"V1", "V4", "IT"} {
		side := 6 >> i
		a.Areas = append(a.Areas, recording.AnatomyArea{Name: name, Shape: [3]int{side, side, 4}, Onset: []int{0, 1, 3}[i], Kind: "rate"})
	}
	f := NewFiles(a)
	ids, labels := make([]int, images), make([]int, images)
	for i := range ids {
		ids[i], labels[i] = 100+i, i%classes
	}
	var recorded []int
	for t := from; t < steps; t++ {
		recorded = append(recorded, t)
	}
	draw := func(r *rand.Rand, units int, value func(noise float64, image, unit, step int) float64) (data []float32) {
		for i := range images {
			for t := range steps {
				for u := range units {
					v := value(0.3*r.NormFloat64(), i, u, t)
					if t >= from {
						data = append(data, float32(v))
					}
				}
			}
		}
		return data
	}
	for k, x := range a.Areas {
		units := x.Shape[0] * x.Shape[1] * x.Shape[2]
		for j, signal := range []string{recording.Response, recording.State} {
			r := rand.New(rand.NewPCG(seed, uint64(10*k+j)))
			f.PutTrace(recording.Trace{Area: x.Name, Signal: signal, Steps: recorded, Onset: x.Onset, Shape: x.Shape}, ids, labels,
				draw(r, units, func(noise float64, image, unit, step int) float64 {
					v := math.Sin(float64(unit*(1+labels[image]))/3+float64(step)/2) + noise
					if signal == recording.Response {
						v = max(v, 0)
					}
					return v
				}))
		}
	}
	for k, x := range a.Areas {
		r := rand.New(rand.NewPCG(seed, uint64(100+k)))
		shape, parts := x.Shape, []recording.Part{{From: "forward", Port: "drive"}, {From: x.Name + "->" + x.Name, Port: "drive"}, {From: "top-down", Port: "gain"}}
		shape[2] *= len(parts)
		f.PutTrace(recording.Trace{Area: x.Name, Signal: recording.Drive, Parts: parts, Steps: recorded, Onset: x.Onset, Shape: shape}, ids, labels,
			draw(r, shape[0]*shape[1]*shape[2], func(noise float64, image, unit, step int) float64 {
				if unit/x.Shape[2]%len(parts) == 0 {
					return math.Sin(float64(unit*(1+labels[image]))/3) + noise
				}
				return noise
			}))
	}
	rows := map[int][]string{}
	for i, id := range ids {
		rows[id] = []string{fmt.Sprint(45 * (i / 3 % 4)), fmt.Sprint(90 * (i % 3)), []string{"left", "right"}[i%2]}
	}
	f.PutTable(analysis.NewTable([]string{"orientation", "phase", "side"}, rows))
	shown := analysis.Chosen(labels, 100)
	r := rand.New(rand.NewPCG(seed, 1))
	var pixels []float32
	pixelIDs, pixelLabels := make([]int, images), make([]int, images)
	for k, i := range shown {
		pixelIDs[k], pixelLabels[k] = ids[i], labels[i]
	}
	for range images * 8 * 8 * 3 {
		pixels = append(pixels, r.Float32())
	}
	f.PutTrace(recording.Trace{Area: recording.Stimuli, Signal: recording.Image, Steps: []int{0}, Shape: [3]int{8, 8, 3}}, pixelIDs, pixelLabels, pixels)
	for k, split := range []string{"", analysis.Validation} {
		f.PutAnswersOf(split, recording.Logits{Steps: recorded, Onset: 3, Classes: classes}, ids, labels, nil,
			draw(rand.New(rand.NewPCG(seed, uint64(2+100*k))), classes, func(noise float64, image, class, step int) float64 {
				if class == labels[image] {
					return 0.5*float64(step) + noise
				}
				return noise
			}))
	}
	putProbes(f, seed, from)
	f.PutFile("brain.npz", RDMFile(ids, []float64{0, 50, 100}, randomRDMs(seed, 2, 3, images)))
	return f
}
