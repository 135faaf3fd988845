using System.Runtime.InteropServices;

namespace Models.Generation.Drafting;

/// <summary>
/// Guesses the next tokens of a text from the text itself (Saxena 2023, prompt lookup decoding): where its last three tokens stood
/// before, what followed them then. Costs nothing where nothing repeats.
/// </summary>
internal sealed class PromptLookup
{
    /// <summary>Most tokens guessed at once.</summary>
    public const int MostTokens = 8;

    private const int Context = 3;

    private readonly List<int> _tokens = [];

    // By three tokens: where what followed them begins, the last place that has a follower.
    private readonly Dictionary<(int, int, int), int> _followers = [];

    /// <summary>Adds the text's next tokens.</summary>
    public void Append(ReadOnlySpan<int> tokens)
    {
        foreach (var token in tokens)
        {
            // The three before this one have a follower now.
            if (_tokens.Count >= Context) _followers[Last()] = _tokens.Count;
            _tokens.Add(token);
        }
    }

    /// <summary>What may come next, at most so many tokens; empty where the last three tokens are new.</summary>
    public ReadOnlySpan<int> Guess(int most)
    {
        if (_tokens.Count < Context || !_followers.TryGetValue(Last(), out var start)) return [];
        return CollectionsMarshal.AsSpan(_tokens)[start..Math.Min(_tokens.Count, start + most)];
    }

    private (int, int, int) Last() => (_tokens[^3], _tokens[^2], _tokens[^1]);
}
