package stimuli

import "strconv"

// Split is one of the three disjoint parts of a data set.
type Split int

// The parts of a data set: weights are learnt from Train; choices, such as
// that of the best epoch, are made on Validation; Test is read once.
const (
	Train Split = iota
	Validation
	Test
	splits = 3
)

// String returns "train", "validation" or "test".
func (s Split) String() string {
	switch s {
	case Train:
		return "train"
	case Validation:
		return "validation"
	case Test:
		return "test"
	}
	return "Split(" + strconv.Itoa(int(s)) + ")"
}

// Data is an opened data set. Its methods may be called concurrently and
// always give the same answer to the same question. A split other than the
// three, an index outside 0 … Len-1 and a destination of the wrong length
// panic.
type Data interface {
	// Shape returns height and width in pixels, and channels.
	Shape() [3]int

	// Classes returns the names of the classes in label order.
	Classes() []string

	// Targets returns how many classes are true of an image: 1 where labels
	// are one-hot (softmax, decided by the largest output), n > 1 where they
	// are multi-hot with n ones (sigmoid, decided by the n largest).
	Targets() int

	// Len returns the number of images in a split.
	Len(Split) int

	// Image writes image i in the order y, x, channel, with values 0 … 1.
	// The length of dst is height·width·channels.
	Image(s Split, i int, dst []float32)

	// Label writes 1 for each class that is true of image i and 0 for the
	// others. The length of dst is len(Classes()).
	Label(s Split, i int, dst []float32)

	// Hashes returns the SHA-256 in hexadecimal of what the data was made
	// from, by name: of each file, or of each generated split.
	Hashes() map[string]string
}
