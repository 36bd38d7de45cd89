package analysis

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// FeatureMaps gives the frame "feature maps" [area, image, slice, channel, y,
// x]: the responses to the chosen images in the Channels channels that vary
// most. How much a channel varies is its variance over all images, slices and
// places fed, not only over the chosen images.
type FeatureMaps struct {
	Images   []int // identities of images
	Channels int
	Classes  []string // names of labels; may be nil

	layout
	vary   []moments
	maps   map[int][]float32
	labels map[int]int
}

// Add takes a batch.
func (m *FeatureMaps) Add(b Batch) error {
	if err := m.take(b); err != nil {
		return err
	}
	channels := b.Shape[2]
	if m.maps == nil {
		m.maps, m.labels, m.vary = map[int][]float32{}, map[int]int{}, make([]moments, channels)
	}
	for i, v := range b.Data {
		if x := float64(v); !math.IsNaN(x) && !math.IsInf(x, 0) {
			m.vary[i%channels].add(x)
		}
	}
	each := len(b.Slices) * b.Units()
	for image, id := range b.IDs {
		if slices.Contains(m.Images, id) {
			m.maps[id] = slices.Clone(b.Data[image*each : (image+1)*each])
			m.labels[id] = -1
			if b.Labels != nil {
				m.labels[id] = b.Labels[image]
			}
		}
	}
	return nil
}

// Frames returns "feature maps". An image that was never fed is an error.
func (m *FeatureMaps) Frames() ([]Frame, error) {
	order := make([]int, len(m.vary))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(spread(m.vary[j]), spread(m.vary[i])) })
	order = order[:min(m.Channels, len(order))]
	f := Frame{Name: "feature maps", Unit: "a.u.", Title: m.area,
		Note: fmt.Sprintf("the %d channels with the largest variance over images, slices and places", len(order))}
	image, channel := Axis{Name: "image"}, Axis{Name: "channel"}
	for _, k := range order {
		channel.Values = append(channel.Values, float64(k))
	}
	y, x := Axis{Name: "y"}, Axis{Name: "x"}
	for i := range m.shape[0] {
		y.Values = append(y.Values, float64(i))
	}
	for i := range m.shape[1] {
		x.Values = append(x.Values, float64(i))
	}
	places := m.shape[0] * m.shape[1]
	for _, id := range m.Images {
		data, ok := m.maps[id]
		if !ok {
			return nil, fmt.Errorf("dynamics: image %d is not in the recording of %q", id, m.area)
		}
		name := strconv.Itoa(id)
		if l := m.labels[id]; l >= 0 && l < len(m.Classes) {
			name += " (" + m.Classes[l] + ")"
		}
		image.Values, image.Labels = append(image.Values, float64(id)), append(image.Labels, name)
		for s := range m.slices {
			for _, k := range order {
				for p := range places {
					f.Data = append(f.Data, float64(data[(s*places+p)*m.shape[2]+k]))
				}
			}
		}
	}
	f.Axes = []Axis{m.areaAxis(), image, m.sliceAxis(), channel, y, x}
	return []Frame{f}, nil
}

// spread is the variance, with channels that have none last.
func spread(m moments) float64 {
	if v := m.variance(); !math.IsNaN(v) {
		return v
	}
	return -1
}
