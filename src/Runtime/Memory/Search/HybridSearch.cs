using System.Runtime.InteropServices;
using Runtime.Memory.Index;

namespace Runtime.Memory.Search;

/// <summary>Puts what words and vectors found together: reciprocal-rank fusion, recency, and no two pieces that say the same.</summary>
internal static class HybridSearch
{
    // 60 is what Cormack et al. 2009 took. Words weigh more: hash-1024 knows nothing else.
    private const double RankBase = 60, VectorShare = 0.5;

    // A dated note of today counts this much more than one of long ago; half of that is gone after a month.
    private const double RecencyShare = 0.15, RecencyHalf = 30;

    // From this cosine on two pieces say the same, and one of them is enough (maximal marginal relevance; Carbonell and Goldstein 1998).
    private const float TooAlike = 0.93f;

    /// <summary>The pieces that fit, the best first.</summary>
    /// <param name="index">Where to look.</param>
    /// <param name="question">What is looked for.</param>
    /// <param name="vector">Its vector; empty to look for its words alone.</param>
    /// <param name="today">For recency.</param>
    /// <param name="most">Most pieces.</param>
    public static List<MemoryHit> Find(IndexReader index, string question, ReadOnlySpan<float> vector, DateOnly today, int most)
    {
        var scores = new Dictionary<long, double>();
        var byWords = LexicalSearch.Find(index, question);
        Add(byWords, 1);
        if (vector.Length > 0) Add(VectorSearch.Find(index, vector, byWords), VectorShare);
        // Old notes come off the list, and what says the same: a longer one than was asked for.
        var ranked = scores.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key).Take(Math.Max(50, most * 3))
            .Select(pair => (Id: pair.Key, Hit: index.Hit(pair.Key, pair.Value)))
            .Select(piece => (piece.Id, Hit: piece.Hit with { Score = piece.Hit.Score * Recency(piece.Hit.Path, today) }))
            .OrderByDescending(piece => piece.Hit.Score);
        var (hits, vectors) = (new List<MemoryHit>(), new List<QuantizedVector>());
        foreach (var (id, hit) in ranked)
        {
            if (hits.Count == most) break;
            var own = index.Vector(id);
            if (vectors.Exists(other => other.Dimensions == own.Dimensions && other.Dot(own) > TooAlike)) continue;
            hits.Add(hit);
            vectors.Add(own);
        }
        return hits;

        void Add(List<long> ids, double share)
        {
            for (var rank = 0; rank < ids.Count; rank++)
                CollectionsMarshal.GetValueRefOrAddDefault(scores, ids[rank], out _) += share / (RankBase + rank + 1);
        }
    }

    // memory/2026-11-25.md has a date; what has none is always true.
    private static double Recency(string path, DateOnly today) =>
        DateOnly.TryParseExact(Path.GetFileNameWithoutExtension(path), "yyyy-MM-dd", out var day)
            ? 1 + RecencyShare * Math.Pow(0.5, Math.Max(0, today.DayNumber - day.DayNumber) / RecencyHalf)
            : 1 + RecencyShare;
}
