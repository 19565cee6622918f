package llm

import (
	"math"
	"time"
)

// Usage counts the tokens that a model read and wrote.
type Usage struct {
	InputTokens, OutputTokens int64
}

// bounded is a count as it can be kept: a server may say anything.
func (u Usage) bounded() Usage {
	const most = 1e12
	return Usage{min(max(0, u.InputTokens), most), min(max(0, u.OutputTokens), most)}
}

// cost is the price of tokens in millionths of a dollar, rounded up: a price per million tokens in dollars is the price of
// one token in millionths.
func (o Options) cost(u Usage) int64 {
	const most = 1e15
	return int64(min(most, math.Ceil(float64(u.InputTokens)*o.PriceIn+float64(u.OutputTokens)*o.PriceOut)))
}

// Call is one request to a model, however it ended.
type Call struct {
	Provider     Provider
	Model        string
	Outcome      Outcome
	Duration     time.Duration
	Usage        Usage // of a request that broke off, what the server had counted until then
	CostMicroUSD int64 // what the tokens cost at the configured prices, in millionths of a US dollar
}

// Outcome says how a request ended.
type Outcome string

// The outcomes of a request.
const (
	Answered  Outcome = "answered"  // with an answer
	Malformed Outcome = "malformed" // with something that does not, or broken off
	Declined  Outcome = "declined"  // the model or its server will not have the document
	Limited   Outcome = "limited"   // too many requests, or overloaded
	Refused   Outcome = "refused"   // the key, the model's name or the request is wrong
	Failed    Outcome = "failed"    // the server failed or could not be reached
	Cut       Outcome = "cut"       // our time was over
)
