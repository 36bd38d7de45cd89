// Package sets holds the kinds of data sets that are read from files, one a file, and
// registers them and those of package generated. Who imports it can read them by
// [stimuli.New].
package sets

import (
	"slices"

	"ventral/experiments/stimuli"
	"ventral/experiments/stimuli/files"
	"ventral/experiments/stimuli/generated"
)

// all are the kinds of this package.
var all = []stimuli.Set{
	cifar100Set,
	cifar10Set,
	idxSet,
	moviesSet,
	npzSet,
}

func init() {
	for _, s := range slices.Concat(all, files.Sets, generated.Sets) {
		stimuli.Register(s)
	}
}
