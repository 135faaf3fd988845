using System.Text.Json;

namespace Models.Generation.Copying;

/// <summary>
/// What a model says of its calls in <c>tokenizer_config.json</c>, where its chat template is: <c>"tool_calls": {"begin": "&lt;tool_call&gt;", "bias": -1,
/// "copied": {"read.path": "", "exec.command": "ping "}, "own": {"cron.text": "alarm"}, "whole": ["cron.text"], "penalty": 3, "words": "I do not know", "certainty": -1}</c>. A model of a few million weights finds the place that it copies from, but slips in the
/// middle of a word; a larger one needs none of this, and says nothing.
/// </summary>
/// <param name="Begin">What begins a call.</param>
/// <param name="Bias">Added to the logit of <paramref name="Begin"/> where an answer begins: the model's own leaning towards calls or away from them, set by what was measured.</param>
/// <param name="Copied">The arguments whose words come from the conversation, as <c>tool.argument</c>, and what the model writes before them.</param>
/// <param name="Own">Words that it writes in some of them though nobody said them, with spaces between.</param>
/// <param name="Whole">Those of <paramref name="Copied"/> that go on to the end of a phrase, if in doubt: "stand up", and not "stand".</param>
/// <param name="Penalty">Taken from the logits of tokens as often as <see cref="CopiedWords.Cost"/> says.</param>
/// <param name="Words">The words that its text outside of calls is made of, with spaces between, beside those of the conversation: a token that leaves them loses as much as a broken word. Null where it may say anything.</param>
/// <param name="Certainty">Natural logarithm of the probability that a call must have for being made (<see cref="CallCertainty"/>). Null where every call is.</param>
internal sealed record CallHints(string Begin, float Bias, IReadOnlyDictionary<string, string> Copied, IReadOnlyDictionary<string, string> Own, IReadOnlySet<string> Whole, float Penalty, string? Words = null, double? Certainty = null)
{
    /// <summary>What a model folder says; null where it says nothing, or nothing that can be read.</summary>
    public static CallHints? FromFolder(string folder)
    {
        var path = Path.Combine(folder, "tokenizer_config.json");
        if (!File.Exists(path)) return null;
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("tool_calls", out var told)) return null;
            return new(
                told.GetProperty("begin").GetString()!, told.GetProperty("bias").GetSingle(),
                Texts(told.GetProperty("copied")), told.TryGetProperty("own", out var own) ? Texts(own) : new Dictionary<string, string>(),
                told.TryGetProperty("whole", out var whole) ? whole.EnumerateArray().Select(argument => argument.GetString()!).ToHashSet() : [], told.GetProperty("penalty").GetSingle(),
                told.TryGetProperty("words", out var words) ? words.GetString() : null,
                told.TryGetProperty("certainty", out var certainty) ? certainty.GetDouble() : null);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return null;
        }
    }

    private static Dictionary<string, string> Texts(JsonElement members) => members.EnumerateObject().ToDictionary(argument => argument.Name, argument => argument.Value.GetString()!);
}
