using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Models.Tokens.Pipeline;

namespace Models.Tokens.Splitting;

/// <summary>
/// A regex no scanner is known for, by .NET's engine under a time limit. Files write regexes for Oniguruma; what .NET would read
/// differently is refused. Not by RegexOptions.NonBacktracking: .NET 10.0 loses matches (of \s?\p{L}+ in "LL 'S 'd", the S).
/// </summary>
internal sealed class RegexPattern : TextPattern
{
    // By Unicode category, a character of it that regexes hardly name.
    private static readonly char[] OfCategory =
    [
        '\uA640', '\uA641', '\u1F88', '\uA67F', '\uA000', '\uA66F', '\uA823', '\uA670', '\uA620', '\uA6E6', '\uA830', '\u1680', '\u2028', '\u2029',
        '\u0086', '\u2061', '\uD800', '\uE000', '\uFE33', '\uFE31', '\uFE35', '\uFE36', '\u2E02', '\u2E03', '\uA60D', '\u2A00', '\uA838', '\uA700', '\uA828', '\uFDD0',
    ];

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5); // of one match, and of all in one text

    private readonly Regex _regex;

    /// <summary>Compiles the regex.</summary>
    /// <exception cref="TokenizerException">It is malformed or not supported.</exception>
    public RegexPattern(string regex)
    {
        // POSIX brackets and intersections of classes mean something else to .NET.
        if (regex.Contains("[:", StringComparison.Ordinal) || regex.Contains("&&", StringComparison.Ordinal))
            throw JsonFields.Unknown("regex", regex);
        try
        {
            _regex = new Regex(regex, RegexOptions.CultureInvariant | RegexOptions.Multiline, Limit); // Oniguruma's ^ and $ are of lines
        }
        catch (ArgumentException)
        {
            throw JsonFields.Unknown("regex", regex);
        }
    }

    /// <inheritdoc/>
    public override List<(int Start, int End)> Find(ReadOnlySpan<char> text)
    {
        int[]? offsets = null;
        if (text.IndexOfAnyInRange('\uD800', '\uDFFF') >= 0)
            text = ShowAsBasic(text, out offsets);
        List<(int, int)> matches = [];
        var started = Stopwatch.GetTimestamp();
        try
        {
            foreach (var match in _regex.EnumerateMatches(text))
            {
                var (start, end) = (match.Index, match.Index + match.Length);
                if (end > start)
                    matches.Add(offsets is null ? (start, end) : (offsets[start], offsets[end]));
                if (Stopwatch.GetElapsedTime(started) > Limit)
                    throw new RegexMatchTimeoutException();
            }
        }
        catch (RegexMatchTimeoutException e)
        {
            throw new TokenizerException($"The tokenizer's regex {_regex} takes too long on this text. Shorten the text, or use another model.", e);
        }
        return matches;
    }

    // .NET's classes do not know characters beyond the basic plane. Each is shown to the engine as a basic one of its category.
    private static char[] ShowAsBasic(ReadOnlySpan<char> text, out int[] offsets)
    {
        List<char> shown = new(text.Length);
        List<int> starts = new(text.Length + 1);
        for (var at = 0; at < text.Length;)
        {
            Rune.DecodeFromUtf16(text[at..], out var rune, out var length);
            shown.Add(rune.IsBmp ? (char)rune.Value : OfCategory[(int)Rune.GetUnicodeCategory(rune)]);
            starts.Add(at);
            at += length;
        }
        starts.Add(text.Length);
        offsets = [.. starts];
        return [.. shown];
    }
}
