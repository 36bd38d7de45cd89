package dataset

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"math"
	"runtime"
	"slices"
	"sync"

	"ventral/experiments/rundir"
	"ventral/experiments/stimuli"
)

// Survey is what a data set holds.
type Survey struct {
	Format   int       `json:"format"`
	Name     string    `json:"name"`
	Kind     string    `json:"kind"`
	About    string    `json:"about"`
	Source   string    `json:"source"`
	Height   int       `json:"height"`
	Width    int       `json:"width"`
	Channels int       `json:"channels"`
	Frames   int       `json:"frames"`
	Columns  []string  `json:"columns"`
	Targets  []Target  `json:"targets"`
	Splits   []Split   `json:"splits"`
	Mean     []float64 `json:"mean"` // of each channel over the training images, 0 to 1; with Std empty where pixels were not read
	Std      []float64 `json:"std"`

	Pixels   bool              `json:"pixels_read"`
	Twins    []Twins           `json:"twins"`    // images with the same pixels, of several splits first; at most MostTwins groups
	Groups   int               `json:"groups"`   // of twins in all
	Contrary int               `json:"contrary"` // groups whose images have different classes
	Leaks    map[string]int    `json:"leaks"`    // images of a split that are in an earlier one, too: "test in train"
	Skipped  []stimuli.Skipped `json:"skipped"`
	Misnamed []stimuli.Skipped `json:"misnamed"` // files that are read as what they are, which their names do not say
	Held     int64             `json:"bytes_in_memory"`
}

// Target is something that is told of every image.
type Target struct {
	Name    string `json:"name"`
	Height  int    `json:"height"`
	Width   int    `json:"width"`
	Values  int    `json:"values"`
	Classes int    `json:"classes"` // 0 where the values are none
}

// Split is the images of one split.
type Split struct {
	Name    string  `json:"name"`
	Images  int     `json:"images"`
	Classes []Class `json:"classes"` // of labels; in their order
	Sizes   []Size  `json:"sizes"`   // of the images before they are cut, the most frequent first; empty where all have the shape above
}

// Class is how many images of a split have a class.
type Class struct {
	Name   string `json:"name"`
	Images int    `json:"images"`
}

// Size is how many images are so large.
type Size struct {
	Height int `json:"height"`
	Width  int `json:"width"`
	Images int `json:"images"`
}

// Twins are images with the same pixels, in the order of splits.
type Twins struct {
	Images []Place `json:"images"`
}

// Place is an image of a split.
type Place struct {
	Split string `json:"split"`
	Image int    `json:"image"`
	ID    string `json:"id,omitempty"`
	Class string `json:"class,omitempty"`
}

// MostTwins is how many groups of twins a survey lists; its numbers are of all.
const MostTwins = 100

// splits of a data set, in the order in which images are learnt from.
var splits = []stimuli.Split{stimuli.Train, stimuli.Validation, stimuli.Test}

// Look surveys a data set. Unless quick is set it reads every frame.
func Look(c *Chosen, quick bool) (*Survey, error) {
	d, err := c.Open()
	if err != nil {
		return nil, err
	}
	about := d.Description()
	s := &Survey{Format: rundir.Format, Name: c.Name, Kind: c.Kind, Height: about.Shape[0], Width: about.Shape[1], Channels: about.Shape[2], Frames: about.Frames,
		Columns: []string{}, Targets: []Target{}, Twins: []Twins{}, Leaks: map[string]int{}, Skipped: []stimuli.Skipped{}, Misnamed: []stimuli.Skipped{}, Mean: []float64{}, Std: []float64{}, Held: about.Held, Pixels: !quick}
	for _, x := range stimuli.Sets() {
		if x.Name == c.Kind {
			s.About, s.Source = x.About, x.Source
		}
	}
	for _, t := range about.Targets {
		s.Targets = append(s.Targets, Target{t.Name, t.Shape[0], t.Shape[1], t.Shape[2], len(t.Classes)})
	}
	if f, ok := d.(stimuli.Factored); ok {
		s.Columns = append(s.Columns, f.Columns()...)
	}
	if x, ok := d.(stimuli.Skipping); ok {
		s.Skipped = append(s.Skipped, x.Skipped()...)
	}
	if x, ok := d.(stimuli.Misnaming); ok {
		list, err := x.Misnamed(c.Env)
		if err != nil {
			return nil, err
		}
		s.Misnamed = append(s.Misnamed, list...)
	}
	r := reader{c: c, d: d, about: about, survey: s}
	for _, split := range splits {
		r.total += int64(about.Images[split])
	}
	for _, split := range splits {
		if err := r.split(split, quick); err != nil {
			return nil, err
		}
	}
	if quick {
		return s, nil
	}
	r.moments()
	return s, r.twins()
}

