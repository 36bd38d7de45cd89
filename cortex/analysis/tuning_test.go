package analysis

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"ventral/cortex/recording"
)

// gratings are images of every combination, [orientation][contrast][phase], as a table.
func gratings(orientations, contrasts, phases []float64) (*Table, []int, [][3]float64) {
	rows, ids, of := map[int][]string{}, []int(nil), [][3]float64(nil)
	for _, o := range orientations {
		for _, c := range contrasts {
			for _, p := range phases {
				id := 100 + len(ids)
				rows[id] = []string{fmt.Sprint(o), fmt.Sprint(c), fmt.Sprint(p), "a.png"}
				ids, of = append(ids, id), append(of, [3]float64{o, c, p})
			}
		}
	}
	return NewTable([]string{"orientation", "contrast", "phase", "file"}, rows), ids, of
}

// vonMises is a curve of period 180° around a preferred orientation.
func vonMises(angle, preferred, kappa float64) float64 {
	return math.Exp(kappa * (math.Cos(2*(angle-preferred)*math.Pi/180) - 1))
}

// Planted preferences, selectivities, modulation and semisaturation are recovered.
func TestTuningIsRecovered(t *testing.T) {
	var orientations []float64
	for k := range 12 {
		orientations = append(orientations, 15*float64(k))
	}
	contrasts, phases := []float64{0.05, 0.1, 0.2, 0.4, 0.8}, []float64{0, 90, 180, 270}
	table, ids, of := gratings(orientations, contrasts, phases)
	// Unit u prefers 15°·u, responds at step 1 only, saturates around 0.2 with n = 2 and,
	// where u is odd, follows the phase: F1/F0 of 1 + cos is 1.
	const units = 12
	response := func(u int, x [3]float64) float64 {
		c := x[1] * x[1] / (x[1]*x[1] + 0.04)
		r := vonMises(x[0], 15*float64(u), 2) * c
		if u%2 == 1 {
			r *= 1 + math.Cos(x[2]*math.Pi/180)
		}
		return r
	}
	var data []float32
	for _, x := range of {
		for s := range 2 {
			for u := range units {
				switch {
				case s == 0:
					data = append(data, nan)
				case u == 7:
					data = append(data, 0.001) // too weak to count
				default:
					data = append(data, float32(response(u, x)))
				}
			}
		}
	}
	an := &recording.Anatomy{Areas: []recording.AnatomyArea{{Name: "V1", Shape: [3]int{1, 1, units}}}}
	b := whole("V1", []int{0, 1}, [3]int{1, 1, units}, ids, data)
	analyse := func(factor string) Analysis {
		s := Tuning{Signal: "response", Factor: factor, Measure: "auto", Threshold: 0.1, Units: 4096}
		a := s.Start(Subject{Anatomy: an, Table: table})
		if err := a.Add(b); err != nil {
			t.Fatal(err)
		}
		return a
	}
	a := analyse("orientation")
	by := frame(t, a, "preferred by unit")
	if len(by.Axis("unit").Values) != units-1 || slices.Contains(by.Axis("unit").Values, 7) {
		t.Fatalf("units %v", by.Axis("unit").Values)
	}
	for i, u := range by.Axis("unit").Values {
		if got := by.At(0, i, 3); got != 15*u {
			t.Errorf("unit %v prefers %v", u, got)
		}
	}
	// 1 - CV of a von Mises curve is I₁(κ)/I₀(κ), of κ = 2: 0.697775.
	if got := frame(t, a, "orientation selectivity").Column("mean"); !math.IsNaN(got[0]) || math.Abs(got[1]-0.697775) > 1e-4 {
		t.Errorf("selectivity %v", got)
	}
	if got := frame(t, a, "orthogonal ratio").Column("mean")[1]; math.Abs(got-math.Exp(-4)) > 1e-6 {
		t.Errorf("orthogonal ratio %v, want e⁻⁴", got)
	}
	// The curve alone is 1/√2 where κ(cos 2x - 1) = -ln √2: at 17.2°; smoothing over 15°
	// and lines between levels widen it by less than a quarter.
	if got := frame(t, a, "half bandwidth").Column("mean")[1]; got < 17.2 || got > 21.5 {
		t.Errorf("half bandwidth %v", got)
	}
	low, high := frame(t, a, "modulation").Column("low")[1], frame(t, a, "modulation").Column("high")[1]
	if math.Abs(low) > 1e-6 || math.Abs(high-1) > 1e-6 {
		t.Errorf("modulation has the quartiles %v and %v", low, high)
	}
	c := frame(t, a, "tuning curve")
	if peak := c.At(0, 1, 6, 0); math.Abs(peak-1) > 1e-6 || c.Axes[2].Values[6] != 0 {
		t.Errorf("the mean curve is %v at %v", peak, c.Axes[2].Values[6])
	}

	a = analyse("contrast")
	f := frame(t, a, "contrast response")
	p := f.Data[5:10]
	// r/r(0.8) of c²/(c² + 0.04): a = (0.64 + 0.04)/0.64, b = 0, c50 = 0.2, n = 2.
	for i, want := range []float64{0.68 / 0.64, 0, 0.2, 2, 1} {
		if math.Abs(p[i]-want) > 1e-3 {
			t.Errorf("fit %v", p)
			break
		}
	}
	// Half of the largest, 0.64/0.68/2, is reached at c = 0.2·√(8/9) = 0.189 on the curve;
	// lines between 0.1 and 0.2 give a little more.
	if got := frame(t, a, "semisaturation").Column("mean")[1]; math.Abs(got-0.189) > 0.01 {
		t.Errorf("semisaturation %v", got)
	}
}

func TestMeasures(t *testing.T) {
	if got := measure("size", []float64{1, 2, 4, 8}, []float64{1, 4, 3, 1})[0].value; got != 0.75 {
		t.Errorf("surround suppression %v", got)
	}
	// At half of 4 between 1 and 2, and between 4 and 8: in the middle of logarithms.
	if got := measure("frequency", []float64{1, 2, 4, 8}, []float64{0, 4, 4, 0})[0].value; math.Abs(got-2) > 1e-9 {
		t.Errorf("bandwidth %v octaves", got)
	}
	if got := measure("any", []float64{1, 2, 3}, []float64{0, 3, 0})[0].value; got != 0.5 {
		t.Errorf("selectivity %v", got)
	}
	for _, what := range []string{"orientation", "frequency", "size", "contrast", "any"} {
		for _, m := range measure(what, []float64{1, 2, 3}, []float64{0, 0, 0}) {
			if !math.IsNaN(m.value) {
				t.Errorf("%s of no response is %v", m.name, m.value)
			}
		}
	}
	if w := halfBandwidth([]float64{0, 45, 90, 135}, []float64{1, 1, 1, 1}); !math.IsNaN(w) {
		t.Errorf("a flat curve has the bandwidth %v", w)
	}
}

// Units that are sampled are of all channels alike.
func TestSampledUnits(t *testing.T) {
	count := map[int]int{}
	list := sampled([3]int{32, 32, 8}, 4096)
	for _, u := range list {
		count[u%8]++
	}
	if len(list) != 4096 || len(count) != 8 || count[1] != 512 {
		t.Errorf("%d units, by channel %v", len(list), count)
	}
	if list := sampled([3]int{2, 2, 8}, 4096); len(list) != 32 {
		t.Errorf("%d of 32 units", len(list))
	}
	if list := sampled([3]int{2, 2, 8}, 3); len(list) != 3 || list[0] != 24 {
		t.Errorf("got %v", list)
	}
}
