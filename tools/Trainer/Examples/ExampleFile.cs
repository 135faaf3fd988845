using System.Text.Json;
using Models.Tokens;
using Trainer.Training;

namespace Trainer.Examples;

/// <summary>
/// Examples from a file of JSON lines, each an array of pieces <c>{"text": "…", "learn": true}</c>; only what is to be learnt counts in the
/// loss. They come in an order that a seed gives, another one each time through. Special tokens are written as they are spelt.
/// </summary>
internal sealed class ExampleFile : IExamples
{
    private readonly (int[] Tokens, bool[] IsLearnt)[] _examples;
    private readonly int _seed;
    private (long Epoch, int[] Order) _shuffled = (-1, []);

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">A line is not what it should be, or longer than the context.</exception>
    public ExampleFile(string path, Tokenizer tokenizer, int context, int seed)
    {
        _seed = seed;
        _examples = [.. File.ReadLines(path).Where(line => line.Length > 0).Select((line, number) => Read(line, number + 1, tokenizer, context))];
        if (_examples.Length == 0) throw new InvalidDataException($"{path} has no examples.");
    }

    /// <summary>How many there are.</summary>
    public int Count => _examples.Length;

    /// <summary>The texts of a file, for a vocabulary to be learnt from.</summary>
    public static IEnumerable<string> Texts(string path) => Read(path).SelectMany(pieces => pieces.Select(piece => piece.Text));

    /// <summary>The pieces of each example of a file, and whether each is learnt.</summary>
    public static IEnumerable<IReadOnlyList<(string Text, bool Learn)>> Read(string path) => File.ReadLines(path).Where(line => line.Length > 0).Select(line => Pieces(line).ToArray());

    /// <inheritdoc/>
    public (int[] Tokens, bool[] IsLearnt) Get(long number)
    {
        var (epoch, order) = _shuffled;
        if (epoch != number / Count)
        {
            order = [.. Enumerable.Range(0, Count)];
            new Random(HashCode(number / Count)).Shuffle(order);
            _shuffled = (number / Count, order);
        }
        return _examples[order[(int)(number % Count)]];
    }

    private int HashCode(long epoch) => unchecked((int)(_seed * 1_000_003L + epoch));

    private static (int[] Tokens, bool[] IsLearnt) Read(string line, int number, Tokenizer tokenizer, int context)
    {
        List<int> tokens = [];
        List<bool> isLearnt = [];
        try
        {
            foreach (var (text, learn) in Pieces(line))
            {
                var piece = tokenizer.Encode(text, addSpecialTokens: false);
                tokens.AddRange(piece);
                isLearnt.AddRange(Enumerable.Repeat(learn, piece.Length));
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new InvalidDataException($"Line {number} is no array of pieces: {e.Message}", e);
        }
        return tokens.Count <= context ? ([.. tokens], [.. isLearnt]) : throw new InvalidDataException($"Line {number} has {tokens.Count} tokens, more than the context of {context}.");
    }

    private static IEnumerable<(string Text, bool Learn)> Pieces(string line)
    {
        using var document = JsonDocument.Parse(line);
        foreach (var piece in document.RootElement.EnumerateArray())
            yield return (piece.GetProperty("text").GetString()!, piece.TryGetProperty("learn", out var learn) && learn.GetBoolean());
    }
}
