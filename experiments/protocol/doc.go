// Package protocol says what a cortex sees at each step of a trial. A data set holds
// images; a protocol shows them: for how long, at which contrast, under which noise,
// behind what, with which mask after them.
//
// A [Protocol] is read from a table of an experiment file. Where its values are lists
// it has several conditions. A [Show] lays conditions out over the steps of an
// experiment: which frames a program needs ([Show.Screen]), and how each is made of
// the images of a trial. A [Loader] makes batches of them.
//
// Everything random is a function of the seed of the stimuli, the split, the image,
// the epoch, the repeat, the item of the protocol and the step; so a trial is the same
// in every run and for any number of workers.
package protocol
