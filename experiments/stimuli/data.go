package stimuli

import "fmt"

// Data is an opened data set. Its methods may be called concurrently and always
// give the same answer to the same question. What a caller can ask wrongly, a
// split, an image, a frame or a target that is not there, is an error, as
// [Description.InRange] says it. A step of the wrong length panics.
//
// Files may be read while images are asked for: an error of one names it.
type Data interface {
	// Description tells what the data holds. It is that of the kind with the
	// same settings; a caller may change what it is given.
	Description() Description

	// Read writes a frame of an image in the order y, x, channel, with values
	// 0 … 1. The length of pixels is that of Description().Shape.
	Read(s Split, image, frame int, pixels []float32) error

	// Target writes what is to be answered to a frame of an image, in the order
	// y, x, value. The length of values is that of the target's Shape.
	Target(s Split, image, frame int, name string, values []float32) error

	// Hashes returns the SHA-256 in hexadecimal of what the data was made
	// from, by name: of each file, or of each generated split. A file's name is
	// its path below the folder that the settings name.
	Hashes() map[string]string
}

// ReadError is an image, or what is to be answered to it, that could not be read.
type ReadError struct {
	Split Split
	Image int
	Err   error // names the file, if there is one
}

// Error implements error.
func (e *ReadError) Error() string {
	return fmt.Sprintf("stimuli: %v image %d: %v", e.Split, e.Image, e.Err)
}

// Unwrap returns Err.
func (e *ReadError) Unwrap() error { return e.Err }

// Classes writes 1 into label for each class that is true of an image and 0 for
// the others, and returns the class, -1 where several are true. An error is a
// *ReadError.
func Classes(d Data, s Split, image int, label []float32) (int, error) {
	if err := d.Target(s, image, 0, Label, label); err != nil {
		return -1, &ReadError{s, image, err}
	}
	return ClassIn(label), nil
}

// ClassIn returns the class that is true in a label, -1 where none or several are.
func ClassIn(label []float32) int {
	class := -1
	for k, v := range label {
		if v != 0 {
			if class >= 0 {
				return -1
			}
			class = k
		}
	}
	return class
}

// LabelsOf writes the labels of count images from the first on, in the order image,
// class. An error is a *ReadError.
func LabelsOf(d Data, s Split, first, count int, labels []float32) error {
	classes := len(d.Description().Label().Classes)
	for i := range count {
		if err := d.Target(s, first+i, 0, Label, labels[i*classes:(i+1)*classes]); err != nil {
			return &ReadError{s, first + i, err}
		}
	}
	return nil
}
