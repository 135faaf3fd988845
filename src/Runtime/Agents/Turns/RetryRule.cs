using Models;
using Models.Budget;
using Models.Generation;

namespace Runtime.Agents.Turns;

/// <summary>Which errors of a model are worth another try, and when. Only where nothing of an answer was said yet. Pure.</summary>
internal static class RetryRule
{
    private const int MostTries = 4;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>How long to wait before the next try; null for an error that stays.</summary>
    /// <param name="error">What happened.</param>
    /// <param name="tries">How often it was tried.</param>
    public static TimeSpan? After(ModelException error, int tries)
    {
        if (tries >= MostTries) return null;
        return error switch
        {
            // Too much to do: the model says itself when.
            GenerationException { RetryAfter: { } wait } => wait < Longest ? wait : Longest,
            // Memory comes back when others have ended.
            MemoryException => TimeSpan.FromSeconds(1 << tries),
            _ => null,
        };
    }
}
