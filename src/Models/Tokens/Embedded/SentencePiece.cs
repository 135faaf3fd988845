using System.Text.Json.Nodes;

namespace Models.Tokens.Embedded;

/// <summary>The <c>llama</c> kind: SentencePiece's byte-pair encoding, whose pieces carry scores instead of merges.</summary>
internal static class SentencePiece
{
    /// <summary>How pieces spell a space.</summary>
    public const char Space = '\u2581';

    // Far above any real piece; keeps a hostile one from taking quadratic time.
    private const int LongestPiece = 1024;

    /// <summary>
    /// The merges that scores stand for. SentencePiece joins the two neighbours whose join is the piece of the highest score; so
    /// every way to cut a piece into two pieces is a merge, ranked by the score of the whole.
    /// </summary>
    public static JsonArray Merges(EmbeddedVocabulary vocabulary)
    {
        var ids = new Dictionary<string, int>();
        for (var id = 0; id < vocabulary.Tokens.Count; id++)
            ids[vocabulary.Tokens[id]] = id;
        var pieces = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        List<(float Score, int Id, int Cut)> merges = [];
        foreach (var (piece, id) in ids)
        {
            // Nothing a person writes may merge into a control token.
            if (TokenType.Of(vocabulary, id) is TokenType.Control or TokenType.Unknown or TokenType.Byte)
                continue;
            for (var cut = 1; cut < Math.Min(piece.Length, LongestPiece); cut++)
                if (pieces.ContainsKey(piece.AsSpan(0, cut)) && pieces.ContainsKey(piece.AsSpan(cut)))
                    merges.Add((vocabulary.Scores[id], id, cut));
        }
        var json = new JsonArray();
        foreach (var (_, id, cut) in merges.OrderByDescending(merge => merge.Score).ThenBy(merge => merge.Id).ThenBy(merge => merge.Cut))
            json.Add((JsonNode)new JsonArray(vocabulary.Tokens[id][..cut], vocabulary.Tokens[id][cut..]));
        return json;
    }

    /// <summary>The <c>normalizer</c>: spaces spelled, one in front where the vocabulary wants it.</summary>
    public static JsonObject Normalizer(bool addSpacePrefix)
    {
        var replace = new JsonObject { ["type"] = "Replace", ["pattern"] = new JsonObject { ["String"] = " " }, ["content"] = Space.ToString() };
        return addSpacePrefix
            ? new() { ["type"] = "Sequence", ["normalizers"] = new JsonArray(new JsonObject { ["type"] = "Prepend", ["prepend"] = Space.ToString() }, replace) }
            : replace;
    }

    /// <summary>The <c>decoder</c>: the same undone.</summary>
    public static JsonObject Decoder(bool addSpacePrefix)
    {
        var steps = new JsonArray(
            new JsonObject { ["type"] = "Replace", ["pattern"] = new JsonObject { ["String"] = Space.ToString() }, ["content"] = " " },
            new JsonObject { ["type"] = "ByteFallback" },
            new JsonObject { ["type"] = "Fuse" });
        if (addSpacePrefix)
            steps.Add((JsonNode)new JsonObject { ["type"] = "Strip", ["content"] = " ", ["start"] = 1, ["stop"] = 0 });
        return new() { ["type"] = "Sequence", ["decoders"] = steps };
    }
}
