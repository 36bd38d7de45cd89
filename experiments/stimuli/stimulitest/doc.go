// Package stimulitest tries data sets: what every one of them promises, from its
// settings to batches.
package stimulitest

import (
	"testing"

	"ventral/experiments/stimuli"
)

// Register adds a data set for the time of a test.
func Register(t *testing.T, s stimuli.Set) {
	t.Helper()
	t.Cleanup(stimuli.Register(s))
}

// Conform tries a data set on the images that its Small makes.
func Conform(t *testing.T, s stimuli.Set) {
	settings(t, s)
	here := open(t, s, t.TempDir())
	t.Run("images", func(t *testing.T) { images(t, here) })
	t.Run("range", func(t *testing.T) { outOfRange(t, here) })
	there := open(t, s, t.TempDir())
	t.Run("again", func(t *testing.T) { again(t, here, there) })
	t.Run("told", func(t *testing.T) { told(t, here, there) })
	t.Run("larger", func(t *testing.T) { larger(t, here) })
	t.Run("cached", func(t *testing.T) { cached(t, here) })
	t.Run("batches", func(t *testing.T) { batches(t, here) })
	t.Run("files", func(t *testing.T) { files(t, s) })
}
