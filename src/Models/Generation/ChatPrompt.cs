using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Models.Tokens;

namespace Models.Generation;

/// <summary>Turns a conversation into prompt tokens by a model's chat template.</summary>
public static class ChatPrompt
{
    /// <summary>Begins the other side's line in <see cref="PlainTranscript"/>; the answer ends where the model would write it.</summary>
    internal const string PlainUserTurn = "\nUser:";

    /// <summary>The prompt's text, ready for the assistant's answer.</summary>
    public static string Render(
        ILanguageModel model, IEnumerable<ChatMessage> messages, IReadOnlyList<AIFunctionDeclaration> tools, ChatOptions? options) =>
        Render(model.ChatTemplate, model.Tokenizer, messages, tools, options);

    /// <summary>The prompt's text for a model that is not loaded: its chat template, where it has one, and its tokenizer are enough.</summary>
    public static string Render(
        ChatTemplate? chatTemplate, Tokenizer tokenizer, IEnumerable<ChatMessage> messages, IReadOnlyList<AIFunctionDeclaration> tools, ChatOptions? options)
    {
        if (options?.Instructions is { Length: > 0 } instructions) messages = messages.Prepend(new ChatMessage(ChatRole.System, instructions));
        if (chatTemplate is not { } template) return PlainTranscript(messages);

        var variables = new JsonObject
        {
            ["messages"] = new JsonArray([.. messages.SelectMany(ToTemplateMessages)]),
            ["tools"] = tools.Count > 0 ? new JsonArray([.. tools.Select(ToTemplateTool)]) : null,
            ["add_generation_prompt"] = true,
            ["bos_token"] = tokenizer.BosToken is { } bos ? tokenizer.GetToken(bos) : "",
            ["eos_token"] = tokenizer.EosToken is { } eos ? tokenizer.GetToken(eos) : "",
        };
        if (options?.AdditionalProperties?.TryGetValue(ChatOptionKeys.TemplateVariables, out JsonObject? extra) == true)
            foreach (var (name, value) in extra!) variables[name] = value?.DeepClone();
        return template.Render(variables);
    }

    /// <summary>The tokens of a rendered prompt. A template writes BOS itself where the model wants one.</summary>
    public static int[] Encode(ILanguageModel model, string prompt) => model.Tokenizer.Encode(prompt, addSpecialTokens: model.ChatTemplate is null);

    /// <summary>For a model that was never taught to chat: the conversation as plain text.</summary>
    private static string PlainTranscript(IEnumerable<ChatMessage> messages)
    {
        var text = new StringBuilder();
        foreach (var message in messages)
        {
            if (message.Role == ChatRole.System) text.Append(message.Text).Append('\n');
            else text.Append(message.Role == ChatRole.Assistant ? "\nAssistant: " : PlainUserTurn + " ").Append(message.Text);
        }
        return text.Append("\nAssistant:").ToString().TrimStart('\n');
    }

    private static IEnumerable<JsonNode> ToTemplateMessages(ChatMessage message)
    {
        foreach (var result in message.Contents.OfType<FunctionResultContent>())
            yield return new JsonObject { ["role"] = "tool", ["content"] = ToText(result.Result), ["tool_call_id"] = result.CallId };
        if (message.Role == ChatRole.Tool && message.Contents.All(c => c is FunctionResultContent)) yield break;

        var json = new JsonObject { ["role"] = message.Role.Value, ["content"] = message.Text };
        var reasoning = string.Concat(message.Contents.OfType<TextReasoningContent>().Select(r => r.Text));
        if (reasoning.Length > 0) json["reasoning_content"] = reasoning;
        var calls = message.Contents.OfType<FunctionCallContent>().Select(ToTemplateCall).ToArray();
        if (calls.Length > 0) json["tool_calls"] = new JsonArray(calls);
        yield return json;
    }

    private static JsonNode ToTemplateCall(FunctionCallContent call)
    {
        var arguments = new JsonObject();
        foreach (var (name, value) in call.Arguments ?? new Dictionary<string, object?>()) arguments[name] = ToNode(value);
        return new JsonObject
        {
            ["id"] = call.CallId,
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = arguments },
        };
    }

    private static JsonNode ToTemplateTool(AIFunctionDeclaration tool) => new JsonObject
    {
        ["type"] = "function",
        ["function"] = new JsonObject
        {
            ["name"] = tool.Name,
            ["description"] = tool.Description,
            ["parameters"] = JsonNode.Parse(tool.JsonSchema.GetRawText()),
        },
    };

    private static string ToText(object? value) => ToNode(value) switch
    {
        null => "",
        JsonValue text when text.TryGetValue<string>(out var plain) => plain,
        var node => node.ToJsonString(),
    };

    private static JsonNode? ToNode(object? value) => value switch
    {
        null => null,
        JsonNode node => node.DeepClone(),
        JsonElement element => JsonNode.Parse(element.GetRawText()),
        string text => JsonValue.Create(text),
        bool flag => JsonValue.Create(flag),
        int number => JsonValue.Create(number),
        long number => JsonValue.Create(number),
        double number => JsonValue.Create(number),
        _ => JsonValue.Create(value.ToString()),
    };
}
