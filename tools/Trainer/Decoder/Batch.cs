namespace Trainer.Decoder;

/// <summary>Sequences of tokens one after the other, without padding.</summary>
/// <param name="Tokens">All their tokens.</param>
/// <param name="Targets">For each token the one to be foretold after it, or -1 where nothing is learnt.</param>
/// <param name="Starts">Where each sequence begins, and last where they all end.</param>
internal sealed record Batch(int[] Tokens, int[] Targets, int[] Starts)
{
    /// <summary>How many targets count.</summary>
    public int Counted { get; } = Targets.Count(target => target >= 0);

    /// <summary>Puts examples together.</summary>
    /// <param name="examples">For each its tokens, and for each token whether it is to be learnt as the next one.</param>
    public static Batch Of(IEnumerable<(int[] Tokens, bool[] IsLearnt)> examples)
    {
        List<int> tokens = [], targets = [], starts = [0];
        foreach (var (sequence, isLearnt) in examples)
        {
            for (var i = 0; i + 1 < sequence.Length; i++)
            {
                tokens.Add(sequence[i]);
                targets.Add(isLearnt[i + 1] ? sequence[i + 1] : -1);
            }
            starts.Add(tokens.Count);
        }
        return new([.. tokens], [.. targets], [.. starts]);
    }
}
