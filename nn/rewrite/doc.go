// Package rewrite makes programs of programs, once their gradients are written:
// without what nothing reads, with less memory, with rounded operands. Every
// engine gives the same meaning to what comes out.
package rewrite
