// Package lesioned shows a trained cortex with lesions: it gives lesions what they take
// from the intact cortex, and makes the control that removes as much drive at random.
package lesioned
