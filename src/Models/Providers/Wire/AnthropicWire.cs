using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Models.Providers.Wire;

/// <summary>Anthropic's messages, as their API reference has them (version 2023-06-01). Pure.</summary>
internal sealed class AnthropicWire : IWire
{
    // It asks how long an answer may be.
    private const int LongestAnswer = 4096;

    public string Name => "anthropic";

    public string Path => "messages";

    public bool IsEventStream => true;

    public IReadOnlyList<(string Name, string Value)> Headers { get; } = [("anthropic-version", "2023-06-01")];

    public (string Name, string Value) Key(string key) => ("x-api-key", key);

    public void Write(Utf8JsonWriter json, Upstream upstream, IReadOnlyList<ChatMessage> messages, ChatOptions options)
    {
        var all = WireJson.All(messages, options).ToList();
        json.WriteStartObject();
        json.WriteString("model", upstream.Model);
        json.WriteNumber("max_tokens", options.MaxOutputTokens ?? LongestAnswer);
        json.WriteBoolean("stream", true);
        var system = string.Join("\n\n", all.Where(m => m.Role == ChatRole.System).Select(WireJson.TextOf).Append(Format(options.ResponseFormat)).Where(text => text.Length > 0));
        if (system.Length > 0) json.WriteString("system", system);
        WriteMessages(json, all);
        // What is the default is left out: newer models take one of the two alone.
        json.Write("temperature", WireJson.Unless(options.Temperature, 1));
        json.Write("top_p", WireJson.Unless(options.TopP, 1));
        json.Write("top_k", options.TopK is > 0 and var most ? (long?)most : null);
        json.Write("stop_sequences", options.StopSequences);
        WriteTools(json, options);
        json.WriteEndObject();
    }

    public IEnumerable<WireDelta> Read(string data)
    {
        using var document = JsonDocument.Parse(data);
        var root = document.RootElement;
        var index = (int)(root.Number("index") ?? 0);
        switch (root.Text("type"))
        {
            case "message_start":
                var begun = root.Get("message").Get("usage");
                // What was read from the cache, and what was put there, stands beside the rest.
                var (cached, made) = (begun.Number("cache_read_input_tokens") ?? 0, begun.Number("cache_creation_input_tokens") ?? 0);
                yield return new WireDelta { Usage = new WireUsage(begun.Number("input_tokens") + cached + made, cached, begun.Number("output_tokens")) };
                break;
            case "content_block_start" when root.Get("content_block") is var block && block.Text("type") == "tool_use":
                yield return new WireDelta { Call = new CallPart(index, block.Text("id"), block.Text("name"), "") };
                break;
            case "content_block_start":
                if (root.Get("content_block").Text("text") is { Length: > 0 } first) yield return new WireDelta { Text = first };
                break;
            case "content_block_delta":
                var delta = root.Get("delta");
                if (delta.Text("text") is { Length: > 0 } text) yield return new WireDelta { Text = text };
                if (delta.Text("thinking") is { Length: > 0 } thinking) yield return new WireDelta { Reasoning = thinking };
                if (delta.Text("partial_json") is { Length: > 0 } part) yield return new WireDelta { Call = new CallPart(index, null, null, part) };
                break;
            case "message_delta":
                yield return new WireDelta { Usage = new WireUsage(null, null, root.Get("usage").Number("output_tokens")), Finish = Finish(root.Get("delta").Text("stop_reason")) };
                break;
            case "message_stop":
                yield return new WireDelta { IsEnd = true };
                break;
            case "error":
                yield return new WireDelta { Fault = WireJson.Fault(root) ?? new WireFault("", "") };
                break;
        }
    }

    private static string? Finish(string? reason) => reason switch
    {
        null => null,
        "max_tokens" or "model_context_window_exceeded" => "length",
        "tool_use" => "tool_calls",
        "refusal" => "content_filter",
        _ => "stop",
    };

