// Package filelock takes the system's locks of open files, by which processes
// keep off each other's folders. A lock ends with its process, however that ends.
// Where a file system has none, the error is [errors.ErrUnsupported].
package filelock

// Lock takes the lock of an open file, alone or with others that share it, without
// waiting: [ErrBusy] where another holds it. It lasts until the file is closed.
// Tests put a file system without locks in its place.
var Lock = lock

// Opened reports whether a file could not be renamed, replaced or removed because
// it was open, as on systems where whoever reads it is in the way. Tests put
// another in its place.
var Opened = opened
