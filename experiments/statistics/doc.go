// Package statistics tests differences between groups of runs, and between two
// networks on the same images. It knows nothing of experiments.
//
// What is sampled decides what a test may claim. Groups of training runs
// (Welch, MaxStatistic) speak of a way to build and train networks; tests on
// images (McNemar, SignFlip, Bootstrap) speak of the two networks that answered
// them, and of no other seed.
package statistics
