namespace Runtime.Skills.Triggers;

/// <summary>The words of a message, without the punctuation around them. Immutable.</summary>
internal sealed class MessageWords
{
    // A trigger is a short wish; a long text that holds its words was most likely pasted.
    private const int MostWords = 64, LongestMessage = 1000;

    private readonly string _message;
    private readonly List<(int Start, int End, string Key)> _words = [];

    private MessageWords(string message)
    {
        _message = message;
        for (var at = 0; at < message.Length;)
        {
            if (char.IsWhiteSpace(message[at]))
            {
                at++;
                continue;
            }
            var start = at;
            while (at < message.Length && !char.IsWhiteSpace(message[at])) at++;
            var (from, to) = (start, at);
            while (from < to && IsAround(message[from])) from++;
            while (to > from && IsAround(message[to - 1])) to--;
            if (to > from) _words.Add((from, to, message[from..to].ToLowerInvariant()));
        }
    }

    /// <summary>How many.</summary>
    public int Count => _words.Count;

    /// <summary>The words of a message; null for one that is too long to call anything.</summary>
    public static MessageWords? Of(string message) => message.Length <= LongestMessage && new MessageWords(message) is { Count: > 0 and <= MostWords } words ? words : null;

    /// <summary>How a word is compared.</summary>
    public static string KeyOf(string word) => new MessageWords(word) is { Count: > 0 } words ? words.Key(0) : "";

    /// <summary>One word as it is compared.</summary>
    public string Key(int word) => _words[word].Key;

    /// <summary>The message from one word up to another, as it was written.</summary>
    public string Between(int from, int to) => _message[_words[from].Start.._words[to - 1].End];

    private static bool IsAround(char c) => char.IsPunctuation(c) && c is not ('#' or '%' or '@' or '&' or '*' or '-' or '_' or '/');
}
