namespace Models.Routing;

/// <summary>How quickly a target answers: measured where it has answered, otherwise a cautious guess.</summary>
/// <param name="Latency">Seconds until the first token beside reading the prompt: the network, the queue, loading the model.</param>
/// <param name="Prefill">Tokens of a prompt read in a second.</param>
/// <param name="Decode">Tokens of an answer made in a second.</param>
public readonly record struct TargetSpeed(double Latency, double Prefill, double Decode)
{
    // A new sample counts for a fifth.
    private const double Share = 0.2;

    // So that no sum of them leaves the range of numbers.
    private const double Extreme = 1e9;

    /// <summary>Of a small box that has not answered yet.</summary>
    public static TargetSpeed LocalGuess => new(0.05, 100, 10);

    /// <summary>Of a target elsewhere that has not answered yet.</summary>
    public static TargetSpeed RemoteGuess => new(1, 5000, 40);

    /// <summary>False for what is no speed at all.</summary>
    public bool IsSane => Latency is >= 0 and < Extreme && Prefill is > 1 / Extreme and < Extreme && Decode is > 1 / Extreme and < Extreme;

    /// <summary>The same where it works only a share of its time.</summary>
    public TargetSpeed At(double duty) => duty >= 1 ? this : this with { Prefill = Prefill * duty, Decode = Decode * duty };

    /// <summary>Seconds until the first token of an answer to a prompt of which so many tokens must be read.</summary>
    public double FirstToken(int tokens) => Latency + tokens / Prefill;

    /// <summary>The same with one more answer taken in: what came before the first token, beyond reading the prompt, is latency; the rest is decoding.</summary>
    /// <param name="promptTokens">Tokens of the prompt that had to be read.</param>
    /// <param name="firstToken">Seconds until the first token.</param>
    /// <param name="answerTokens">Tokens of the answer.</param>
    /// <param name="rest">Seconds from the first token to the last.</param>
    public TargetSpeed With(int promptTokens, double firstToken, int answerTokens, double rest)
    {
        var next = this with
        {
            Latency = Mix(Latency, Math.Max(0, firstToken - promptTokens / Prefill)),
            // A prompt read faster than was thought shows it; one that took longer may have waited.
            Prefill = promptTokens >= 64 && firstToken > 0 && promptTokens / firstToken > Prefill ? Mix(Prefill, promptTokens / firstToken) : Prefill,
            Decode = answerTokens > 4 && rest > 0 ? Mix(Decode, (answerTokens - 1) / rest) : Decode,
        };
        return next.IsSane ? next : this;
    }

    private static double Mix(double old, double sample) => old + Share * (sample - old);
}
