namespace Models.Routing.Classifying;

/// <summary>Finds in texts what not everybody may see, also where it is encoded, or spread over several texts. It looks for too much rather than too little. Pure.</summary>
public static class SensitiveText
{
    // Encodings in encodings that are followed.
    private const int Deepest = 3;

    // Of a long text, what a secret that goes on in the next can have here.
    private const int Edge = 256;

    private static readonly char[] Blanks = [' ', '\t', '\r', '\n', '"', '\'', '`', '…', '.'];
    private static readonly char[] Breaks = [' ', '\n', '\t', '\r', '"', '\'', '`', ',', ';', '(', ')', '<', '>', '{', '}', '[', ']'];
    private static readonly System.Buffers.SearchValues<char> Signs = System.Buffers.SearchValues.Create("-_@+/=.");

    /// <summary>Everything found in one text.</summary>
    public static IReadOnlyList<Finding> Find(string text)
    {
        List<Finding> findings = [];
        Find(text, findings, 0);
        return findings;
    }

    /// <summary>What is spread over texts that follow each other: a secret's beginning ends one, or is its last odd word, and the next goes on with it.</summary>
    public static IReadOnlyList<Finding> FindSpread(IReadOnlyList<string> texts)
    {
        List<Finding> findings = [];
        if (texts.Count < 2) return findings;
        Find(new Seams(texts, Edges), findings);
        Find(new Seams(texts, OddWords), findings);
        return findings;
    }

    private static void Find(string text, List<Finding> findings, int depth)
    {
        Look(text, findings);
        var plain = Encodings.Plain(text);
        if (!ReferenceEquals(plain, text)) Look(plain, findings);
        if (depth == Deepest) return;
        List<Finding> inner = [];
        foreach (var (hidden, start, length) in Encodings.Decoded(plain))
        {
            inner.Clear();
            Find(hidden, inner, depth + 1);
            foreach (var found in inner) findings.Add(found with { Start = start, Length = length });
        }
    }

    private static void Look(string text, List<Finding> findings)
    {
        TokenShape.Find(text, findings);
        NumberShapes.Find(text, findings);
        TextShapes.Find(text, findings);
    }

    private static void Find(Seams seams, List<Finding> findings)
    {
        List<Finding> found = [];
        Find(seams.Text, found, 0);
        foreach (var one in found)
            if (seams.Crosses(one)) findings.Add(one);
    }

    private static string Edges(string text)
    {
        var trimmed = text.Trim(Blanks);
        return trimmed.Length <= 2 * Edge ? trimmed : $"{trimmed[..Edge]}\n{trimmed[^Edge..]}";
    }

    // Words that are no words: with a digit, or letters and signs in turn; and what stands after one that announces a secret.
    private static string OddWords(string text)
    {
        var announced = 0;
        List<string> odd = [];
        foreach (var word in Edges(text).Split(Breaks, StringSplitOptions.RemoveEmptyEntries))
        {
            var bare = word.TrimEnd('.', ':', '!', '?', '…');
            if (!IsOdd(bare) && TextShapes.Announces(bare)) announced = bare is "Bearer" or "bearer" or "Basic" ? 2 : 3;
            if (announced-- > 0) odd.Add(word);
            else if (IsOdd(bare)) odd.Add(bare);
        }
        return string.Join(' ', odd);
    }

    private static bool IsOdd(string word) => word.AsSpan().IndexOfAnyInRange('0', '9') >= 0
        || (word.Length >= 3 && (word.AsSpan(1).IndexOfAny(Signs) >= 0 || word.AsSpan(1).IndexOfAnyInRange('A', 'Z') >= 0));

    // Texts put together without anything between them.
    private sealed class Seams
    {
        private readonly List<int> _seams = [];

        public Seams(IReadOnlyList<string> texts, Func<string, string> part)
        {
            var whole = new System.Text.StringBuilder();
            foreach (var text in texts)
            {
                var piece = part(text);
                if (piece.Length == 0) continue;
                if (whole.Length > 0) _seams.Add(whole.Length);
                whole.Append(piece);
            }
            Text = whole.ToString();
        }

        public string Text { get; }

        public bool Crosses(Finding found)
        {
            var at = _seams.BinarySearch(found.Start + 1);
            if (at < 0) at = ~at;
            return at < _seams.Count && _seams[at] < found.Start + found.Length;
        }
    }
}
