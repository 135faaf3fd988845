using System.Text;
using Models.Tokens;

namespace Models.Tests.Tokens.Embedded;

/// <summary>
/// SentencePiece's byte-pair encoding as it is defined, by scores and in quadratic time, to compare with: of all neighbours whose
/// join is a piece, the join of the highest score is made first, the leftmost of equals; characters no piece has become bytes.
/// </summary>
internal static class SentencePieceReference
{
    public static int[] Encode(EmbeddedVocabulary vocabulary, string text)
    {
        var ids = new Dictionary<string, int>();
        for (var id = 0; id < vocabulary.Tokens.Count; id++)
            ids[vocabulary.Tokens[id]] = id;
        if (text.Length > 0 && vocabulary.AddSpacePrefix != false)
            text = " " + text;
        List<string> symbols = [.. text.Replace(' ', '\u2581').EnumerateRunes().Select(rune => rune.ToString())];
        while (BestJoin(symbols, ids, vocabulary.Scores) is var best and >= 0)
        {
            symbols[best] += symbols[best + 1];
            symbols.RemoveAt(best + 1);
        }
        List<int> result = [];
        var afterUnknown = false;
        foreach (var symbol in symbols)
        {
            int[] tokens = ids.TryGetValue(symbol, out var known) ? [known]
                : ids.ContainsKey("<0x00>") ? [.. Encoding.UTF8.GetBytes(symbol).Select(value => ids[$"<0x{value:X2}>"])]
                : afterUnknown ? [] : [vocabulary.Unknown!.Value];
            afterUnknown = tokens is [] || (tokens is [var one] && one == vocabulary.Unknown);
            result.AddRange(tokens);
        }
        return [.. result];
    }

    private static int BestJoin(List<string> symbols, Dictionary<string, int> ids, IReadOnlyList<float> scores)
    {
        var best = -1;
        var bestScore = float.NegativeInfinity;
        for (var i = 0; i + 1 < symbols.Count; i++)
            if (ids.TryGetValue(symbols[i] + symbols[i + 1], out var id) && scores[id] > bestScore)
                (best, bestScore) = (i, scores[id]);
        return best;
    }
}
