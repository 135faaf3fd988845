using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Models.Generation;
using Models.Providers.Wire;

namespace Models.Providers;

/// <summary>
/// Puts what a wire says together to Microsoft.Extensions.AI's updates. Text goes on at once. Calls of tools are kept until the answer is
/// whole: an answer that breaks off calls nothing. For one answer.
/// </summary>
/// <param name="model">Who answers.</param>
internal sealed class AnswerAssembler(string model)
{
    private readonly string _id = $"msg_{Guid.NewGuid():N}";
    private readonly List<(int Index, string Id, string Name, StringBuilder Arguments)> _calls = [];
    private string? _finish;
    private long? _input, _cached, _output;

    /// <summary>True once it is known why the answer ended.</summary>
    public bool IsWhole => _finish is not null;

    /// <summary>Takes what was said; returns what goes on at once, or null.</summary>
    public ChatResponseUpdate? Take(WireDelta delta)
    {
        if (delta.Usage is { } usage) (_input, _cached, _output) = (usage.Input ?? _input, usage.Cached ?? _cached, usage.Output ?? _output);
        _finish = delta.Finish ?? _finish;
        if (delta.Call is { } part) Take(part);
        if (delta.Text is { } text) return Update(new TextContent(text));
        return delta.Reasoning is { } reasoning ? Update(new TextReasoningContent(reasoning)) : null;
    }

    /// <summary>The last update: calls, why it ended, and what it took.</summary>
    public ChatResponseUpdate End()
    {
        var update = Update([.. _calls.Select(call => ToContent(call.Id, call.Name, call.Arguments.ToString()))]);
        if (_input is not null || _output is not null)
        {
            update.Contents.Add(new UsageContent(new UsageDetails
            {
                InputTokenCount = _input,
                OutputTokenCount = _output,
                CachedInputTokenCount = _cached,
                TotalTokenCount = _input + _output,
            }));
        }
        update.FinishReason = update.Contents.Any(c => c is FunctionCallContent) ? ChatFinishReason.ToolCalls : _finish switch
        {
            "length" => ChatFinishReason.Length,
            "content_filter" => ChatFinishReason.ContentFilter,
            _ => ChatFinishReason.Stop,
        };
        return update;
    }

    private void Take(CallPart part)
    {
        var at = part.Index < 0 ? -1 : _calls.FindIndex(call => call.Index == part.Index);
        // A name where a call of that place has one already begins another: some number them all 0.
        if (at >= 0 && part.Name is { Length: > 0 } && part.Id is { } id && id != _calls[at].Id) at = -1;
        if (at >= 0) _calls[at].Arguments.Append(part.Arguments);
        else if (part.Name is { Length: > 0 } name)
        {
            var others = _calls.FindAll(call => call.Index == part.Index);
            foreach (var other in others) _calls[_calls.IndexOf(other)] = other with { Index = int.MinValue };
            _calls.Add((part.Index, part.Id is { Length: > 0 } given ? given : $"call_{Guid.NewGuid():N}", name, new StringBuilder(part.Arguments)));
        }
    }

    // A call that is none is shown as the text it was: nothing of an answer is lost.
    private static AIContent ToContent(string id, string name, string json)
    {
        try
        {
            var arguments = new Dictionary<string, object?>();
            using var document = JsonDocument.Parse(json.Length > 0 ? json : "{}");
            foreach (var member in document.RootElement.EnumerateObject()) arguments[member.Name] = member.Value.Clone();
            return new FunctionCallContent(id, name, arguments);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return new TextContent(json) { AdditionalProperties = new() { [ChatOptionKeys.MalformedCall] = true } };
        }
    }

    private ChatResponseUpdate Update(params IList<AIContent> contents) => new(ChatRole.Assistant, contents) { MessageId = _id, ResponseId = _id, ModelId = model };
}