// reader reads all images of a data set.
type reader struct {
	c      *Chosen
	d      stimuli.Data
	about  stimuli.Description
	survey *Survey

	done, total int64
	classes     [stimuli.Splits][]int32 // of each image, -1 where none or several are true
	sums        [stimuli.Splits][][16]byte
	parts       []part // of the training images, in their order
}

// part is sums over some images, by channel.
type part struct {
	values       float64
	sum, squares []float64
}

// chunk is how many images one goroutine reads at a time.
const chunk = 256

// split reads the images of a split.
func (r *reader) split(split stimuli.Split, quick bool) error {
	n := r.about.Images[split]
	label, out := r.about.Label(), Split{Name: split.String(), Images: n, Classes: []Class{}, Sizes: []Size{}}
	r.classes[split], r.sums[split] = make([]int32, n), make([][16]byte, n)
	chunks := (n + chunk - 1) / chunk
	counts, sizes := make([][]int, chunks), make([]map[[2]int]int, chunks)
	parts, errs := make([]part, chunks), make([]error, chunks)
	next := make(chan int, chunks)
	for k := range chunks {
		next <- k
	}
	close(next)
	var group sync.WaitGroup
	var mu sync.Mutex
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			values, pixels := make([]float32, len(label.Classes)), make([]float32, r.about.Shape[0]*r.about.Shape[1]*r.about.Shape[2])
			for k := range next {
				counts[k], sizes[k] = make([]int, len(label.Classes)), map[[2]int]int{}
				parts[k] = part{sum: make([]float64, r.about.Shape[2]), squares: make([]float64, r.about.Shape[2])}
				for i := k * chunk; i < min(n, (k+1)*chunk); i++ {
					if errs[k] = r.c.Env.Cancelled(); errs[k] != nil {
						break
					}
					if errs[k] = r.image(split, i, values, pixels, counts[k], sizes[k], &parts[k], quick); errs[k] != nil {
						break
					}
				}
				mu.Lock()
				r.done += int64(min(n, (k+1)*chunk) - k*chunk)
				r.c.Env.Report(r.done, r.total)
				mu.Unlock()
				if errs[k] != nil {
					return
				}
			}
		})
	}
	group.Wait()
	all := map[[2]int]int{}
	total := make([]int, len(label.Classes))
	for k := range chunks {
		if errs[k] != nil {
			return errs[k]
		}
		for c, m := range counts[k] {
			total[c] += m
		}
		for size, m := range sizes[k] {
			all[size] += m
		}
	}
	for c, name := range label.Classes {
		out.Classes = append(out.Classes, Class{name, total[c]})
	}
	out.Sizes = append(out.Sizes, sorted(all, r.about.Shape)...)
	if split == stimuli.Train {
		r.parts = parts
	}
	r.survey.Splits = append(r.survey.Splits, out)
	return nil
}

