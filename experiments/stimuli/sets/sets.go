// Package sets holds the kinds of data sets that travel with the program, one a file.
// Who imports it can read them by [stimuli.New].
package sets

import "ventral/experiments/stimuli"

// all are the kinds that are registered here.
var all = []stimuli.Set{
	cifar100Set,
	cifar10Set,
	digitsSet,
	idxSet,
	npzSet,
}

func init() {
	for _, s := range all {
		stimuli.Register(s)
	}
}
