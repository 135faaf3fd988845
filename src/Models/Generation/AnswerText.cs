using Models.Tokens;

namespace Models.Generation;

/// <summary>The text of one answer as it grows: whole characters only, and nothing of a stop string.</summary>
internal sealed class AnswerText(StreamingDetokenizer detokenizer, IReadOnlyList<string> stops)
{
    private readonly StopMatcher _stops = new(stops);

    /// <summary>Adds a token; returns the text that may be shown by now. <paramref name="stopped"/> is set when a stop string was met.</summary>
    public string Append(int token, out bool stopped) => _stops.Append(detokenizer.Append(token), out stopped);

    /// <summary>Ends the answer: returns what was held back.</summary>
    public string Flush()
    {
        var text = _stops.Append(detokenizer.Flush(), out var stopped);
        return stopped ? text : text + _stops.Flush();
    }
}
