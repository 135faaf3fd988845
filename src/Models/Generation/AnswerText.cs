using Models.Tokens;

namespace Models.Generation;

/// <summary>The text of one answer as it grows: whole characters only, and nothing of a stop string. It goes on where the prompt ended.</summary>
internal sealed class AnswerText(Tokenizer tokenizer, IReadOnlyList<string> stops, IReadOnlySet<int>? shown)
{
    private readonly StopMatcher _stops = new(stops);
    private StreamingDetokenizer _detokenizer = tokenizer.CreateDetokenizer(continues: true);

    /// <summary>The stop string that ended it; null where none did.</summary>
    public string? StopString => _stops.Met;

    /// <summary>Adds a token; returns the text that may be shown by now. <paramref name="stopped"/> is set when a stop string was met.</summary>
    public string Append(int token, out bool stopped) => _stops.Append(TextOf(token), out stopped);

    /// <summary>Ends the answer: returns what was held back.</summary>
    public string Flush()
    {
        var text = _stops.Append(_detokenizer.Flush(), out var stopped);
        return stopped ? text : text + _stops.Flush();
    }

    private string TextOf(int token)
    {
        if (shown?.Contains(token) != true) return _detokenizer.Append(token);
        var text = _detokenizer.Flush() + tokenizer.GetToken(token);
        _detokenizer = tokenizer.CreateDetokenizer(continues: true);
        return text;
    }
}
