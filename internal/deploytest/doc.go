// Package deploytest shows what operating certflow promises, on real processes: that a rolling restart refuses nobody and loses nothing,
// that a review ends on the build that began it, that keys end everywhere at once, that a backup restores to the same answers, and that the
// binary of the last release runs on the present schema. There is nothing in it but tests.
package deploytest
