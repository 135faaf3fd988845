using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Models.Providers.Wire;

/// <summary>Ollama's chat (docs/api.md and api/types.go of github.com/ollama/ollama). Pure.</summary>
internal sealed class OllamaWire : IWire
{
    public string Name => "ollama";

    public string Path => "api/chat";

    public bool IsEventStream => false;

    public IReadOnlyList<(string Name, string Value)> Headers => [];

    // It asks for none itself; a proxy before it does.
    public (string Name, string Value) Key(string key) => ("Authorization", $"Bearer {key}");

    /// <exception cref="ProviderException">A picture is given by its address, and this wire takes pictures themselves alone.</exception>
    public void Write(Utf8JsonWriter json, Upstream upstream, IReadOnlyList<ChatMessage> messages, ChatOptions options)
    {
        if (messages.Any(message => message.Contents.Any(content => content is UriContent)))
            throw new ProviderException(UpstreamFault.BadRequest, $"{upstream.Name} speaks Ollama's wire, which takes a picture itself and not its address. Send the picture as data.") { NeverSent = true };
        json.WriteStartObject();
        json.WriteString("model", upstream.Model);
        json.WriteBoolean("stream", true);
        json.WriteStartArray("messages");
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var message in WireJson.All(messages, options)) Write(json, message, names);
        json.WriteEndArray();
        WireJson.WriteTools(json, options);
        if (options.ResponseFormat is ChatResponseFormatJson format)
        {
            if (format.Schema is { } schema) json.Write("format", schema);
            else json.WriteString("format", "json");
        }
        json.WriteStartObject("options");
        json.WriteNumber("num_ctx", upstream.Window);
        json.Write("num_predict", (long?)options.MaxOutputTokens);
        json.Write("temperature", options.Temperature);
        json.Write("top_p", options.TopP);
        json.Write("top_k", (long?)options.TopK);
        json.Write("presence_penalty", options.PresencePenalty);
        json.Write("frequency_penalty", options.FrequencyPenalty);
        json.Write("seed", options.Seed);
        json.Write("stop", options.StopSequences);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public IEnumerable<WireDelta> Read(string data)
    {
        using var document = JsonDocument.Parse(data);
        var root = document.RootElement;
        if (WireJson.Fault(root) is { } fault) yield return new WireDelta { Fault = fault };
        var message = root.Get("message");
        if (message.Text("thinking") is { Length: > 0 } thinking) yield return new WireDelta { Reasoning = thinking };
        if (message.Text("content") is { Length: > 0 } text) yield return new WireDelta { Text = text };
        foreach (var call in message.Items("tool_calls"))
        {
            var function = call.Get("function");
            // Whole, and without an id: each is one of its own.
            yield return new WireDelta { Call = new CallPart(-1, $"call_{Guid.NewGuid():N}", function.Text("name"), function.Get("arguments") is { ValueKind: JsonValueKind.Object } arguments ? arguments.GetRawText() : "") };
        }
        if (root.Get("done").ValueKind != JsonValueKind.True) yield break;
        yield return new WireDelta { Usage = new WireUsage(root.Number("prompt_eval_count"), null, root.Number("eval_count")), Finish = root.Text("done_reason") == "length" ? "length" : "stop", IsEnd = true };
    }

    private static void Write(Utf8JsonWriter json, ChatMessage message, Dictionary<string, string> names)
    {
        var calls = message.Contents.OfType<FunctionCallContent>().ToList();
        foreach (var call in calls) names[call.CallId] = call.Name;
        var results = message.Contents.OfType<FunctionResultContent>().ToList();
        foreach (var result in results)
        {
            json.WriteStartObject();
            json.WriteString("role", "tool");
            json.WriteString("content", WireJson.Result(result));
            if (names.TryGetValue(result.CallId, out var name)) json.WriteString("tool_name", name);
            json.WriteEndObject();
        }
        if (results.Count == message.Contents.Count && results.Count > 0) return;

        json.WriteStartObject();
        json.WriteString("role", message.Role.Value);
        json.WriteString("content", WireJson.TextOf(message));
        var images = message.Contents.OfType<DataContent>().ToList();
        if (images.Count > 0)
        {
            json.WriteStartArray("images");
            foreach (var image in images) json.WriteBase64StringValue(image.Data.Span);
            json.WriteEndArray();
        }
        if (calls.Count > 0)
        {
            json.WriteStartArray("tool_calls");
            foreach (var call in calls)
            {
                json.WriteStartObject();
                json.WriteStartObject("function");
                json.WriteString("name", call.Name);
                json.WritePropertyName("arguments");
                json.WriteRawValue(WireJson.Arguments(call));
                json.WriteEndObject();
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }
}
