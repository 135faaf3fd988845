using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Models.Providers.Wire;

/// <summary>OpenAI's chat completions, as their API reference has them, and as OpenRouter, DeepSeek, Groq, vLLM, llama-server, LM Studio and others speak them. Pure.</summary>
internal sealed class OpenAiWire : IWire
{
    public string Name => "openai";

    public string Path => "chat/completions";

    public bool IsEventStream => true;

    public IReadOnlyList<(string Name, string Value)> Headers => [];

    public (string Name, string Value) Key(string key) => ("Authorization", $"Bearer {key}");

    public void Write(Utf8JsonWriter json, Upstream upstream, IReadOnlyList<ChatMessage> messages, ChatOptions options)
    {
        json.WriteStartObject();
        json.WriteString("model", upstream.Model);
        json.WriteStartArray("messages");
        foreach (var message in WireJson.All(messages, options)) Write(json, message);
        json.WriteEndArray();
        json.WriteBoolean("stream", true);
        json.WriteStartObject("stream_options");
        json.WriteBoolean("include_usage", true);
        json.WriteEndObject();
        // OpenAI's own newer models refuse the older name; most others know no other.
        json.Write(upstream.Address.IdnHost == "api.openai.com" ? "max_completion_tokens" : "max_tokens", (long?)options.MaxOutputTokens);
        // What is the default is left out: reasoning models refuse the fields, whatever they say.
        json.Write("temperature", WireJson.Unless(options.Temperature, 1));
        json.Write("top_p", WireJson.Unless(options.TopP, 1));
        json.Write("presence_penalty", WireJson.Unless(options.PresencePenalty, 0));
        json.Write("frequency_penalty", WireJson.Unless(options.FrequencyPenalty, 0));
        json.Write("seed", options.Seed);
        json.Write("stop", options.StopSequences);
        WriteTools(json, options);
        WriteFormat(json, options.ResponseFormat);
        json.WriteEndObject();
    }

    public IEnumerable<WireDelta> Read(string data)
    {
        if (data == "[DONE]")
        {
            yield return new WireDelta { IsEnd = true };
            yield break;
        }
        using var document = JsonDocument.Parse(data);
        var root = document.RootElement;
        if (WireJson.Fault(root) is { } fault) yield return new WireDelta { Fault = fault };
        foreach (var choice in root.Items("choices"))
        {
            var delta = choice.Get("delta");
            // Not OpenAI's field but that of DeepSeek, vLLM and llama.cpp; OpenRouter has the other.
            if ((delta.Text("reasoning_content") ?? delta.Text("reasoning")) is { Length: > 0 } reasoning) yield return new WireDelta { Reasoning = reasoning };
            if ((delta.Text("content") ?? delta.Text("refusal")) is { Length: > 0 } text) yield return new WireDelta { Text = text };
            foreach (var call in delta.Items("tool_calls"))
            {
                var function = call.Get("function");
                yield return new WireDelta { Call = new CallPart((int)(call.Number("index") ?? 0), call.Text("id"), function.Text("name"), function.Text("arguments") ?? "") };
            }
            if (choice.Text("finish_reason") is { } finish) yield return new WireDelta { Finish = finish == "function_call" ? "tool_calls" : finish };
        }
        if (root.Get("usage") is { ValueKind: JsonValueKind.Object } usage)
            yield return new WireDelta { Usage = new WireUsage(usage.Number("prompt_tokens"), usage.Get("prompt_tokens_details").Number("cached_tokens"), usage.Number("completion_tokens")) };
    }

    private static void Write(Utf8JsonWriter json, ChatMessage message)
    {
        var results = message.Contents.OfType<FunctionResultContent>().ToList();
        foreach (var result in results)
        {
            json.WriteStartObject();
            json.WriteString("role", "tool");
            json.WriteString("tool_call_id", result.CallId);
            json.WriteString("content", WireJson.Result(result));
            json.WriteEndObject();
        }
        if (results.Count == message.Contents.Count && results.Count > 0) return;

        json.WriteStartObject();
        json.WriteString("role", message.Role.Value);
        var calls = message.Contents.OfType<FunctionCallContent>().ToList();
        if (message.Contents.Any(c => c is DataContent or UriContent)) WriteParts(json, message);
        else if (calls.Count > 0 && WireJson.TextOf(message).Length == 0) json.WriteNull("content");
        else json.WriteString("content", WireJson.TextOf(message));
        if (calls.Count > 0)
        {
            json.WriteStartArray("tool_calls");
            foreach (var call in calls)
            {
                json.WriteStartObject();
                json.WriteString("id", call.CallId);
                json.WriteString("type", "function");
                json.WriteStartObject("function");
                json.WriteString("name", call.Name);
                json.WriteString("arguments", WireJson.Arguments(call));
                json.WriteEndObject();
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void WriteParts(Utf8JsonWriter json, ChatMessage message)
    {
        json.WriteStartArray("content");
        foreach (var content in message.Contents)
        {
            if (content is not (TextContent or DataContent or UriContent)) continue;
            json.WriteStartObject();
            json.WriteString("type", content is TextContent ? "text" : "image_url");
            if (content is TextContent text) json.WriteString("text", text.Text);
            else
            {
                json.WriteStartObject("image_url");
                json.WriteString("url", content is DataContent data ? data.Uri : ((UriContent)content).Uri.ToString());
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteTools(Utf8JsonWriter json, ChatOptions options)
    {
        if (!WireJson.WriteTools(json, options)) return;
        if (options.AllowMultipleToolCalls is { } several) json.WriteBoolean("parallel_tool_calls", several);
        if (options.ToolMode is RequiredChatToolMode { RequiredFunctionName: { } name })
        {
            json.WriteStartObject("tool_choice");
            json.WriteString("type", "function");
            json.WriteStartObject("function");
            json.WriteString("name", name);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        else if (options.ToolMode is RequiredChatToolMode) json.WriteString("tool_choice", "required");
    }

    private static void WriteFormat(Utf8JsonWriter json, ChatResponseFormat? format)
    {
        if (format is not ChatResponseFormatJson wanted) return;
        json.WriteStartObject("response_format");
        json.WriteString("type", wanted.Schema is null ? "json_object" : "json_schema");
        if (wanted.Schema is { } schema)
        {
            json.WriteStartObject("json_schema");
            json.WriteString("name", wanted.SchemaName ?? "answer");
            json.Write("schema", schema);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }
}
