// Package bench times batches of an experiment.
package bench
