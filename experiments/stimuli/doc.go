// Package stimuli delivers images with labels, whether they are read from files or
// generated. The data sets themselves are in package sets.
//
// A [Kind] is the settings of one sort of data set, made by [New] with every
// default filled in; [Kind.Describe] tells shape, classes and counts, which may
// come from files, and [Kind.Open] gives its [Data]. A [Loader] turns one split
// into batches that are normalised ([Normaliser]) and augmented ([Augment]):
//
//	kind, err := stimuli.New("digits")
//	data, err := kind.Open(stimuli.Env{Seed: 1})
//	normalise, err := stimuli.NewNormaliser("mean-std", data)
//	loader := stimuli.NewLoader(data, stimuli.Train, stimuli.LoaderOptions{
//		Batch: 100, Seed: 1, Shuffle: true, Normalise: normalise,
//	})
//	err = loader.Images(batch, 0, images)
//	err = loader.Labels(batch, 0, labels)
//
// Package train makes batches ahead of their use.
//
// Everything random is a pure function of a seed and of numbers that say what
// it is for (split and image, epoch, batch): not of the number of workers, nor
// of what was asked for before.
//
// To add a data set, write a struct that is a [Kind] in a file of package sets and
// enter its [Set] in sets.go. Package stimulitest tries it.
package stimuli
