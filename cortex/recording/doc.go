// Package recording stores what every area of a cortex does at every time
// slice, and describes the cortex well enough to draw it without an engine.
//
// A trace is one npz file, an uncompressed zip of npy arrays that numpy.load
// opens. Arrays are little-endian and in C order:
//
//	activity  float32 [image, slice, y, x, channel]   NaN before onset
//	slice     int64   [slice]
//	image_id  int64   [image]
//	label     int64   [image]
//	area      text    []
//	signal    text    []                              such as "response"
//	onset     int64   []                              first slice with a number, -1 none
//	format    int64   []                              1
//
// Nothing here opens a file, reads the clock or the environment: the caller
// gives an io.Writer or an io.ReaderAt.
package recording

// Format is the number written into every file. A reader refuses others.
const Format = 1
