package protocol

import "ventral/experiments/stimuli"

// Judged returns which image of the split the label of a trial is that of, of an image of
// a batch: the image itself, or another one of the trial that the protocol names. An
// error is a *[stimuli.ReadError].
func (l *Loader) Judged(batch, image int) (int, error) {
	t := l.trial(batch, image)
	i, err := l.index(t, int(l.show.answers[0][l.condition(t)].image))
	if err != nil {
		return 0, &stimuli.ReadError{Split: l.split, Image: image, Err: err}
	}
	return i, nil
}
