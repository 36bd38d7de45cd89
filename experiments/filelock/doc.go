// Package filelock takes the system's locks of open files, by which processes
// keep off each other's folders. A lock ends with its process, however that ends.
// Where a file system has none, the error is [errors.ErrUnsupported].
package filelock
