// Package chart draws frames by the names of their axes: curves over any quantity, points
// beside names, counts, maps, pictures, and one quantity against another. What has an
// axis of areas gets a panel, or a colour, for each.
package chart