// image reads an image: its classes, its size as it lies, and all its frames.
func (r *reader) image(split stimuli.Split, i int, values, pixels []float32, counts []int, sizes map[[2]int]int, p *part, quick bool) error {
	r.classes[split][i] = -1
	if r.about.Labelled() {
		class, err := stimuli.Classes(r.d, split, i, values)
		if err != nil {
			return err
		}
		r.classes[split][i] = int32(class)
		for c, v := range values {
			if v != 0 {
				counts[c]++
			}
		}
	}
	if w, ok := r.d.(stimuli.Windowed); ok {
		height, width, err := w.Size(split, i, 0)
		if err != nil {
			return &stimuli.ReadError{Split: split, Image: i, Err: err}
		}
		sizes[[2]int{height, width}]++
	}
	if quick {
		return nil
	}
	h, b := sha256.New(), make([]byte, 4*len(pixels))
	for f := range r.about.Frames {
		if err := r.d.Read(split, i, f, pixels); err != nil {
			return &stimuli.ReadError{Split: split, Image: i, Err: err}
		}
		for k, v := range pixels {
			binary.LittleEndian.PutUint32(b[4*k:], math.Float32bits(v))
			if c := k % len(p.sum); split == stimuli.Train {
				p.sum[c] += float64(v)
				p.squares[c] += float64(v) * float64(v)
			}
		}
		p.values += float64(len(pixels) / len(p.sum))
		h.Write(b)
	}
	copy(r.sums[split][i][:], h.Sum(nil))
	return nil
}

// moments puts mean and standard deviation of the training images into the survey.
func (r *reader) moments() {
	for c := range r.about.Shape[2] {
		var n, sum, squares float64
		for _, p := range r.parts {
			n, sum, squares = n+p.values, sum+p.sum[c], squares+p.squares[c]
		}
		if n == 0 {
			return
		}
		mean := sum / n
		r.survey.Mean = append(r.survey.Mean, mean)
		r.survey.Std = append(r.survey.Std, math.Sqrt(max(0, squares/n-mean*mean)))
	}
}

// at is an image of a split.
type at struct {
	split stimuli.Split
	image int
}

// twins finds images with the same pixels. Those in several splits come first.
func (r *reader) twins() error {
	first, more := map[[16]byte]at{}, map[[16]byte][]at{}
	for _, split := range splits {
		for i, sum := range r.sums[split] {
			before, seen := first[sum]
			if !seen {
				first[sum] = at{split, i}
				continue
			}
			more[sum] = append(more[sum], at{split, i})
			if before.split != split {
				r.survey.Leaks[split.String()+" in "+before.split.String()]++
			}
		}
	}
	var groups [][]at
	for sum, list := range more {
		groups = append(groups, append([]at{first[sum]}, list...))
	}
	leaks := func(g []at) int {
		if g[0].split != g[len(g)-1].split {
			return 0
		}
		return 1
	}
	slices.SortFunc(groups, func(a, b []at) int {
		return cmp.Or(leaks(a)-leaks(b), int(a[0].split-b[0].split), a[0].image-b[0].image)
	})
	for k, g := range groups {
		class := r.classes[g[0].split][g[0].image]
		if slices.ContainsFunc(g, func(x at) bool { return r.classes[x.split][x.image] != class }) {
			r.survey.Contrary++
		}
		if k >= MostTwins {
			continue
		}
		var t Twins
		for _, x := range g {
			p, err := r.place(x.split, x.image)
			if err != nil {
				return err
			}
			t.Images = append(t.Images, p)
		}
		r.survey.Twins = append(r.survey.Twins, t)
	}
	r.survey.Groups = len(groups)
	return nil
}

// place says which image it is.
func (r *reader) place(split stimuli.Split, i int) (p Place, err error) {
	p = Place{Split: split.String(), Image: i}
	if c := r.classes[split][i]; c >= 0 {
		p.Class = r.about.Label().Classes[c]
	}
	if f, ok := r.d.(stimuli.Factored); ok {
		p.ID, err = f.Factor(split, i, "id")
	}
	return p, err
}
