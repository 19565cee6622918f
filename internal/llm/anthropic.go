package llm

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/anthropics/anthropic-sdk-go/option"
	"github.com/anthropics/anthropic-sdk-go/packages/param"
)

// maxTokens bounds what a model writes: a certificate with several policies in every row takes some 6,000 tokens.
const maxTokens = 16_000

// anthropicAPI asks a model of Anthropic's. It is given the PDF itself, and answers by calling a tool whose input is the
// answer. Answers are streamed, so that a long one does not look like a dead connection.
type anthropicAPI struct {
	messages anthropic.MessageService
	model    string
}

func newAnthropic(o Options) *anthropicAPI {
	options := []option.RequestOption{option.WithEnvironmentProduction(), option.WithHTTPClient(newClient()), option.WithMaxRetries(0)}
	if o.URL != "" {
		options = append(options, option.WithBaseURL(o.URL))
	}
	if !o.Key.IsZero() {
		options = append(options, option.WithAPIKey(o.Key.Reveal()))
	}
	return &anthropicAPI{messages: anthropic.NewMessageService(options...), model: o.Model}
}

// ask implements asker.
func (a *anthropicAPI) ask(ctx context.Context, q question) (json.RawMessage, Usage, error) {
	params := a.params(q)
	raw, used, err := a.stream(ctx, params)
	var f *failure
	if errors.As(err, &f) && f.status == http.StatusBadRequest && strings.Contains(f.message, "tool_choice") {
		// A model that always thinks before it answers cannot be made to call a tool; it is asked to.
		params.ToolChoice = anthropic.ToolChoiceUnionParam{OfAuto: &anthropic.ToolChoiceAutoParam{}}
		return a.stream(ctx, params)
	}
	return raw, used, err
}

func (a *anthropicAPI) params(q question) anthropic.MessageNewParams {
	schema := answerSchema()
	var parts struct {
		Properties json.RawMessage `json:"properties"`
		Required   []string        `json:"required"`
	}
	if err := json.Unmarshal(schema, &parts); err != nil {
		parts.Properties = schema
	}
	return anthropic.MessageNewParams{
		Model:     a.model,
		MaxTokens: maxTokens,
		System:    []anthropic.TextBlockParam{{Text: instructions}},
		Messages: []anthropic.MessageParam{anthropic.NewUserMessage(
			anthropic.NewDocumentBlock(anthropic.Base64PDFSourceParam{Data: base64.StdEncoding.EncodeToString(q.pdf)}),
			anthropic.NewTextBlock(request),
		)},
		Tools: []anthropic.ToolUnionParam{{OfTool: &anthropic.ToolParam{
			Name: toolName, Description: param.NewOpt(toolDescription),
			InputSchema: anthropic.ToolInputSchemaParam{Properties: parts.Properties, Required: parts.Required,
				ExtraFields: map[string]any{"additionalProperties": false}},
		}}},
		ToolChoice: anthropic.ToolChoiceUnionParam{OfTool: &anthropic.ToolChoiceToolParam{
			Name: toolName, DisableParallelToolUse: param.NewOpt(true)}},
	}
}

// stream makes one request and puts its answer together.
func (a *anthropicAPI) stream(ctx context.Context, params anthropic.MessageNewParams) (json.RawMessage, Usage, error) {
	stream := a.messages.NewStreaming(ctx, params)
	defer func() { _ = stream.Close() }() // whatever closing says, the answer is read or the request has failed
	var message anthropic.Message
	whole := false
	for stream.Next() {
		event := stream.Current()
		if err := message.Accumulate(event); err != nil {
			return nil, used(message), &malformed{"its stream is out of order"}
		}
		whole = whole || event.Type == "message_stop"
	}
	if err := stream.Err(); err != nil {
		return nil, used(message), anthropicFailure(err)
	}
	if !whole {
		return nil, used(message), &malformed{"its stream ended early"}
	}
	switch message.StopReason {
	case anthropic.StopReasonRefusal:
		return nil, used(message), declined("the model refused")
	case anthropic.StopReasonMaxTokens, anthropic.StopReasonModelContextWindowExceeded:
		return nil, used(message), &malformed{"it is longer than the model may answer"}
	}
	var answers []json.RawMessage
	for _, block := range message.Content {
		if block.Type == "tool_use" && block.Name == toolName {
			answers = append(answers, block.Input)
		}
	}
	switch len(answers) {
	case 0:
		return nil, used(message), &malformed{"the model did not call its tool"}
	case 1:
		return answers[0], used(message), nil
	}
	return nil, used(message), &malformed{"the model called its tool more than once"}
}

// used counts all that was read, whether the provider had it cached or not.
func used(m anthropic.Message) Usage {
	return Usage{
		InputTokens:  m.Usage.InputTokens + m.Usage.CacheCreationInputTokens + m.Usage.CacheReadInputTokens,
		OutputTokens: m.Usage.OutputTokens,
	}
}

// anthropicFailure puts an error of the SDK into our words. Errors of the network pass, without the URL that they repeat.
func anthropicFailure(err error) error {
	var api *anthropic.Error
	if !errors.As(err, &api) {
		return streamFault(err)
	}
	f := &failure{status: api.StatusCode, kind: string(api.Type()), request: api.RequestID}
	var body struct {
		Error struct {
			Message string `json:"message"`
		} `json:"error"`
	}
	if json.Unmarshal([]byte(api.RawJSON()), &body) == nil {
		f.message = body.Error.Message
	}
	if api.Response != nil {
		f.retryAfter = retryAfter(api.Response.Header, time.Now())
	}
	return f
}
