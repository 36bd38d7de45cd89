package report

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"math"
	"slices"

	"ventral/cortex/analysis"
	"ventral/cortex/recording"
	"ventral/experiments/rundir"
	"ventral/plots/canvas"
	"ventral/plots/movie"
	"ventral/plots/page"
)

// Bounds of what a page holds of images.
const (
	mostAnswers  = 1 << 21 // images × steps
	mostPictures = 1 << 20 // bytes of PNG
	mostMaps     = 3 << 20 // numbers of responses
	mostSide     = 96      // pixels of a picture; larger ones are averaged
)

// chooser is what a page lets one choose images from: the answers to test images, evenly
// left out where there are too many, and the pictures of those that are recorded.
func chooser(r *Run) (*page.Images, error) {
	if r.Test == nil || !r.Dir.Has(rundir.LogitsFile) {
		return nil, nil
	}
	s := &source{r, "", map[string]string{}}
	l, file, err := s.Answers("")
	if err != nil {
		return nil, err
	}
	defer file.Close()
	p := &page.Images{Split: r.Test.Split, Of: l.Images(), Classes: r.Anatomy.Classes, Steps: l.Logits.Steps, Pictures: map[int]string{}}
	if len(p.Classes) != l.Logits.Classes {
		p.Classes = []string{}
	}
	every := (l.Images()*len(p.Steps) + mostAnswers - 1) / mostAnswers
	k := l.Logits.Classes
	z, y := make([]float32, l.PerImage()), make([]float32, k)
	for i := 0; i < l.Images(); i += max(every, 1) {
		if err := l.Read(i, i+1, z); err != nil {
			return nil, err
		}
		if l.Multi {
			if err := l.Target(i, i+1, y); err != nil {
				return nil, err
			}
		}
		p.IDs, p.Labels = append(p.IDs, l.ImageIDs[i]), append(p.Labels, l.Labels[i])
		for t := range p.Steps {
			logits := z[t*k : (t+1)*k]
			label := l.LabelAt(i, t)
			if l.Multi {
				label = -1
			}
			if !l.Multi {
				clear(y)
				if label >= 0 && label < k {
					y[label] = 1
				}
			}
			p.Right = append(p.Right, judged(logits, y, l.Multi || label >= 0 && label < k, r.sigmoid()))
			chosen, belief := answer(logits, label)
			if !l.Multi {
				p.Chosen = binary.LittleEndian.AppendUint16(p.Chosen, chosen)
			}
			p.Belief = append(p.Belief, belief)
		}
	}
	if err := addPictures(s, p); err != nil {
		return nil, err
	}
	return p, nil
}

// judged is 1 where an answer is right, 0 where it is wrong, 2 where there is none or
// nothing to judge it by.
func judged(logits, targets []float32, known, sigmoid bool) byte {
	if !known || slices.ContainsFunc(logits, func(v float32) bool { return v != v }) {
		return 2
	}
	var s analysis.Score
	s.Add(1, len(logits), logits, targets, sigmoid)
	return byte(s.Correct)
}

func largest(v []float32) (at int) {
	for i := range v {
		if v[i] > v[at] {
			at = i
		}
	}
	return at
}

// answer is the class that is chosen, 65535 where none is, and the probability of a label
// by softmax in 254ths, 255 where there is none.
func answer(logits []float32, label int) (chosen uint16, belief byte) {
	if slices.ContainsFunc(logits, func(v float32) bool { return v != v }) {
		return 65535, 255
	}
	at := largest(logits)
	if label < 0 || label >= len(logits) {
		return uint16(at), 255
	}
	sum := 0.0
	for _, v := range logits {
		sum += math.Exp(float64(v) - float64(logits[at]))
	}
	p := math.Exp(float64(logits[label])-float64(logits[at])) / sum
	return uint16(at), byte(math.Round(254 * p))
}

// addPictures adds the pictures of images whose pixels are recorded, as many as there is
// room for.
func addPictures(s *source, p *page.Images) error {
	t, file, err := s.Images()
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()
	if c := t.Trace.Shape[2]; c != 1 && c != 3 {
		return nil
	}
	pixels := make([]float32, t.PerImage())
	total := 0
	for i, id := range t.ImageIDs {
		if err := t.Read(i, i+1, pixels); err != nil {
			return err
		}
		text, err := pictureURL(pixels[:t.Trace.Shape[0]*t.Trace.Shape[1]*t.Trace.Shape[2]], t.Trace.Shape)
		if err != nil {
			return err
		}
		if total += len(text); total > mostPictures {
			break
		}
		p.Pictures[id] = text
	}
	return nil
}

// pictureURL is an image [y, x, channel] of numbers from 0 to 1 as a PNG in a data URL.
func pictureURL(v []float32, shape [3]int) (string, error) {
	by := (max(shape[0], shape[1]) + mostSide - 1) / mostSide
	h, w := (shape[0]+by-1)/by, (shape[1]+by-1)/by
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.NRGBA{A: 255}
			for k, to := range []*uint8{&c.R, &c.G, &c.B} {
				sum, n := 0.0, 0
				for i := y * by; i < min((y+1)*by, shape[0]); i++ {
					for j := x * by; j < min((x+1)*by, shape[1]); j++ {
						sum, n = sum+float64(v[(i*shape[1]+j)*shape[2]+min(k, shape[2]-1)]), n+1
					}
				}
				*to = uint8(math.Round(255 * min(max(sum/float64(n), 0), 1)))
			}
			m.SetNRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		return "", err
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes()), nil
}

