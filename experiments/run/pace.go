package run

// pace is how fast a process carries a run out, for the estimate of what is left
// of it. Times are in seconds.
type pace struct {
	images, training float64 // what was trained on, and how long that took
	ends, ending     float64 // epochs that ended; their validation and checkpoints
}

// left is how long a run takes from here: images to train on, ends of epochs
// with images of validation each, then the test. An answer
// without a gradient is taken for a third of a training batch, until an epoch has
// ended. It is 0 before the first batch.
func (p *pace) left(images, ends, validation, test int) float64 {
	if p.images == 0 {
		return 0
	}
	image := p.training / p.images
	end := float64(validation) * image / 3
	if p.ends > 0 {
		end = p.ending / p.ends
	}
	return float64(images)*image + float64(ends)*end + float64(test)*image/3
}
