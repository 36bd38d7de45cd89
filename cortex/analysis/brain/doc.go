// Package brain reads what was measured of brains: dissimilarities of images, or responses
// of units to them, by time. It knows files and their images, not what they are compared
// with.
package brain
