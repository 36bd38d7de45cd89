package stimuli

// Factored is data that tells more of its images than what is to be answered: where
// they are from, and how they were made.
type Factored interface {
	Data

	// Columns names what is told of every image. The first is "id", a name that no
	// other image of the data has, the same on every machine.
	Columns() []string

	// Factor returns what a column says of an image.
	Factor(s Split, image int, column string) (string, error)
}

// Windowed is data whose images may be larger than its shape, so that a part of one
// can be read at full detail.
type Windowed interface {
	Data

	// Size returns height and width of an image as it lies there.
	Size(s Split, image, frame int) (height, width int, err error)

	// ReadWindow is Read of a part of an image, scaled to the data's shape.
	ReadWindow(s Split, image, frame int, w Window, pixels []float32) error
}

// Window is a part of an image in its pixels: X ≤ x < X+Width, Y ≤ y < Y+Height.
type Window struct{ X, Y, Width, Height int }
