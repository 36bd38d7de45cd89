// Package recording stores what every area of a cortex does at every time
// step, and describes the cortex well enough to draw it without an engine.
//
// A trace is one npz file, an uncompressed zip of npy arrays that numpy.load
// opens. Arrays are little-endian and in C order:
//
//	activity  float32 [image, step, y, x, channel]   NaN before onset
//	step      int64   [step]
//	image_id  int64   [image]
//	label     int64   [image]
//	area      text    []
//	signal    text    []                              such as "response"
//	onset     int64   []                              first step with a number, -1 none
//	format    int64   []                              2
//	part, port  text  [part]                          of the signal "drive": what arrives from
//	                                                  where, and at which port; the channels are
//	                                                  those of each part, one after the other
//
// Nothing here opens a file, reads the clock or the environment: the caller
// gives an io.Writer or an io.ReaderAt.
package recording

import "fmt"

// Format is the number written into every file. A reader refuses others.
const Format = 2

// CheckFormat returns an error that says what to do where a file has a format
// that this version does not read.
func CheckFormat(found int) error {
	if found == Format {
		return nil
	}
	return fmt.Errorf("format = %d: this version reads format %d; record again, or read the file with the version that wrote it", found, Format)
}
