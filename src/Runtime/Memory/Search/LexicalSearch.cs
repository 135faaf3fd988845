using System.Runtime.InteropServices;
using Runtime.Memory.Index;

namespace Runtime.Memory.Search;

/// <summary>
/// Finds pieces by their words: FTS5 gives candidates by the question's rarer terms, which are then scored by BM25 (Robertson and Zaragoza
/// 2009) with all of its terms and with those that tell the best candidates from the rest (relevance feedback; Lavrenko and Croft 2001).
/// </summary>
internal static class LexicalSearch
{
    /// <summary>Most pieces it gives.</summary>
    public const int Candidates = 100;

    // What matching may touch, in rows: FTS5 scores each row that matches, some 2 µs.
    private const int MostRows = 4000;

    // Tried on Cranfield: a saturation above the usual 1.2 to 2, and feedback, give 0.02 and 0.025 of nDCG@10.
    private const double Saturation = 2.5, LengthShare = 0.75;
    private const int FeedbackPieces = 5, FeedbackTerms = 30, FeedbackTried = 40;
    private const double FeedbackShare = 0.4;

    /// <summary>The pieces that fit a question, the best first.</summary>
    public static List<long> Find(IndexReader index, string question)
    {
        var frequencies = SearchTerms.OfQuestion(question).ToDictionary(term => term, index.Frequency, StringComparer.Ordinal);
        var known = frequencies.Where(pair => pair.Value > 0).OrderBy(pair => pair.Value).ToList();
        if (known.Count == 0) return [];
        var pieces = index.Match(Expression(known), Candidates).ConvertAll(id => new Piece(id, index.Terms(id)));
        if (pieces.Count == 0) return [];

        var asked = known.ToDictionary(pair => pair.Key, pair => Rarity(pair.Value, index.Shapes.Count), StringComparer.Ordinal);
        Score(pieces, asked, index.Shapes.AverageLength);
        Score(pieces, Feedback(index, pieces, asked), index.Shapes.AverageLength);
        return pieces.ConvertAll(piece => piece.Id);
    }

    // The rarest terms whose rows can be scored in time, any of them; where even the rarest has too many, rows that have more of them.
    private static string Expression(List<KeyValuePair<string, int>> rarestFirst)
    {
        var (rows, taken) = (0, new List<string>());
        foreach (var (term, count) in rarestFirst)
        {
            if (taken.Count > 0 && rows + count > MostRows) break;
            rows += count;
            taken.Add($"\"{term}\"");
        }
        if (rows <= MostRows || rarestFirst.Count == 1) return string.Join(" OR ", taken);
        return string.Join(" AND ", rarestFirst.Take(2).Select(pair => $"\"{pair.Key}\""));
    }

    private static double Rarity(int frequency, int count) => Math.Log(1 + (count - frequency + 0.5) / (frequency + 0.5));

    private static void Score(List<Piece> pieces, Dictionary<string, double> weights, double averageLength)
    {
        foreach (var piece in pieces)
        {
            piece.Score = 0;
            var norm = Saturation * (1 - LengthShare + LengthShare * piece.Length / averageLength);
            foreach (var (term, weight) in weights)
                if (piece.Counts.TryGetValue(term, out var count)) piece.Score += weight * count * (Saturation + 1) / (count + norm);
        }
        pieces.Sort((a, b) => b.Score.CompareTo(a.Score) is var order and not 0 ? order : a.Id.CompareTo(b.Id));
    }

    private static Dictionary<string, double> Feedback(IndexReader index, List<Piece> pieces, Dictionary<string, double> asked)
    {
        var best = pieces.Take(FeedbackPieces).ToList();
        var total = best.Sum(piece => piece.Score);
        var shares = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var piece in best)
            foreach (var (term, count) in piece.Counts)
                if (term.Length >= 3 && !SearchTerms.IsEmpty(term)) CollectionsMarshal.GetValueRefOrAddDefault(shares, term, out _) += piece.Score / total * count / piece.Length;

        // Looking a term up costs; how many candidates have it tells beforehand which are worth it.
        double Guess(string term) => Rarity(pieces.Count(piece => piece.Counts.ContainsKey(term)), pieces.Count);
        var tried = shares.OrderByDescending(pair => pair.Value * Guess(pair.Key)).Take(FeedbackTried)
            .Select(pair => (Term: pair.Key, Share: pair.Value, Rarity: Rarity(index.Frequency(pair.Key), index.Shapes.Count)))
            .OrderByDescending(term => term.Share * term.Rarity).Take(FeedbackTerms).ToList();
        var sum = tried.Sum(term => term.Share * term.Rarity);

        var weights = asked.ToDictionary(pair => pair.Key, pair => (1 - FeedbackShare) / asked.Count * pair.Value, StringComparer.Ordinal);
        foreach (var (term, share, rarity) in tried)
            CollectionsMarshal.GetValueRefOrAddDefault(weights, term, out _) += FeedbackShare * share * rarity / sum * rarity;
        return weights;
    }

    private sealed class Piece
    {
        public Piece(long id, string[] terms)
        {
            (Id, Length) = (id, Math.Max(1, terms.Length));
            Counts = new Dictionary<string, int>(terms.Length, StringComparer.Ordinal);
            foreach (var term in terms) CollectionsMarshal.GetValueRefOrAddDefault(Counts, term, out _)++;
        }

        public long Id { get; }

        public int Length { get; }

        public Dictionary<string, int> Counts { get; }

        public double Score { get; set; }
    }
}
