namespace Models.Generation;

/// <summary>
/// Ends a text at the first stop string, which is never emitted, also when it arrives in pieces: text that may be the beginning of one
/// is held back until it is decided. One generation each.
/// </summary>
internal sealed class StopMatcher(IReadOnlyList<string> stops)
{
    private string _held = "";

    /// <summary>The stop string that was met; null until one is.</summary>
    public string? Met { get; private set; }

    /// <summary>Adds text; returns what may be shown. <paramref name="stopped"/> is set when a stop string was met.</summary>
    public string Append(string text, out bool stopped)
    {
        stopped = false;
        if (stops.Count == 0) return text;
        _held += text;

        var first = -1;
        foreach (var stop in stops)
        {
            var at = _held.IndexOf(stop, StringComparison.Ordinal);
            if (at < 0 || (first >= 0 && at >= first)) continue;
            (first, Met) = (at, stop);
        }
        if (first >= 0)
        {
            stopped = true;
            return Release(first, forget: true);
        }
        return Release(_held.Length - LongestOpenBeginning(), forget: false);
    }

    /// <summary>Ends the text: returns what was held back.</summary>
    public string Flush() => Release(_held.Length, forget: true);

    private string Release(int length, bool forget)
    {
        var shown = _held[..length];
        _held = forget ? "" : _held[length..];
        return shown;
    }

    // The longest end of the held text that is a proper beginning of a stop string.
    private int LongestOpenBeginning()
    {
        var longest = 0;
        foreach (var stop in stops)
        {
            for (var length = Math.Min(stop.Length - 1, _held.Length); length > longest; length--)
            {
                if (!_held.AsSpan(_held.Length - length).SequenceEqual(stop.AsSpan(0, length))) continue;
                longest = length;
                break;
            }
        }
        return longest;
    }
}
