// Package rundir keeps the folder of a run: every file is written whole or not at
// all, one process works in it at a time, and a file that was damaged is refused.
package rundir
