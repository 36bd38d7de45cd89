// Package generated holds the kinds of data sets whose images are made by the program,
// one a file. An image is a function of the seed, its split and its index, so that
// a smaller count gives the first images of a larger one.
package generated

import "ventral/experiments/stimuli"

// Sets are the kinds, which package sets registers.
var Sets = []stimuli.Set{
	digitsSet,
	gratingsSet,
	mazesSet,
	movingDigitsSet,
	pathfinderSet,
	shapesSet,
}
