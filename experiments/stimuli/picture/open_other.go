//go:build !unix

package picture

// nonBlocking is nothing where opening never waits.
const nonBlocking = 0
