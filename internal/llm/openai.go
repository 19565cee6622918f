package llm

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/packages/param"
	"github.com/openai/openai-go/v3/packages/ssestream"
	"github.com/openai/openai-go/v3/shared"
)

// openAIAPI asks a model behind OpenAI's chat completions: OpenAI's own, or one on a server that speaks the same. It is shown
// pictures of the pages, or their words, and answers in a JSON schema.
type openAIAPI struct {
	completions openai.ChatCompletionService
	model       string
	own         bool // OpenAI itself, whose newer models refuse what other servers need
}

func newOpenAI(o Options) *openAIAPI {
	options := []option.RequestOption{option.WithEnvironmentProduction(), option.WithHTTPClient(newClient()), option.WithMaxRetries(0),
		option.WithAPIKey(o.Key.Reveal())}
	if o.URL != "" {
		options = append(options, option.WithBaseURL(o.URL))
	}
	return &openAIAPI{completions: openai.NewChatCompletionService(options...), model: o.Model, own: o.URL == ""}
}

func (a *openAIAPI) params(q question) openai.ChatCompletionNewParams {
	var content []openai.ChatCompletionContentPartUnionParam
	if len(q.pictures) == 0 {
		content = append(content, openai.TextContentPart(wordsRequest+"\n====\n"+fenced(q.words)+"\n===="))
	} else {
		for _, picture := range q.pictures {
			content = append(content, openai.ImageContentPart(openai.ChatCompletionContentPartImageImageURLParam{
				URL: "data:" + http.DetectContentType(picture) + ";base64," + base64.StdEncoding.EncodeToString(picture), Detail: "high"}))
		}
		content = append(content, openai.TextContentPart(request))
	}
	p := openai.ChatCompletionNewParams{
		Model:    a.model,
		Messages: []openai.ChatCompletionMessageParamUnion{openai.SystemMessage(instructions), openai.UserMessage(content)},
		ResponseFormat: openai.ChatCompletionNewParamsResponseFormatUnion{OfJSONSchema: &shared.ResponseFormatJSONSchemaParam{
			JSONSchema: shared.ResponseFormatJSONSchemaJSONSchemaParam{Name: toolName, Strict: param.NewOpt(true),
				Description: param.NewOpt(toolDescription), Schema: answerSchema()}}},
		StreamOptions: openai.ChatCompletionStreamOptionsParam{IncludeUsage: param.NewOpt(true)},
	}
	if a.own {
		p.MaxCompletionTokens = param.NewOpt[int64](maxTokens)
	} else {
		p.MaxTokens = param.NewOpt[int64](maxTokens)
		p.Temperature = param.NewOpt(0.0)
	}
	return p
}

// fenced keeps the words of a page from looking like the line that ends them.
func fenced(words string) string { return strings.ReplaceAll(words, "====", "= = = =") }

// ask implements asker.
func (a *openAIAPI) ask(ctx context.Context, q question) (json.RawMessage, Usage, error) {
	stream := a.completions.NewStreaming(ctx, a.params(q))
	defer func() { _ = stream.Close() }() // whatever closing says, the answer is read or the request has failed
	var content strings.Builder
	var used Usage
	finish, refusal := "", ""
	for stream.Next() {
		chunk := stream.Current()
		if chunk.Usage.PromptTokens > 0 || chunk.Usage.CompletionTokens > 0 {
			used = Usage{chunk.Usage.PromptTokens, chunk.Usage.CompletionTokens}
		}
		for _, choice := range chunk.Choices {
			if choice.Index != 0 {
				continue
			}
			content.WriteString(choice.Delta.Content)
			refusal += choice.Delta.Refusal
			if choice.FinishReason != "" {
				finish = choice.FinishReason
			}
		}
	}
	if err := stream.Err(); err != nil {
		return nil, used, openAIFailure(err)
	}
	switch {
	case refusal != "", finish == "content_filter":
		return nil, used, declined("the model refused")
	case finish == "length":
		return nil, used, &malformed{"it is longer than the model may answer"}
	case finish == "":
		return nil, used, &malformed{"its stream ended early"}
	}
	return json.RawMessage(content.String()), used, nil
}

// openAIFailure puts an error of the SDK into our words. Errors of the network pass.
func openAIFailure(err error) error {
	var api *openai.Error
	if errors.As(err, &api) {
		f := &failure{status: api.StatusCode, kind: api.Code, message: api.Message}
		if f.kind == "" {
			f.kind = api.Type
		}
		if f.message == "" {
			f.message = api.RawJSON()
		}
		if api.Response != nil {
			f.request = api.Response.Header.Get("X-Request-Id")
			f.retryAfter = retryAfter(api.Response.Header, time.Now())
		}
		return f
	}
	var broken *ssestream.StreamError
	if errors.As(err, &broken) {
		var event struct {
			Error struct {
				Code    any    `json:"code"`
				Type    string `json:"type"`
				Message string `json:"message"`
			} `json:"error"`
		}
		if json.Unmarshal(broken.Event.Data, &event) != nil {
			return &failure{status: http.StatusInternalServerError}
		}
		f := &failure{status: http.StatusInternalServerError, kind: event.Error.Type, message: event.Error.Message}
		switch code := event.Error.Code.(type) {
		case string:
			f.kind = code
		case float64:
			f.status = int(code)
		}
		return f
	}
	return streamFault(err)
}
