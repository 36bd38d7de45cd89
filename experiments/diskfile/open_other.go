//go:build !unix

package diskfile

// nonBlocking is nothing where opening never waits.
const nonBlocking = 0
