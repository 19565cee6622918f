// Package webhook holds what it takes to tell a client's server about an event
// (CONTRACT §7): Sign and Verify for the two signatures, Guard for where a
// message may go, Sender for one try at sending it, Schedule and Decide for
// what follows from the answer, Limiter for how many tries run at once.
//
// Nothing here keeps state between tries: the attempts stand in the database,
// and the workflow that delivers asks these functions what to do next.
package webhook
