using System.Text;
using System.Text.RegularExpressions;

namespace Trainer.Tokenizing;

/// <summary>
/// Learns a byte-level BPE vocabulary (Sennrich et al. 2016; bytes as in GPT-2) from texts: pairs that stand beside each other most often
/// become one token, again and again. Of two pairs that are as frequent the one whose text comes first in order wins, so the same texts give
/// the same vocabulary.
/// </summary>
internal static partial class BpeTrainer
{
    // Words stand without the space or the quotation mark before them, so that a word is copied as the same tokens wherever it stands; digits
    // stand alone, so that a number is copied digit by digit.
    internal const string Split = @"\p{L}+|\p{N}|[^\p{L}\p{N}]+";

    /// <summary>Learns a vocabulary.</summary>
    /// <param name="texts">What to learn from, without special tokens.</param>
    /// <param name="size">How many tokens, the 256 bytes among them; fewer come where nothing is left to join.</param>
    public static BpeVocabulary Learn(IEnumerable<string> texts, int size)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            foreach (var match in Words().EnumerateMatches(text))
            {
                var word = text.Substring(match.Index, match.Length);
                counts[word] = counts.GetValueOrDefault(word) + 1;
            }
        }
        var tokens = Enumerable.Range(0, 256).Select(b => new[] { (byte)b }).ToList();
        var words = counts.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (Tokens: Encoding.UTF8.GetBytes(pair.Key).Select(b => (int)b).ToList(), Count: pair.Value)).ToArray();
        var pairs = new Pairs(words);
        var merges = new List<(int Left, int Right)>();
        while (tokens.Count < size && pairs.Most(tokens) is { } pair)
        {
            var merged = tokens.Count;
            tokens.Add([.. tokens[pair.Left], .. tokens[pair.Right]]);
            merges.Add(pair);
            pairs.Merge(pair, merged);
        }
        return new(tokens, merges);
    }

    [GeneratedRegex(Split, RegexOptions.CultureInvariant)]
    private static partial Regex Words();

    /// <summary>How often each pair stands in the words, and in which.</summary>
    private sealed class Pairs
    {
        private readonly (List<int> Tokens, int Count)[] _words;
        private readonly Dictionary<(int, int), long> _counts = [];
        private readonly Dictionary<(int, int), HashSet<int>> _places = [];

        public Pairs((List<int> Tokens, int Count)[] words)
        {
            _words = words;
            for (var word = 0; word < words.Length; word++) Add(word, 1);
        }

        public (int Left, int Right)? Most(List<byte[]> tokens)
        {
            ((int, int) Pair, long Count)? best = null;
            foreach (var (pair, count) in _counts)
            {
                if (count < 2 || best is { } other && (count < other.Count || count == other.Count && Compare(tokens, pair, other.Pair) >= 0)) continue;
                best = (pair, count);
            }
            return best?.Pair;
        }

        public void Merge((int Left, int Right) pair, int merged)
        {
            foreach (var word in _places[pair].ToArray())
            {
                Add(word, -1);
                var tokens = _words[word].Tokens;
                for (var i = 0; i + 1 < tokens.Count; i++)
                {
                    if (tokens[i] != pair.Left || tokens[i + 1] != pair.Right) continue;
                    tokens[i] = merged;
                    tokens.RemoveAt(i + 1);
                }
                Add(word, 1);
            }
        }

        private void Add(int word, int sign)
        {
            var (tokens, count) = _words[word];
            for (var i = 0; i + 1 < tokens.Count; i++)
            {
                var pair = (tokens[i], tokens[i + 1]);
                var sum = _counts.GetValueOrDefault(pair) + sign * count;
                if (sum == 0) _counts.Remove(pair);
                else _counts[pair] = sum;
                if (!_places.TryGetValue(pair, out var places)) _places[pair] = places = [];
                if (sign > 0) places.Add(word);
                else places.Remove(word);
            }
        }

        private static int Compare(List<byte[]> tokens, (int Left, int Right) x, (int Left, int Right) y)
        {
            var left = tokens[x.Left].AsSpan().SequenceCompareTo(tokens[y.Left]);
            return left != 0 ? left : tokens[x.Right].AsSpan().SequenceCompareTo(tokens[y.Right]);
        }
    }
}
