namespace Trainer.Training;

/// <summary>For a training of which only the weights are wanted.</summary>
internal sealed class NoExamples : IExamples
{
    /// <summary>The one there is.</summary>
    public static NoExamples Instance { get; } = new();

    /// <inheritdoc/>
    public (int[] Tokens, bool[] IsLearnt) Get(long number) => throw new InvalidOperationException("There are no examples.");
}