// moviesOf are the movies of a run's frames, with the responses to more images than the
// frame of feature maps has, and the confusion of classes at every step.
func moviesOf(r *Run, shown *page.Images) ([]movie.Movie, error) {
	list := movie.Of(r.Frames)
	for i := range list {
		if list[i].Frame == "feature maps" && list[i].Analysis == "" {
			if err := addMaps(r, &list[i]); err != nil {
				return nil, err
			}
		}
	}
	if m := confusionOver(r, shown); m != nil {
		list = append(list, *m)
	}
	return list, nil
}

// addMaps adds the responses to further images, in the channels and on the scales of
// those that a movie has.
func addMaps(r *Run, m *movie.Movie) error {
	s := &source{r, "", map[string]string{}}
	each := 0 // numbers of an image
	var first []movie.Panel
	have := map[int]bool{}
	for _, p := range m.Panels {
		have[p.Image] = true
		if p.Image == m.Panels[0].Image {
			first, each = append(first, p), each+len(m.Steps)*len(p.Rows.Names)*len(p.Columns.Names)
		}
	}
	room := mostMaps/max(each, 1) - len(have)
	if room <= 0 {
		return nil
	}
	byArea := map[string][]movie.Panel{}
	for _, p := range first {
		byArea[p.Area] = append(byArea[p.Area], p)
	}
	for area, like := range byArea {
		t, file, err := s.Trace(area, recording.Response)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		panels, err := mapsOf(t, like, have, room, m.Steps)
		file.Close()
		if err != nil {
			return err
		}
		m.Panels = append(m.Panels, panels...)
	}
	places := m.Areas()
	slices.SortStableFunc(m.Panels, func(a, b movie.Panel) int {
		if d := slices.Index(places, a.Area) - slices.Index(places, b.Area); d != 0 {
			return d
		}
		return 0
	})
	return nil
}

// mapsOf are panels like those of one image, of further images of a recording.
func mapsOf(t *recording.TraceReader, like []movie.Panel, have map[int]bool, room int, steps []int) (panels []movie.Panel, err error) {
	shape := t.Trace.Shape
	if len(like) == 0 || shape[0] != len(like[0].Rows.Names) || shape[1] != len(like[0].Columns.Names) || !slices.Equal(steps, t.Trace.Steps) {
		return nil, nil
	}
	data := make([]float32, t.PerImage())
	for i, id := range t.ImageIDs {
		if have[id] || room == 0 || t.Trace.Repeats != nil && t.Trace.Repeats[i] > 0 {
			continue
		}
		room--
		if err := t.Read(i, i+1, data); err != nil {
			return nil, err
		}
		for _, p := range like {
			var channel int
			if _, err := fmt.Sscanf(p.Name, "channel %d", &channel); err != nil || channel >= shape[2] {
				return nil, nil
			}
			p.Image, p.Data = id, nil
			for k := range steps {
				step := make([]float64, shape[0]*shape[1])
				for j := range step {
					step[j] = float64(data[(k*shape[0]*shape[1]+j)*shape[2]+channel])
				}
				p.Data = append(p.Data, step)
			}
			panels = append(panels, p)
		}
	}
	return panels, nil
}

// mostConfused bounds the classes of a confusion matrix.
const mostConfused = 30

// confusionOver is the confusion matrix at every step, in per cent of the images of the
// true class; nil where images have several classes, or there are too many.
func confusionOver(r *Run, shown *page.Images) *movie.Movie {
	n := len(r.Anatomy.Classes)
	if shown == nil || shown.Chosen == nil || n == 0 || n > mostConfused || len(shown.IDs) < shown.Of || len(shown.Classes) != n ||
		!slices.ContainsFunc(r.Frames, func(f analysis.Frame) bool { return f.Name == "confusion" && f.Analysis == "" }) {
		return nil
	}
	names := movie.Positions{Names: r.Anatomy.Classes}
	p := movie.Panel{Image: movie.None, Rows: names, Columns: names}
	p.Rows.Axis, p.Columns.Axis = "true class", "chosen class"
	p.Scale.Hi = 100
	for t := range shown.Steps {
		counts, sums := make([]float64, n*n), make([]float64, n)
		for i, label := range shown.Labels {
			if label < 0 || label >= n {
				return nil
			}
			chosen := int(binary.LittleEndian.Uint16(shown.Chosen[2*(i*len(shown.Steps)+t):]))
			if shown.Right[i*len(shown.Steps)+t] == 1 && chosen != label {
				return nil // the label is another at other steps
			}
			if chosen < n {
				counts[label*n+chosen]++
				sums[label]++
			}
		}
		for i := range counts {
			counts[i] *= 100 / sums[i/n] // NaN of a class without images
		}
		p.Data = append(p.Data, counts)
	}
	return &movie.Movie{Frame: "confusion", Title: "Confusion of classes", Unit: "% of the images of the true class", Note: canvas.Many(float64(len(shown.IDs)), "image"), Steps: shown.Steps, Panels: []movie.Panel{p}}
}
