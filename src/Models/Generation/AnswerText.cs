using Models.Tokens;

namespace Models.Generation;

/// <summary>The text of one answer as it grows: whole characters only, and nothing of a stop string.</summary>
internal sealed class AnswerText
{
    private readonly StreamingDetokenizer _detokenizer;
    private readonly StopMatcher _stops;

    /// <summary>An answer that goes on after the token <paramref name="before"/>, the last one of the prompt.</summary>
    public AnswerText(StreamingDetokenizer detokenizer, int before, IReadOnlyList<string> stops)
    {
        _detokenizer = detokenizer;
        _stops = new StopMatcher(stops);
        // SentencePiece-style vocabularies drop a space at the beginning of a text: this is not the beginning.
        detokenizer.Append(before);
    }

    /// <summary>Adds a token; returns the text that may be shown by now. <paramref name="stopped"/> is set when a stop string was met.</summary>
    public string Append(int token, out bool stopped) => _stops.Append(_detokenizer.Append(token), out stopped);

    /// <summary>Ends the answer: returns what was held back.</summary>
    public string Flush()
    {
        var text = _stops.Append(_detokenizer.Flush(), out var stopped);
        return stopped ? text : text + _stops.Flush();
    }
}
