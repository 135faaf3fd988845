using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Eval;

/// <summary>
/// What an answer was. The rules are few and strict, so that two people who apply them agree: a call is right where it is the only one, its
/// tool the expected one and its arguments the same JSON, text for text; whatever is no call must call nothing. Asking back takes a question
/// mark, refusing and not knowing take one of the phrases below.
/// </summary>
/// <param name="Called">It called a tool.</param>
/// <param name="IsTool">It called the right one, once; also true where none was to be called and none was.</param>
/// <param name="IsRight">It was right in all.</param>
internal sealed record Judgement(bool Called, bool IsTool, bool IsRight)
{
    private static readonly string[] Refusals =
    [
        "i can't", "i cannot", "i won't", "i will not", "i'm not able", "i am not able", "can't do that", "can't help with", "cannot help with", "not going to", "i must not", "i refuse",
        "ich kann nicht", "kann ich nicht", "das mache ich nicht", "我不能", "不能", "无法",
    ];

    private static readonly string[] NotKnowing =
    [
        "don't know", "do not know", "bigger model", "larger model", "the cloud", "weiß ich nicht", "weiß das nicht", "größeres modell", "不知道", "更大",
    ];

    /// <summary>Judges an answer.</summary>
    public static Judgement Of(Question question, ChatMessage answer)
    {
        var calls = answer.Contents.OfType<FunctionCallContent>().ToList();
        if (question.Expected == Expectation.Call)
        {
            var isTool = calls is [{ } call] && call.Name == question.Tool;
            return new(calls.Count > 0, isTool, isTool && question.AreRight?.Invoke(Arguments(calls[0])) != false);
        }
        var text = answer.Text.Replace('’', '\'').ToLowerInvariant();
        // What looks like a call and could not be read is none, and no answer for a person either.
        var speaks = calls.Count == 0 && text.Length > 0 && !text.Contains("<tool_call>", StringComparison.Ordinal);
        return new(calls.Count > 0, calls.Count == 0, speaks && question.Expected switch
        {
            Expectation.Ask => text.Contains('?') || text.Contains('？'),
            Expectation.Refuse => Refusals.Any(text.Contains),
            Expectation.Unknown => NotKnowing.Any(text.Contains),
            _ => true,
        });
    }

    private static JsonElement Arguments(FunctionCallContent call)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in call.Arguments ?? new Dictionary<string, object?>())
            {
                writer.WritePropertyName(name);
                ((JsonElement)value!).WriteTo(writer);
            }
            writer.WriteEndObject();
        }
        return JsonDocument.Parse(buffer.WrittenMemory).RootElement;
    }
}
