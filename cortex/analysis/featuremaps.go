package analysis

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"ventral/cortex/recording"
)

var featureMapsKind = Kind{
	Name:    "feature_maps",
	About:   "responses to a few images in the channels that vary most, and the images",
	Source:  "own definition",
	Default: true,
	New:     func() Settings { return &FeatureMaps{Images: 4, Channels: 4} },
}

// FeatureMaps gives the frame "feature maps" [area, image, step, channel, y,
// x] of every area: the responses to the images that Chosen picks, in the
// channels that vary most. How much a channel varies is its variance over all
// images, steps and places of the recording, not only over those images. The
// frame "stimuli" [image, y, x, channel] has the images, 0 to 1.
type FeatureMaps struct {
	Images   int `toml:"images" min:"1" max:"100" doc:"images that are shown, of different classes first"`
	Channels int `toml:"channels" min:"1" max:"16" doc:"channels of each area"`
}

var _ Settings = (*FeatureMaps)(nil)

// Needs is the response, and the pixels of the images.
func (s *FeatureMaps) Needs() []Need {
	return []Need{SignalOf(recording.Response), {Of: Images, Images: s.Images}}
}

// Start implements Settings.
func (s *FeatureMaps) Start(on Subject) Analysis {
	return &featureMaps{images: s.Images, areas: eachArea(func(r *Recording) accumulator {
		return &channelMaps{r, Chosen(r.Labels, s.Images), s.Channels, on.Anatomy.Classes, make([]moments, r.Shape[2]), map[int][]float32{}}
	})}
}

// featureMaps are those of every area, and the images.
type featureMaps struct {
	images int
	areas  Analysis
	chosen []int // identities of the images of the areas
	pixels map[int][]float32
	shape  [3]int
}

// Add takes responses or pixels.
func (m *featureMaps) Add(b Batch) error {
	if b.Of == Areas {
		if m.chosen == nil {
			for _, i := range Chosen(b.Labels, m.images) {
				m.chosen = append(m.chosen, b.IDs[i])
			}
		}
		return m.areas.Add(b)
	}
	if err := b.check(); err != nil {
		return err
	}
	if m.pixels == nil {
		m.pixels, m.shape = map[int][]float32{}, b.Shape
	}
	for i := range b.Images() {
		m.pixels[b.ID(i)] = slices.Clone(b.At(i, 0))
	}
	return nil
}

// Frames returns "feature maps" of every area and "stimuli".
func (m *featureMaps) Frames() ([]Frame, error) {
	frames, err := m.areas.Frames()
	if err != nil || len(m.chosen) == 0 {
		return frames, err
	}
	f := Frame{Name: "stimuli", Title: "Images shown", Axes: []Axis{{Name: "image"}, places("y", m.shape[0]), places("x", m.shape[1]), places("channel", m.shape[2])}}
	for _, id := range m.chosen {
		pixels, ok := m.pixels[id]
		if !ok {
			return nil, fmt.Errorf("analysis: the pixels of image %d are not on disk; cortex record RUN records them", id)
		}
		f.Axes[0].Values = append(f.Axes[0].Values, float64(id))
		for _, v := range pixels {
			f.Data = append(f.Data, float64(v))
		}
	}
	return append(frames, f), nil
}

// places is an axis of 0 … n-1.
func places(name string, n int) Axis {
	a := Axis{Name: name}
	for i := range n {
		a.Values = append(a.Values, float64(i))
	}
	return a
}

// channelMaps are the feature maps of one area.
type channelMaps struct {
	of       *Recording
	images   []int // places in the recording
	channels int
	classes  []string
	vary     []moments
	maps     map[int][]float32 // by place
}

func (m *channelMaps) add(b Batch) error {
	channels := len(m.vary)
	for i, v := range b.Data {
		if x := float64(v); !math.IsNaN(x) && !math.IsInf(x, 0) {
			m.vary[i%channels].add(x)
		}
	}
	each := b.PerImage()
	for _, i := range m.images {
		if k := i - b.First; k >= 0 && k < b.Images() {
			m.maps[i] = slices.Clone(b.Data[k*each : (k+1)*each])
		}
	}
	return nil
}

func (m *channelMaps) frames() ([]Frame, error) {
	order := make([]int, len(m.vary))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(spread(m.vary[b]), spread(m.vary[a])) })
	order = order[:min(m.channels, len(order))]
	f := Frame{Name: "feature maps", Unit: "a.u.", Title: m.of.Area,
		Note: fmt.Sprintf("the %d channels with the largest variance over images, steps and places", len(order))}
	image, channel := Axis{Name: "image"}, Axis{Name: "channel"}
	for _, k := range order {
		channel.Values = append(channel.Values, float64(k))
	}
	at := m.of.Shape[0] * m.of.Shape[1]
	for _, i := range m.images {
		id, name := m.of.IDs[i], strconv.Itoa(m.of.IDs[i])
		if l := m.of.Labels[i]; l >= 0 && l < len(m.classes) {
			name += " (" + m.classes[l] + ")"
		}
		image.Values, image.Labels = append(image.Values, float64(id)), append(image.Labels, name)
		for s := range m.of.Steps {
			for _, k := range order {
				for p := range at {
					f.Data = append(f.Data, float64(m.maps[i][(s*at+p)*m.of.Shape[2]+k]))
				}
			}
		}
	}
	f.Axes = []Axis{m.of.areaAxis(), image, m.of.stepAxis(), channel, places("y", m.of.Shape[0]), places("x", m.of.Shape[1])}
	return []Frame{f}, nil
}

// spread is the variance, with channels that have none last.
func spread(m moments) float64 {
	if v := m.variance(); !math.IsNaN(v) {
		return v
	}
	return -1
}
