using System.Runtime.CompilerServices;

namespace Models.Generation.Copying;

/// <summary>Answers without a call where a model is not sure enough of the one that it began with, or does not end it.</summary>
internal static class CallCertainty
{
    // Whatever else may come is likelier; where nothing else may, a call still comes.
    private const float Never = -1000;

    /// <summary>The steps of an answer; of another one without a call where the answer is a call that is less likely than it must be, or has no end.</summary>
    /// <param name="generate">Generates the answer.</param>
    /// <param name="options">How.</param>
    /// <param name="begin">The token that begins a call.</param>
    /// <param name="least">Natural logarithm of the probability that the tokens of a call must have together.</param>
    /// <param name="cancellation">Cancels.</param>
    public static async IAsyncEnumerable<GenerationStep> HoldAsync(
        Func<GenerationOptions, IAsyncEnumerable<GenerationStep>> generate, GenerationOptions options, int begin, double least, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        // A call is of no use before it is whole, so it waits; text does not. What was not the model's choice is not held against it.
        List<GenerationStep>? call = null;
        var (isFirst, certainty) = (true, 0.0);
        await foreach (var step in generate(options with { MeasureCertainty = true }).WithCancellation(cancellation))
        {
            if (isFirst && step.Token == begin && step.LogProbability is not null) call = [];
            isFirst = false;
            if (call is null)
            {
                yield return step;
                continue;
            }
            call.Add(step);
            if ((certainty += step.LogProbability ?? 0) < least) break;
        }
        // One that goes round in circles until there is no room has no end, however sure each word of it is.
        if (certainty >= least && call is not [.., { Finish: FinishReason.Length }])
        {
            foreach (var step in call ?? []) yield return step;
            yield break;
        }
        var biases = new Dictionary<int, float>(options.LogitBias ?? new Dictionary<int, float>()) { [begin] = Never };
        await foreach (var step in generate(options with { LogitBias = biases }).WithCancellation(cancellation)) yield return step;
    }
}
