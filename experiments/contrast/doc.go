// Package contrast reads differences of conditions, such as "intact - cut", and says of
// which conditions each is, by their names alone: before any of them is tested.
package contrast
