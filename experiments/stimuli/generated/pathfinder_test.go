package generated

import (
	"math"
	"slices"
	"strconv"
	"testing"

	"ventral/experiments/stimuli"
)

// TestPathfinderTask follows the strokes of images, pixel to pixel, without what the
// generator knows. Dashes of a path that have no gap between them are one stroke. So the
// number of strokes that a dot lies on tells the label.
func TestPathfinderTask(t *testing.T) {
	p := NewPathfinder()
	p.Gap, p.Margin, p.Length, p.Train, p.Validation, p.Test = 0, 5, []int{4, 7}, 200, 0, 0
	d := open(t, p, 5)
	m := d.maker.(*paths)
	for i := range 200 {
		image := pixels(t, d, stimuli.Train, i)
		l, err := m.lay(stimuli.Train, i)
		if err != nil {
			t.Fatal(err)
		}
		part, strokes := flood(image, p.Size, 0.15)
		if want := 2 + p.Distractors; strokes != want {
			t.Fatalf("image %d shows %d strokes, want %d", i, strokes, want)
		}
		at := func(q point) int { return part[int(q.y)*p.Size+int(q.x)] }
		label := make([]float32, 2)
		class, err := stimuli.Classes(d, stimuli.Train, i, label)
		if err != nil {
			t.Fatal(err)
		}
		if same := at(l.dots[0]) == at(l.dots[1]); same != (class == 1) {
			t.Errorf("image %d: both dots on one stroke %t, class %s", i, same, d.about.Label().Classes[class])
		}
		if got, want := told(t, d, stimuli.Train, i)["length"], []string{"4", "7"}[i/2%2]; got != want {
			t.Errorf("image %d: length %s, want %s", i, got, want)
		}
	}
}

// flood numbers the parts of an image that hang together, by rows, columns and
// diagonals, from 1.
func flood(image []float32, size int, least float32) (part []int, parts int) {
	part = make([]int, len(image))
	for start, v := range image {
		if v < least || part[start] != 0 {
			continue
		}
		parts++
		part[start] = parts
		for stack := []int{start}; len(stack) > 0; {
			i := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			for dy := -1; dy <= 1; dy++ {
				for dx := -1; dx <= 1; dx++ {
					y, x := i/size+dy, i%size+dx
					if j := y*size + x; y >= 0 && x >= 0 && y < size && x < size && image[j] >= least && part[j] == 0 {
						part[j] = parts
						stack = append(stack, j)
					}
				}
			}
		}
	}
	return part, parts
}

// TestPathfinderGeometry: gaps, turns and margins are those of the settings, and dots
// are as far from each other and as much alike for both labels.
func TestPathfinderGeometry(t *testing.T) {
	p := NewPathfinder()
	p.Train = 400
	d := open(t, p, 6)
	m := d.maker.(*paths)
	var distance [2]float64
	for i := range p.Train {
		l, err := m.lay(stimuli.Train, i)
		if err != nil {
			t.Fatal(err)
		}
		for a, path := range l.paths {
			if want := []int{6, 2}[min(1, a/2)]; len(path) != want {
				t.Fatalf("path %d has %d dashes, want %d", a, len(path), want)
			}
			for k, dash := range path {
				if long := math.Hypot(dash.x1-dash.x0, dash.y1-dash.y0); math.Abs(long-p.Dash) > 1e-9 {
					t.Errorf("a dash is %v long, want %v", long, p.Dash)
				}
				if k > 0 {
					last := path[k-1]
					if gap := math.Hypot(dash.x0-last.x1, dash.y0-last.y1); math.Abs(gap-p.Gap) > 1e-9 {
						t.Errorf("a gap is %v, want %v", gap, p.Gap)
					}
					turn := math.Atan2(dash.y1-dash.y0, dash.x1-dash.x0) - math.Atan2(last.y1-last.y0, last.x1-last.x0)
					if c := math.Cos(turn); c < math.Cos(p.Bend*math.Pi/180)-1e-9 {
						t.Errorf("a turn of %v degrees, want at most %v", turn*180/math.Pi, p.Bend)
					}
				}
				for _, other := range slices.Concat(l.paths[:a]...) {
					if gap := sampled(dash, other); gap < p.Margin+p.Width-1e-9 {
						t.Errorf("paths come as near as %v, want %v", gap, p.Margin+p.Width)
					}
				}
			}
		}
		x, err := strconv.ParseFloat(told(t, d, stimuli.Train, i)["distance"], 64)
		if err != nil {
			t.Fatal(err)
		}
		distance[i%2] += x / float64(p.Train/2)
	}
	if distance[1] < 10 || distance[0] < 10 {
		t.Errorf("dots are %v pixels from each other, want apart", distance)
	}
}

// sampled is the distance of two dashes, of 50 points on each; it is never less than it
// is.
func sampled(a, b dash) float64 {
	least := math.Inf(1)
	for i := range 50 {
		for j := range 50 {
			u, v := float64(i)/49, float64(j)/49
			least = min(least, math.Hypot(a.x0+u*(a.x1-a.x0)-b.x0-v*(b.x1-b.x0), a.y0+u*(a.y1-a.y0)-b.y0-v*(b.y1-b.y0)))
		}
	}
	return least
}

// TestLine holds the cover of a line to its area: length·width, and the ends' half discs.
func TestLine(t *testing.T) {
	for _, angle := range []float64{0, 0.3, 0.7, 1.2, math.Pi / 2} {
		image := make([]float32, 40*40)
		line(image, 40, 20-12*math.Cos(angle), 20-12*math.Sin(angle), 20+12*math.Cos(angle), 20+12*math.Sin(angle), 4, 1)
		sum := 0.0
		for _, v := range image {
			sum += float64(v)
		}
		// A cover that is linear in the distance is that of an edge along the rows; 3 % is what
		// others, and ends, differ by.
		if want := 24*4 + math.Pi*2*2; math.Abs(sum/want-1) > 0.03 {
			t.Errorf("a line at %v radians covers %v pixels, want %v", angle, sum, want)
		}
	}
}

func TestPathfinderRefused(t *testing.T) {
	for want, change := range map[string]func(*Pathfinder){
		"length: found no numbers":                             func(p *Pathfinder) { p.Length = nil },
		"length: found 0, want 1..100":                         func(p *Pathfinder) { p.Length = []int{6, 0} },
		"length: found 40, and 4 distractors of 2 dashes, for": func(p *Pathfinder) { p.Length = []int{40} },
		"bend: found 91, want 0..90":                           func(p *Pathfinder) { p.Bend = 91 },
		"train: found 0, want 1..100000000":                    func(p *Pathfinder) { p.Train = 0 },
	} {
		p := NewPathfinder()
		change(p)
		_, err := p.Open(stimuli.Env{})
		checkError(t, err, want)
	}
}
