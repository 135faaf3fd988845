using System.Runtime.InteropServices;
using Runtime.Memory.Index;

namespace Runtime.Memory.Search;

/// <summary>Puts what words and vectors found together: reciprocal-rank fusion, recency, maximal marginal relevance.</summary>
internal static class HybridSearch
{
    // 60 is what Cormack et al. 2009 took. Words weigh more: hash-1024 knows nothing else.
    private const double RankBase = 60, VectorShare = 0.5;

    // A dated note of today counts this much more than one of long ago; half of that is gone after a month.
    private const double RecencyShare = 0.15, RecencyHalf = 30;

    // A piece counts less by what those before it said already (Carbonell and Goldstein 1998), and from this cosine on it says the same.
    private const double NoveltyShare = 0.05;
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
        return Marginal([.. ranked.Take(most * 2).Select(piece => new Candidate(piece.Hit, index.Vector(piece.Id)))], most);

        void Add(List<long> ids, double share)
        {
            for (var rank = 0; rank < ids.Count; rank++)
                CollectionsMarshal.GetValueRefOrAddDefault(scores, ids[rank], out _) += share / (RankBase + rank + 1);
        }
    }

    private static List<MemoryHit> Marginal(List<Candidate> candidates, int most)
    {
        var hits = new List<MemoryHit>();
        var best = candidates.Count == 0 ? 1 : candidates[0].Hit.Score;
        while (hits.Count < most && candidates.Count > 0)
        {
            // Of as good ones the first: the list stands in order.
            var next = candidates.MaxBy(one => (1 - NoveltyShare) * one.Hit.Score / best - NoveltyShare * one.Likeness)!;
            hits.Add(next.Hit);
            candidates.Remove(next);
            foreach (var one in candidates.Where(one => one.Vector.Dimensions == next.Vector.Dimensions)) one.Likeness = Math.Max(one.Likeness, one.Vector.Dot(next.Vector));
            candidates.RemoveAll(one => one.Likeness > TooAlike);
        }
        return hits;
    }

    /// <summary>A piece that may be given, and how much it is like the nearest of those that are.</summary>
    private sealed class Candidate(MemoryHit hit, QuantizedVector vector)
    {
        public MemoryHit Hit { get; } = hit;

        public QuantizedVector Vector { get; } = vector;

        public float Likeness { get; set; }
    }

    // memory/2026-11-25.md has a date; what has none is always true.
    private static double Recency(string path, DateOnly today) =>
        DateOnly.TryParseExact(Path.GetFileNameWithoutExtension(path), "yyyy-MM-dd", out var day)
            ? 1 + RecencyShare * Math.Pow(0.5, Math.Max(0, today.DayNumber - day.DayNumber) / RecencyHalf)
            : 1 + RecencyShare;
}
