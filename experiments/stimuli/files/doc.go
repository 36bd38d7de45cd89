// Package files holds the kinds of data sets whose images are files of pictures: in
// folders, or named by a table.
//
// A kind lists its files when it is described, and decodes them when they are read, or
// once for all into a pack of the cache. What a file holds is known by its SHA-256,
// which is kept in the cache with the size and the time of the file, so that it is
// computed once.
package files

import "ventral/experiments/stimuli"

// Sets are the kinds of this package.
var Sets = []stimuli.Set{
	folderSet,
	tableSet,
}
