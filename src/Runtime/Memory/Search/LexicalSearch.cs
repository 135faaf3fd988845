using System.Runtime.InteropServices;
using Runtime.Memory.Index;

namespace Runtime.Memory.Search;

/// <summary>
/// Finds pieces by their words: FTS5 gives those that have the question's rarer terms, the likely ones of which are then scored by BM25
/// (Robertson and Zaragoza 2009) with all of its terms and with those that tell the best candidates from the rest (relevance feedback;
/// Lavrenko and Croft 2001).
/// </summary>
internal static class LexicalSearch
{
    // What matching may touch, in rows: each takes some 0.3 µs.
    private const int MostRows = 12_000;

    // Pieces whose terms are counted.
    private const int Candidates = 120;

    // Tried on Cranfield: a saturation above the usual 1.2 to 2, and feedback, give 0.02 and 0.025 of nDCG@10.
    private const double Saturation = 2.5, LengthShare = 0.75;
    private const int FeedbackPieces = 5, FeedbackTerms = 30;
    private const double FeedbackShare = 0.4;

    /// <summary>The pieces that fit a question, the best first.</summary>
    public static List<long> Find(IndexReader index, string question)
    {
        var known = SearchTerms.OfQuestion(question).Select(term => (Term: term, Count: index.Frequency(term))).Where(term => term.Count > 0).OrderBy(term => term.Count).ToList();
        var pieces = Likely(index, known);
        if (pieces.Count == 0) return [];
        var asked = known.ToDictionary(term => term.Term, term => Rarity(term.Count, index.Count), StringComparer.Ordinal);
        Score(pieces, asked, index.AverageLength);
        Score(pieces, Feedback(index, pieces, asked), index.AverageLength);
        return pieces.ConvertAll(piece => piece.Id);
    }

    // BM25 of the rarest terms whose rows can be looked at in time, each as if it came once; where even the rarest has too many rows, the
    // pieces that have all terms, or else the two rarest.
    private static List<Piece> Likely(IndexReader index, List<(string Term, int Count)> rarestFirst)
    {
        var (rows, scores) = (0, new Dictionary<long, double>());
        foreach (var (term, count) in rarestFirst)
        {
            if ((rows += count) > MostRows) break;
            Add(index.Match($"\"{term}\"", MostRows), Rarity(count, index.Count));
        }
        for (var terms = rarestFirst.Count; scores.Count == 0 && terms > 0; terms = Math.Min(2, terms - 1))
            Add(index.Match(string.Join(" AND ", rarestFirst.Take(terms).Select(term => $"\"{term.Term}\"")), MostRows), 1);
        return [.. scores.OrderByDescending(piece => piece.Value).ThenByDescending(piece => piece.Key).Take(Candidates).Select(piece => new Piece(piece.Key, index.Terms(piece.Key)))];

        void Add(List<(long Id, int Length)> pieces, double weight)
        {
            foreach (var (id, length) in pieces) CollectionsMarshal.GetValueRefOrAddDefault(scores, id, out _) += weight * Saturated(1, length, index.AverageLength);
        }
    }

    private static double Rarity(int frequency, int count) => Math.Log(1 + (count - frequency + 0.5) / (frequency + 0.5));

    private static double Saturated(int count, int length, double averageLength) => count * (Saturation + 1) / (count + Saturation * (1 - LengthShare + LengthShare * length / averageLength));

    private static void Score(List<Piece> pieces, Dictionary<string, double> weights, double averageLength)
    {
        foreach (var piece in pieces)
        {
            piece.Score = 0;
            foreach (var (term, count) in piece.Counts(weights)) piece.Score += weights[term] * Saturated(count, piece.Length, averageLength);
        }
        pieces.Sort((a, b) => b.Score.CompareTo(a.Score) is var order and not 0 ? order : a.Id.CompareTo(b.Id));
    }

    private static Dictionary<string, double> Feedback(IndexReader index, List<Piece> pieces, Dictionary<string, double> asked)
    {
        var best = pieces.Take(FeedbackPieces).ToList();
        var total = best.Sum(piece => piece.Score);
        var shares = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var piece in best)
            foreach (var term in piece.Terms.Split(' '))
                if (term.Length >= 3 && !SearchTerms.IsEmpty(term)) CollectionsMarshal.GetValueRefOrAddDefault(shares, term, out _) += piece.Score / total / piece.Length;
        var telling = shares.Select(pair => (Term: pair.Key, Share: pair.Value, Rarity: Rarity(index.Frequency(pair.Key), index.Count)))
            .OrderByDescending(term => term.Share * term.Rarity).Take(FeedbackTerms).ToList();
        var sum = telling.Sum(term => term.Share * term.Rarity);

        var weights = asked.ToDictionary(pair => pair.Key, pair => (1 - FeedbackShare) / asked.Count * pair.Value, StringComparer.Ordinal);
        foreach (var (term, share, rarity) in telling)
            CollectionsMarshal.GetValueRefOrAddDefault(weights, term, out _) += FeedbackShare * share * rarity / sum * rarity;
        return weights;
    }

    private sealed class Piece(long id, string terms)
    {
        private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

        public long Id => id;

        public string Terms => terms;

        public int Length { get; } = terms.AsSpan().Count(' ') + 1;

        public double Score { get; set; }

        /// <summary>How often some terms come; only those that do. Nothing is made of the others.</summary>
        public Dictionary<string, int> Counts(Dictionary<string, double> wanted)
        {
            _counts.Clear();
            var names = wanted.GetAlternateLookup<ReadOnlySpan<char>>();
            foreach (var range in terms.AsSpan().Split(' '))
                if (names.TryGetValue(terms.AsSpan(range), out var name, out _)) CollectionsMarshal.GetValueRefOrAddDefault(_counts, name, out _)++;
            return _counts;
        }
    }
}
