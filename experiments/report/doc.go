// Package report shows runs: it reads the folder of a run and makes its tables,
// figures and page. It needs no engine, no graph and no images, so that a run is
// drawn while another process trains it, or after it was copied elsewhere.
package report