    // It has no field for it.
    private static string Format(ChatResponseFormat? format) => format is not ChatResponseFormatJson json ? ""
        : json.Schema is { } schema ? $"Answer with one JSON document that follows this schema, and nothing else: {schema.GetRawText()}" : "Answer with one JSON document and nothing else.";

    private static void WriteMessages(Utf8JsonWriter json, List<ChatMessage> all)
    {
        json.WriteStartArray("messages");
        string? role = null;
        foreach (var message in all.Where(m => m.Role != ChatRole.System && m.Contents.Any(IsTold)))
        {
            // They take turns: what follows each other in one role is one message. Results of tools are the user's.
            var mine = message.Role == ChatRole.Assistant ? "assistant" : "user";
            if (mine != role)
            {
                if (role is not null) End(json);
                // The user begins.
                if (role is null && mine == "assistant")
                {
                    Begin(json, "user");
                    WriteText(json, "…");
                    End(json);
                }
                Begin(json, mine);
                role = mine;
            }
            foreach (var content in message.Contents) Write(json, content);
        }
        if (role is not null) End(json);
        json.WriteEndArray();

        static void Begin(Utf8JsonWriter json, string role)
        {
            json.WriteStartObject();
            json.WriteString("role", role);
            json.WriteStartArray("content");
        }

        static void End(Utf8JsonWriter json)
        {
            json.WriteEndArray();
            json.WriteEndObject();
        }
    }

    // An empty text is refused.
    private static bool IsTold(AIContent content) => content is TextContent { Text.Length: > 0 } or FunctionCallContent or FunctionResultContent or DataContent or UriContent;

    private static void WriteText(Utf8JsonWriter json, string text)
    {
        json.WriteStartObject();
        json.WriteString("type", "text");
        json.WriteString("text", text);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, AIContent content)
    {
        if (!IsTold(content)) return;
        if (content is TextContent text)
        {
            WriteText(json, text.Text);
            return;
        }
        json.WriteStartObject();
        switch (content)
        {
            case FunctionCallContent call:
                json.WriteString("type", "tool_use");
                json.WriteString("id", call.CallId);
                json.WriteString("name", call.Name);
                json.WritePropertyName("input");
                json.WriteRawValue(WireJson.Arguments(call));
                break;
            case FunctionResultContent result:
                json.WriteString("type", "tool_result");
                json.WriteString("tool_use_id", result.CallId);
                json.WriteString("content", WireJson.Result(result));
                break;
            case DataContent data:
                json.WriteString("type", "image");
                json.WriteStartObject("source");
                json.WriteString("type", "base64");
                json.WriteString("media_type", data.MediaType);
                json.WriteBase64String("data", data.Data.Span);
                json.WriteEndObject();
                break;
            case UriContent link:
                json.WriteString("type", "image");
                json.WriteStartObject("source");
                json.WriteString("type", "url");
                json.WriteString("url", link.Uri.ToString());
                json.WriteEndObject();
                break;
        }
        json.WriteEndObject();
    }

    private static void WriteTools(Utf8JsonWriter json, ChatOptions options)
    {
        var tools = WireJson.Tools(options);
        if (tools.Count == 0) return;
        json.WriteStartArray("tools");
        foreach (var tool in tools)
        {
            json.WriteStartObject();
            json.WriteString("name", tool.Name);
            json.WriteString("description", tool.Description);
            json.Write("input_schema", tool.JsonSchema);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (options.ToolMode is not RequiredChatToolMode && options.AllowMultipleToolCalls is not false) return;
        var required = options.ToolMode as RequiredChatToolMode;
        json.WriteStartObject("tool_choice");
        json.WriteString("type", required is null ? "auto" : required.RequiredFunctionName is null ? "any" : "tool");
        if (required?.RequiredFunctionName is { } name) json.WriteString("name", name);
        if (options.AllowMultipleToolCalls is false) json.WriteBoolean("disable_parallel_tool_use", true);
        json.WriteEndObject();
    }
}
