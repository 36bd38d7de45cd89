package analysis

import "math"

// Activity gives two frames [area, slice, statistic]: "activity", the mean
// over units of an image's response, and "active units", the per cent of units
// whose response is above Threshold. Both are averaged over images, with the
// 95 % t interval over images.
//
// An image of which any unit is NaN has no value at that slice. Where every
// image has none the slice is before onset; otherwise such images are counted
// as undefined.
type Activity struct {
	Threshold float64 // 0: units with a positive response

	layout
	mean, active []moments
}

// Add takes a batch.
func (a *Activity) Add(b Batch) error {
	if err := a.take(b); err != nil {
		return err
	}
	if a.mean == nil {
		a.mean, a.active = make([]moments, len(b.Slices)), make([]moments, len(b.Slices))
	}
	for i := range b.Slices {
		for image := range b.Images() {
			sum, active := 0.0, 0
			for _, v := range b.At(image, i) {
				sum += float64(v)
				if float64(v) > a.Threshold {
					active++
				}
			}
			if math.IsNaN(sum) || math.IsInf(sum, 0) {
				a.mean[i].undefined++
				a.active[i].undefined++
				continue
			}
			a.mean[i].add(sum / float64(b.Units()))
			a.active[i].add(float64(active) / float64(b.Units()))
		}
	}
	return nil
}

// Frames returns "activity" and "active units".
func (a *Activity) Frames() ([]Frame, error) {
	return []Frame{
		overSlices(&a.layout, "activity", "a.u.", "mean over units, then over images; 95 % t interval over images", 1, a.mean),
		overSlices(&a.layout, "active units", "%", "units above threshold, then mean over images; 95 % t interval over images", 100, a.active),
	}, nil
}
