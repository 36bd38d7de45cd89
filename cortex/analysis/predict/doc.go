// Package predict maps the units of a model linearly to responses that were measured:
// partial least squares, and ridge regression. It knows numbers only.
package predict
