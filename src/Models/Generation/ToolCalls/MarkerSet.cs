using System.Buffers;

namespace Models.Generation.ToolCalls;

/// <summary>Strings to look for in a text that arrives in pieces. None is the beginning of another.</summary>
internal sealed class MarkerSet(params string[] markers)
{
    private readonly SearchValues<string> _search = SearchValues.Create(markers, StringComparison.Ordinal);

    public bool IsEmpty => markers.Length == 0;

    /// <summary>Where the first marker of a text begins, or -1.</summary>
    public int Find(ReadOnlySpan<char> text, out string marker)
    {
        marker = "";
        if (IsEmpty) return -1;
        var at = text.IndexOfAny(_search);
        if (at >= 0) marker = At(text[at..])!;
        return at;
    }

    /// <summary>The marker a text begins with, or null.</summary>
    public string? At(ReadOnlySpan<char> text)
    {
        foreach (var marker in markers)
            if (text.StartsWith(marker)) return marker;
        return null;
    }

    /// <summary>The length of the longest end of a text that is the beginning of a marker and not yet all of it.</summary>
    public int OpenBeginning(ReadOnlySpan<char> text)
    {
        var longest = 0;
        foreach (var marker in markers)
        {
            for (var length = Math.Min(marker.Length - 1, text.Length); length > longest; length--)
            {
                if (!text[^length..].SequenceEqual(marker.AsSpan(0, length))) continue;
                longest = length;
                break;
            }
        }
        return longest;
    }
}
