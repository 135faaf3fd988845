namespace Runtime.Memory.Files;

/// <summary>
/// Cuts Markdown into pieces that make sense alone: at headings, else between paragraphs, else between lines. A line that is too long for
/// one piece is cut. Every line that is not blank is in exactly one piece, in order. Pure.
/// </summary>
public static class MarkdownChunks
{
    /// <summary>Longest piece, characters: about 300 tokens of English.</summary>
    public const int Longest = 1200;

    /// <summary>The pieces of a text.</summary>
    public static IEnumerable<MemoryChunk> Of(string text)
    {
        var headings = new string?[7];
        var open = new List<string>();
        var (first, length, fence) = (1, 0, false);
        var heading = "";
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        for (var n = 0; n < lines.Length; n++)
        {
            var line = lines[n];
            if (line.StartsWith("```", StringComparison.Ordinal) || line.StartsWith("~~~", StringComparison.Ordinal)) fence = !fence;
            var level = fence ? 0 : Level(line);
            var isFull = length > 0 && length + line.Length + 1 > Longest;
            // A blank line is a good place to stop once a piece has some size.
            var isRipe = line.Length == 0 && !fence && length > Longest / 2;
            if ((level > 0 || isFull || isRipe) && Close(n) is { } piece) yield return piece;
            if (level > 0)
            {
                headings[level] = line.TrimStart('#').Trim();
                Array.Clear(headings, level + 1, headings.Length - level - 1);
                heading = string.Join(" › ", headings.Where(h => h is not null));
            }
            if (open.Count == 0) first = n + 1;
            for (; line.Length > Longest; line = line[Whole(line)..])
            {
                yield return new MemoryChunk(n + 1, n + 1, heading, line[..Whole(line)]);
            }
            open.Add(line);
            length += line.Length + 1;
        }
        if (Close(lines.Length) is { } last) yield return last;

        MemoryChunk? Close(int end)
        {
            var joined = string.Join('\n', open);
            var chunk = string.IsNullOrWhiteSpace(joined) ? null : new MemoryChunk(first + Blank(open), end - Blank(open.AsEnumerable().Reverse()), heading, joined.Trim('\n'));
            open.Clear();
            length = 0;
            return chunk;
        }
    }

    private static int Blank(IEnumerable<string> lines) => lines.TakeWhile(line => line.Length == 0).Count();

    // ATX headings of CommonMark: one to six signs and a space.
    private static int Level(string line)
    {
        var signs = line.AsSpan().IndexOfAnyExcept('#');
        return signs is >= 1 and <= 6 && line[signs] == ' ' ? signs : 0;
    }

    private static int Whole(string line) => char.IsHighSurrogate(line[Longest - 1]) ? Longest - 1 : Longest;
}
